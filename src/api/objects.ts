/** The objects of the product that scripts get to see, by class. */
import type { LuaVM, UserdataClass } from '../lua';
import { crash } from './binding';
import { makeClass, type ClassDeclaration } from './classes';
import { EcString } from './ec-string';
import type { Runtime } from './runtime';

/** A console command's argument block (3/3-api/structs-command-construct). */
export interface CommandConstruct {
  readonly command: string;
  readonly argv: Argv;
  readonly xml: boolean;
}

/** The words of a command: a C array, with nothing behind its last element. */
export class Argv {
  constructor(readonly words: readonly string[]) {}
}

export const ecString: ClassDeclaration<EcString> = {
  name: 'msys.core:_ec_string',
  fields: {
    buffer: (string) => string.text,
    len: (string) => string.text.length,
  },
  tostring: (string) => string.text,
  length: (string) => string.text.length,
};

export const commandConstruct: ClassDeclaration<CommandConstruct> = {
  name: 'msys.core:_command_construct',
  fields: {
    argc: (cc) => cc.argv.words.length,
    argv: (cc, runtime) => bindObject(runtime, argv, cc.argv),
    command: (cc, runtime) => bindObject(runtime, ecString, new EcString(cc.command)),
    command_len: (cc) => cc.command.length,
    xml: (cc) => (cc.xml ? 1 : 0),
  },
};

export const argv: ClassDeclaration<Argv> = {
  name: 'const char **',
  index({ words }, key, runtime, call) {
    const index = typeof key === 'number' ? Math.trunc(key) : NaN;
    if (index >= 0 && index < words.length) return words[index];
    crash(
      runtime,
      'ARGV_RANGE',
      `cc.argv[${String(key)}] is outside of the command's arguments (0 to ${words.length - 1}). In production this reads past the end of a C array and takes the server down: compare with cc.argc first.`,
      call,
    );
    return undefined;
  },
};

const classes = new WeakMap<LuaVM, Map<object, UserdataClass>>();

/** Makes a host object visible to the scripts of a generation as userdata of its class. */
export function bindObject<O extends object>(
  runtime: Runtime,
  declaration: ClassDeclaration<O>,
  object: O,
): O {
  let made = classes.get(runtime.vm);
  if (!made) classes.set(runtime.vm, (made = new Map<object, UserdataClass>()));
  let cls = made.get(declaration);
  if (!cls) made.set(declaration, (cls = makeClass(runtime, declaration) as UserdataClass));
  runtime.vm.bind(object, cls);
  return object;
}
