/** Keys and values of the context dictionaries (4/4-policy, 3/3-api/apis-ec-message-context-set). */
import { formatNumber, LuaRaise, type LuaValue } from '../lua';
import type { MessageContext } from '../server/queues';
import { coreConstant } from './constants';
import type { Runtime } from './runtime';

/** Beyond it, a number's digits are no longer its own. */
const MAX_INTEGRAL = 2 ** 63;

/**
 * What is kept of a value: a string. Numbers without a fraction are written with all their digits. Raises for what has
 * no text.
 */
export function contextText(value: LuaValue, name: string, position: number): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    const isIntegral = Number.isInteger(value) && Math.abs(value) < MAX_INTEGRAL;
    return isIntegral ? BigInt(value).toString() : formatNumber(value);
  }
  throw new LuaRaise(`bad argument #${position} to '${name}' (a string, a number or a boolean expected)`);
}

/** The dictionary that a selector stands for: `VCTX_…` and `ECMESS_CTX_…` are the same numbers. */
export function selectDictionary(
  runtime: Runtime,
  context: MessageContext,
  selector: LuaValue,
  name: string,
): Map<string, string> {
  const type = Number(selector);
  if (type === coreConstant(runtime, 'ECMESS_CTX_MESS')) return context.message;
  if (type === coreConstant(runtime, 'ECMESS_CTX_CONN')) return context.connection;
  throw new LuaRaise(
    `bad argument #1 to '${name}' (msys.core.ECMESS_CTX_MESS, ECMESS_CTX_CONN, VCTX_MESS or VCTX_CONN expected, got ${formatNumber(type)}: production would read memory behind the dictionaries)`,
  );
}

/** Stores a pair; false when the very same pair was there. */
export function store(dictionary: Map<string, string>, key: string, value: string): boolean {
  if (dictionary.get(key) === value) return false;
  dictionary.set(key, value);
  return true;
}
