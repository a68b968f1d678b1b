import { LuaRaise, toDisplay, type HostCall, type HostResult, type LuaValue, type LuaVM } from '../lua';
import { byteString } from '../server/bytes';
import { changesConfig, type ConfigAnswer } from '../server/config/commands';
import { parseBoolean, parseNumber, type Reading } from '../server/config/reading';
import type { PlainValue } from '../server/config/value';
import { contextOf, type ApiTable, type Runtime } from './runtime';
import { text } from './values';

/** Phases of entries that are a part of a commit. */
const ASSEMBLING: ReadonlySet<string> = new Set(['chunk', 'init', 'rsrc_setup']);

function run(runtime: Runtime, args: LuaValue[], call: HostCall): HostResult | Promise<HostResult> {
  const words = args.map((word) => toDisplay(text(word)));
  if (!runtime.config) throw new LuaRaise('msys.config: this server has no configuration');
  if (ASSEMBLING.has(contextOf(call)?.phase ?? '') && changesConfig(words[0] ?? ''))
    return [undefined, 'The configuration is being committed: it cannot be changed before that is done.'];
  const answer = runtime.config.run(words);
  return answer instanceof Promise
    ? answer.then((settled) => results(runtime.vm, settled))
    : results(runtime.vm, answer);
}

/** The value and what the console would print; nil and that text when the command fails. */
function results(vm: LuaVM, { ok, text: output, reading }: ConfigAnswer): LuaValue[] {
  const value = reading ? luaValue(vm, reading) : true;
  return [ok ? value : undefined, byteString(output)];
}

/** Truth values are the numbers 1 and 0, as C keeps them. */
function luaValue(vm: LuaVM, reading: Reading): LuaValue {
  const { type } = reading;
  if (type === 'boolean') return Number(parseBoolean(reading.text) ?? false);
  if (type === 'number') return parseNumber(reading.text) ?? byteString(reading.text);
  if (type === 'list' && reading.value.kind === 'text') return plainToLua(vm, [reading.text]);
  return plainToLua(vm, reading.plain);
}

function plainToLua(vm: LuaVM, value: PlainValue): LuaValue {
  if (typeof value === 'string') return byteString(value);
  const table = vm.newTable();
  const entries: [LuaValue, PlainValue][] = Array.isArray(value)
    ? value.map((item, i) => [i + 1, item])
    : Object.entries(value).map(([key, item]) => [byteString(key), item]);
  for (const [key, item] of entries) table.set(key, plainToLua(vm, item));
  return table;
}

/** `msys.config(action, …)` (4/lua/ref-msys-config). */
export const config: ApiTable = { 'msys.config': run };
