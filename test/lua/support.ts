import { LuaVM, Source, type HostImplementation, type LuaOptions, type LuaValue } from '../../src/lua';

export interface Lua {
  readonly vm: LuaVM;
  /** Runs a chunk and gives its results. */
  run(source: string, ...args: LuaValue[]): LuaValue[];
  runAsync(source: string, ...args: LuaValue[]): Promise<LuaValue[]>;
}

/** A VM with some global functions of the host. */
export function lua(functions: Record<string, HostImplementation> = {}, options: LuaOptions = {}): Lua {
  const vm = new LuaVM(options);
  for (const [name, implementation] of Object.entries(functions))
    vm.globals.set(name, vm.hostFunction(implementation));
  const load = (source: string) => vm.load(new Source('=test', source));
  return {
    vm,
    run: (source, ...args) => vm.callSync(load(source), args),
    runAsync: (source, ...args) => vm.call(load(source), args),
  };
}

/** A promise that is settled in a later turn of the event loop. */
export function later<Value>(value: Value): Promise<Value> {
  return new Promise((resolve) => setImmediate(resolve, value));
}

export function laterFail(error: unknown): Promise<never> {
  return new Promise((_, reject) => setImmediate(reject, error));
}

/** What a call throws. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
