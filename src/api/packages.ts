import { LuaTable } from '../lua';
import type { Runtime } from './runtime';

/** Whether a script of the generation has required a package. */
export function isRequired({ vm }: Runtime, name: string): boolean {
  const loaded = (vm.globals.index('package') as LuaTable).index('loaded');
  return loaded instanceof LuaTable && loaded.index(name) !== undefined;
}
