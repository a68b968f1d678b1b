/**
 * Golden results that momentum-sim does not reproduce, each with the reason. A case that starts to agree has to
 * leave the list: the tests insist on both.
 */
const NO_FILES = 'files are not simulated: the function says so';

/** By the expression. */
export const ACCEPTED_EXPRESSIONS: Readonly<Record<string, string>> = {
  'loadfile("no_such_file.lua")': NO_FILES,
  'dofile("no_such_file.lua")': NO_FILES,
  'os.remove("no_such_file_here")': NO_FILES,
  'os.rename("no_such_file_here", "other")': NO_FILES,
  'io.open("no_such_file_here")': NO_FILES,
  'io.open("no_such_dir/file", "w")': NO_FILES,
  'io.lines("no_such_file_here")': NO_FILES,
  'io.input("no_such_file_here")': NO_FILES,
};

/** By the name of the script: the reason, and how many lines of its output are right before the first that is not. */
export const ACCEPTED_SCRIPTS: Readonly<Record<string, { reason: string; rightLines: number }>> = {
  'load-and-run': { reason: NO_FILES, rightLines: 17 },
  'weak-and-gc': {
    reason:
      'JavaScript tells nobody when an object becomes garbage: weak tables keep it, finalizers do not run',
    rightLines: 0,
  },
};
