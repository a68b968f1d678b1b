import type { LuaTable } from '../lua';
import type { Runtime } from './runtime';

/** The number that scripts find under the name of a constant of `msys.core`. */
export function coreConstant(runtime: Runtime, name: string): number {
  const msys = runtime.vm.globals.index('msys') as LuaTable;
  return (msys.index('core') as LuaTable).index(name) as number;
}
