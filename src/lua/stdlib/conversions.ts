/** `tostring` and `tonumber`. */
import { stringToNumber, withoutTrailingSpace } from '../syntax/numbers';
import { chargeText } from '../vm/budget';
import { hashOf, stringValue, T, textOf, TValue, type LuaState } from '../vm/fengari';
import { toText, callMetamethod } from '../vm/operations';
import { typeName } from '../vm/raise';
import { metamethod } from '../vm/tables';
import {
  argAt,
  badArgument,
  checkAny,
  checkString,
  isString,
  optInt,
  pushNil,
  pushNumber,
  pushValue,
  type Library,
} from './args';

const TOSTRING = hashOf('__tostring');

/** What `tostring` gives, metamethods included (5.1 passes on whatever `__tostring` returns). */
export function toStringValue(L: LuaState, value: TValue): TValue {
  const tm = metamethod(L, value, TOSTRING);
  if (tm) return callMetamethod(L, tm, value, NIL);
  const text = toText(value);
  if (text !== undefined) return stringValue(text);
  if (value.type === T.boolean) return stringValue(String(value.value));
  if (value.type === T.nil) return stringValue('nil');
  return stringValue(`${typeName(value)}: ${addressOf(L, value)}`);
}
const NIL = Object.freeze(new TValue(T.nil, null));

const addresses = new WeakMap<object, number>();

/** What `tostring` shows of an object that has no text: `0x...`, the same for as long as it lives. */
export function addressOf(L: LuaState, value: TValue): string {
  const object = value.value as object;
  let number = addresses.get(object);
  if (number === undefined) addresses.set(object, (number = L.l_G.id_counter++));
  return `0x${(0x1000000 + number * 16).toString(16).padStart(14, '0')}`;
}

function tonumber(L: LuaState): number {
  const base = optInt(L, 2, 10);
  if (isString(argAt(L, 1))) chargeText(L, textOf(argAt(L, 1).value).length);
  if (base === 10) {
    const value = checkAny(L, 1);
    const n =
      value.type === T.number
        ? (value.value as number)
        : isString(value)
          ? stringToNumber(textOf(value.value))
          : undefined;
    return n === undefined ? pushNil(L) : pushNumber(L, n);
  }
  const text = checkString(L, 1);
  if (base < 2 || base > 36) badArgument(L, 2, 'base out of range');
  const n = stringToUnsigned(text, base);
  return n === undefined ? pushNil(L) : pushNumber(L, n);
}

const MAX_UNSIGNED = 2n ** 64n - 1n;

/** C's strtoul with 64 bits: white space, a sign, `0x` for base 16; text after an embedded zero is ignored. */
function stringToUnsigned(text: string, base: number): number | undefined {
  const end = text.indexOf('\0');
  const match = /^[ \t-\r]*([-+]?)([^]*)$/.exec(end < 0 ? text : text.slice(0, end))!;
  let digits = withoutTrailingSpace(match[2]!).toLowerCase();
  if (base === 16 && /^0x[0-9a-f]/.test(digits)) digits = digits.slice(2);
  if (digits === '') return undefined;
  let n = 0n;
  for (const c of digits) {
    const digit = /[0-9a-z]/.test(c) ? parseInt(c, 36) : base;
    if (digit >= base) return undefined;
    // What is too large stays too large; more digits only have to be digits.
    if (n <= MAX_UNSIGNED) n = n * BigInt(base) + BigInt(digit);
  }
  if (n > MAX_UNSIGNED) return Number(MAX_UNSIGNED);
  return Number(BigInt.asUintN(64, match[1] === '-' ? -n : n));
}

export const conversions: Library = {
  tonumber,
  tostring: (L) => pushValue(L, toStringValue(L, checkAny(L, 1))),
};
