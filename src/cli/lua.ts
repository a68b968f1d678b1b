import { readFileSync } from 'node:fs';
import { LuaError, LuaSyntaxError, LuaVM, Source, toDisplay, type LuaTable } from '../lua';
import { CommandLineError, type Command } from './command';
import { realFiles, StandardInput } from './real-files';
import { DEFAULT_LUA_PATH, findOnPath, pathFromEnvironment } from './lua-path';

const USAGE = `Usage: momentum-sim lua FILE [ARGS...]

Runs a script in Momentum's Lua, without a server: there is no msys.

  FILE  the script; - reads it from standard input
  ARGS  what the script finds in the table arg and in ...

Environment:
  LUA_PATH  where require searches (patterns with ?, separated by ;); ;; stands for ${DEFAULT_LUA_PATH}
`;

/** `momentum-sim lua`: the stand-alone interpreter. */
export const luaCommand: Command = {
  summary: "runs a script in Momentum's Lua, without a server",
  usage: USAGE,
  run([file, ...args]) {
    if (file === undefined) throw new CommandLineError('a file is missing');
    if (file !== '-' && file.startsWith('-')) throw new CommandLineError(`unknown option '${file}'`);
    return runScript(file, args);
  },
};

/** `os.exit` unwinds the script with this; no pcall catches it. */
class Exit extends Error {
  constructor(readonly status: number) {
    super(`exit ${status}`);
  }
}

async function runScript(file: string, args: readonly string[]): Promise<number> {
  const vm = createVM();
  const argTable = vm.newTable();
  ['momentum-sim', 'lua', file, ...args].forEach((arg, i) => argTable.set(i - 2, bytesOf(arg)));
  vm.globals.set('arg', argTable);
  try {
    await vm.call(vm.load(readScript(file)), args.map(bytesOf));
    return 0;
  } catch (error) {
    if (error instanceof Exit) return error.status;
    process.stderr.write(`lua: ${reportOf(error)}\n`);
    return 1;
  }
}

function createVM(): LuaVM {
  const write = (text: string, stream: 'stdout' | 'stderr' = 'stdout') =>
    process[stream].write(Buffer.from(text, 'latin1'));
  const vm = new LuaVM({
    // The user watches and can interrupt: nothing is too long.
    limits: { instructions: Infinity, callMs: Infinity },
    print: (text) => write(`${text}\n`),
    write,
    now: () => Date.now() / 1000,
    isFatal: (error) => error instanceof Exit,
    files: realFiles,
    stdin: new StandardInput(),
    environment: environmentOf(process.env),
    findModule: (name) => findOnPath(packages.get('path'), name),
  });
  const packages = vm.globals.get('package') as LuaTable;
  packages.set('path', bytesOf(pathFromEnvironment(process.env.LUA_PATH)));
  const exit = vm.hostFunction(([status]) => {
    throw new Exit(typeof status === 'number' ? status & 0xff : 0);
  });
  (vm.globals.get('os') as LuaTable).set('exit', exit);
  return vm;
}

function environmentOf(env: NodeJS.ProcessEnv): Map<string, string> {
  return new Map(Object.entries(env).map(([name, value = '']) => [bytesOf(name), bytesOf(value)]));
}

/** The system's errors in C's words. */
const C_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EISDIR: 'Is a directory',
};

class UnreadableScript extends Error {}

/** A script as Lua's loader reads it: a first line that begins with # is for the shell. */
function readScript(file: string): Source {
  const isStdin = file === '-';
  try {
    const text = readFileSync(isStdin ? 0 : file, 'latin1').replace(/^#[^\n]*/, '');
    return new Source(isStdin ? '=stdin' : `@${bytesOf(file)}`, text, isStdin ? undefined : file);
  } catch (error) {
    const { code = '', syscall, message } = error as NodeJS.ErrnoException;
    const verb = syscall === 'read' ? 'read' : 'open';
    throw new UnreadableScript(`cannot ${verb} ${file}: ${C_ERRORS[code] ?? message}`);
  }
}

/** What the stand-alone interpreter says after its name; for syntax errors, the place and advice too. */
function reportOf(error: unknown): string {
  if (error instanceof LuaSyntaxError || error instanceof UnreadableScript) return error.message;
  if (!(error instanceof LuaError)) throw error;
  const isText = typeof error.value === 'string' || typeof error.value === 'number';
  // The stand-alone interpreter calls the script from C, which is the last line of its traceback.
  return isText ? `${toDisplay(error.traceback)}\n\t[C]: ?` : '(error object is not a string)';
}

const bytesOf = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
