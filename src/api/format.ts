import { LuaFunction, type LuaTable, type LuaValue, type LuaVM } from '../lua';

/** What C's printf family writes, by way of `string.format`: the format and its values. */
export function format(vm: LuaVM, args: readonly LuaValue[]): string {
  const formatter = (vm.globals.index('string') as LuaTable).index('format');
  return vm.callSync(formatter as LuaFunction, args)[0] as string;
}
