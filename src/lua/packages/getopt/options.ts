/** What `getopt` accepts: the options of a program, by letter and by name. */

export interface Option {
  /** What the iterator yields: the letter or, of a name without one, the name. */
  readonly name: string;
  readonly argument: 'none' | 'required' | 'optional';
}

export interface OptionSet {
  readonly letters: ReadonlyMap<string, Option>;
  readonly names: ReadonlyMap<string, Option>;
  /** The text of letters began with a colon: a missing argument is `:` instead of `?`. */
  readonly tellsMissing: boolean;
}

/** A description of options that is none. `argument`: which of letters and names it is in. */
export class BadOptions extends Error {
  constructor(
    readonly argument: 'letters' | 'names',
    problem: string,
  ) {
    super(problem);
  }
}

const LETTER = /^[!-~]$/;
const RESERVED = ':?-';
const ARGUMENTS = ['none', 'required', 'optional'] as const;

/** Reads letters as POSIX writes them: `ab:c::` has a plain option, one with an argument, one with an optional one. */
export function parseLetters(text: string): Pick<OptionSet, 'letters' | 'tellsMissing'> {
  const letters = new Map<string, Option>();
  const tellsMissing = text.startsWith(':');
  for (const [, name = '', colons = ''] of text.slice(Number(tellsMissing)).matchAll(/([^])(:{0,2})/g)) {
    if (!LETTER.test(name) || RESERVED.includes(name))
      throw new BadOptions('letters', `'${name}' cannot be an option`);
    letters.set(name, { name, argument: ARGUMENTS[colons.length]! });
  }
  return { letters, tellsMissing };
}

/** The option of a long name: true (takes an argument), false (takes none), or the letter that it stands for. */
export function longOption(name: string, meaning: unknown, letters: OptionSet['letters']): Option {
  if (!/^[^-=\s][^=\s]*$/.test(name)) throw new BadOptions('names', `'${name}' cannot be an option`);
  if (typeof meaning === 'boolean') return { name, argument: meaning ? 'required' : 'none' };
  const option = typeof meaning === 'string' ? letters.get(meaning) : undefined;
  if (option) return option;
  throw new BadOptions('names', `'${name}' has to be true, false or one of the letters`);
}
