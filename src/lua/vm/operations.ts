/** What the operators do: 5.1's rules and the dialect's, metamethods included. */
import { formatNumber, stringToNumber } from '../syntax/numbers';
import { allocate, chargeText, COST } from './budget';
import { callNoYield } from './calls';
import {
  hashOf,
  ldo,
  ltable,
  nilValue,
  stringValue,
  T,
  textOf,
  TValue,
  type LuaState,
  type Table,
  type TString,
} from './fengari';
import { power } from './power';
import { isString, operandName, orderError, runError, typeError } from './raise';
import { metamethod, rawSet, tableKey } from './tables';

const MAX_TAG_LOOP = 100;
const INDEX = hashOf('__index');
const NEW_INDEX = hashOf('__newindex');
const CONCAT = hashOf('__concat');
const EQ = hashOf('__eq');
const LT = hashOf('__lt');
const LE = hashOf('__le');
const LEN = hashOf('__len');

/** Calls a metamethod; the result is valid until the next call. A yield inside it fails, as in 5.1. */
export function callMetamethod(L: LuaState, f: TValue, a: TValue, b: TValue, c?: TValue): TValue {
  const func = L.top;
  const { stack } = L;
  if (L.stack_last - func <= 4) ldo.luaD_growstack(L, 4);
  stack[func] = new TValue(f.type, f.value);
  stack[func + 1] = new TValue(a.type, a.value);
  stack[func + 2] = new TValue(b.type, b.value);
  if (c) stack[func + 3] = new TValue(c.type, c.value);
  L.top = func + (c ? 4 : 3);
  callNoYield(L, func, 1);
  L.top = func;
  return stack[func];
}

/** `object[key]`, for reading only. */
export function index(L: LuaState, object: TValue, key: TValue): TValue {
  let t = object;
  for (let loop = 0; loop < MAX_TAG_LOOP; loop++) {
    let tm: TValue | undefined;
    if (t.type === T.table) {
      const table = t.value as Table;
      const found = table.strong.get(tableKey(key));
      if (found) return found.value;
      tm = table.metatable?.strong.get(INDEX)?.value;
      if (!tm) return nilValue;
    } else {
      tm = metamethod(L, t, INDEX);
      if (!tm) return typeError(L, t, 'index', loop === 0 ? operandName(L, 0) : undefined);
    }
    if ((tm.type & 15) === (T.luaFunction & 15)) return callMetamethod(L, tm, t, key);
    t = tm;
  }
  return runError(L, 'loop in gettable');
}

/** `object[key] = value`. */
export function setIndex(L: LuaState, object: TValue, key: TValue, value: TValue): void {
  let t = object;
  for (let loop = 0; loop < MAX_TAG_LOOP; loop++) {
    let tm: TValue | undefined;
    if (t.type === T.table) {
      const table = t.value as Table;
      tm = table.metatable?.strong.get(NEW_INDEX)?.value;
      if (!tm || table.strong.has(tableKey(key))) {
        rawSet(L, table, key, value);
        return;
      }
    } else {
      tm = metamethod(L, t, NEW_INDEX);
      if (!tm) typeError(L, t, 'index', loop === 0 ? operandName(L, 0) : undefined);
    }
    if ((tm.type & 15) === (T.luaFunction & 15)) {
      callMetamethod(L, tm, t, key, value);
      return;
    }
    t = tm;
  }
  runError(L, 'loop in settable');
}

/** A number, or what a string converts to; undefined otherwise. */
export function toNumber(value: TValue): number | undefined {
  if (value.type === T.number) return value.value as number;
  return isString(value) ? stringToNumber(textOf(value.value as TString)) : undefined;
}

/** The text of a string or number; undefined for other types. */
export function toText(value: TValue): string | undefined {
  if (isString(value)) return textOf(value.value as TString);
  return value.type === T.number ? formatNumber(value.value as number) : undefined;
}

const MIN_INT64 = -(2n ** 63n);

/** C's conversion of a double to a signed 64-bit integer, as x86-64 does it. */
function toInt64(n: number): bigint {
  return n > -9223372036854775808 && n < 9223372036854775808 ? BigInt(Math.trunc(n)) : MIN_INT64;
}

const fits32 = (n: number) => n === (n | 0);

interface Arithmetic {
  readonly event: string;
  readonly action: string;
  readonly apply: (a: number, b: number) => number;
  /** Applied instead when an operand was a string (`\` is plain division then). */
  readonly applyConverted?: (a: number, b: number) => number;
}

const arithmetic = (
  name: string,
  apply: Arithmetic['apply'],
  applyConverted?: Arithmetic['apply'],
): Arithmetic => ({
  event: hashOf(name),
  action: 'perform arithmetic on',
  apply,
  applyConverted,
});

const bitwise = (
  name: string,
  small: (a: number, b: number) => number | undefined,
  wide: (a: bigint, b: bigint) => bigint,
): Arithmetic => ({
  event: hashOf(name),
  action: 'perform bitwise operation on',
  apply: (a, b) => {
    const result = fits32(a) && fits32(b) ? small(a, b) : undefined;
    return result ?? Number(BigInt.asIntN(64, wide(toInt64(a), toInt64(b))));
  },
});

/** Floored modulo: the sign of the result is the divisor's. */
export function modulo(a: number, b: number): number {
  return a - Math.floor(a / b) * b;
}

/** In the order of the instructions from Op.Add on, then the unary ones. */
export const ARITHMETIC: readonly Arithmetic[] = [
  arithmetic('__add', (a, b) => a + b),
  arithmetic('__sub', (a, b) => a - b),
  arithmetic('__mul', (a, b) => a * b),
  arithmetic('__div', (a, b) => a / b),
  arithmetic(
    '__div',
    (a, b) => Math.floor(a / b),
    (a, b) => a / b,
  ),
  arithmetic('__mod', modulo),
  arithmetic('__pow', power),
  bitwise(
    '__and',
    (a, b) => a & b,
    (a, b) => a & b,
  ),
  bitwise(
    '__or',
    (a, b) => a | b,
    (a, b) => a | b,
  ),
  bitwise(
    '__xor',
    (a, b) => a ^ b,
    (a, b) => a ^ b,
  ),
  bitwise(
    '__shl',
    () => undefined,
    (a, b) => a << (b & 63n),
  ),
  bitwise(
    '__shr',
    (a, b) => (b >= 0 && b < 32 ? a >> b : undefined),
    (a, b) => a >> (b & 63n),
  ),
];
export const MINUS = arithmetic('__unm', (a) => -a);
export const COMPLEMENT = bitwise(
  '__not',
  (a) => ~a,
  (a) => ~a,
);

/** The operator on values that are not both numbers. */
export function arith(L: LuaState, op: Arithmetic, a: TValue, b: TValue): TValue {
  const x = toNumber(a);
  const y = x === undefined ? undefined : toNumber(b);
  if (x !== undefined && y !== undefined) {
    const converted = a.type !== T.number || b.type !== T.number;
    return new TValue(T.number, (converted && op.applyConverted ? op.applyConverted : op.apply)(x, y));
  }
  const tm = metamethod(L, a, op.event) ?? metamethod(L, b, op.event);
  if (tm) return callMetamethod(L, tm, a, b);
  const culprit = x === undefined ? 0 : 1;
  return typeError(L, culprit === 0 ? a : b, op.action, operandName(L, culprit));
}

/** Concatenates registers `first` to `last`, from the right as 5.1 does. */
export function concat(L: LuaState, first: number, last: number): TValue {
  const { stack } = L;
  let right: TValue = stack[last]!;
  for (let i = last - 1; i >= first;) {
    let text = toText(right);
    const parts: string[] = [];
    let length = text?.length ?? 0;
    for (; text !== undefined && i >= first; i--) {
      const part = toText(stack[i]!);
      if (part === undefined) break;
      parts.push(part);
      length += part.length;
    }
    if (parts.length > 0) {
      allocate(L, COST.string + length);
      if (length > MAX_STRING) runError(L, 'string length overflow');
      text = parts.reverse().join('') + text!;
      right = stringValue(text);
    } else {
      const left = stack[i]!;
      const tm = metamethod(L, left, CONCAT) ?? metamethod(L, right, CONCAT);
      if (!tm) {
        const culprit = toText(left) === undefined ? i : i + 1;
        typeError(L, culprit === i ? left : right, 'concatenate', operandName(L, culprit - first));
      }
      const result = callMetamethod(L, tm, left, right);
      right = new TValue(result.type, result.value);
      i--;
    }
  }
  return right;
}

/** Longest string a script may build, in bytes. */
export const MAX_STRING = 0x1fffffe8;

export function rawEquals(a: TValue, b: TValue): boolean {
  if ((a.type & 15) !== (b.type & 15)) return false;
  if (isString(a)) return a.value === b.value || textOf(a.value as TString) === textOf(b.value as TString);
  return a.type === T.nil || a.value === b.value;
}

export function equals(L: LuaState, a: TValue, b: TValue): boolean {
  if (isString(a) && isString(b)) return sameText(L, a.value as TString, b.value as TString);
  if (rawEquals(a, b)) return true;
  if (a.type !== b.type || (a.type !== T.table && a.type !== T.userdata)) return false;
  const tm = commonMetamethod(L, a, b, EQ);
  return tm !== undefined && isTrue(callMetamethod(L, tm, a, b));
}

function sameText(L: LuaState, a: TString, b: TString): boolean {
  if (a === b) return true;
  const length = a.tsslen();
  if (length !== b.tsslen()) return false;
  if (length > LONG) chargeText(L, length);
  return textOf(a) === textOf(b);
}
const LONG = 1024;

/** A comparison's metamethod counts only when both operands have the same one. */
function commonMetamethod(L: LuaState, a: TValue, b: TValue, event: string): TValue | undefined {
  const left = metamethod(L, a, event);
  if (!left) return undefined;
  const right = metamethod(L, b, event);
  return right && rawEquals(left, right) ? left : undefined;
}

export function lessThan(L: LuaState, a: TValue, b: TValue): boolean {
  if (a.type === T.number && b.type === T.number) return (a.value as number) < (b.value as number);
  if (isString(a) && isString(b)) return textOf(a.value as TString) < textOf(b.value as TString);
  if ((a.type & 15) !== (b.type & 15)) return orderError(L, a, b);
  const tm = commonMetamethod(L, a, b, LT);
  return tm ? isTrue(callMetamethod(L, tm, a, b)) : orderError(L, a, b);
}

export function lessEqual(L: LuaState, a: TValue, b: TValue): boolean {
  if (a.type === T.number && b.type === T.number) return (a.value as number) <= (b.value as number);
  if (isString(a) && isString(b)) return textOf(a.value as TString) <= textOf(b.value as TString);
  if ((a.type & 15) !== (b.type & 15)) return orderError(L, a, b);
  const le = commonMetamethod(L, a, b, LE);
  if (le) return isTrue(callMetamethod(L, le, a, b));
  const lt = commonMetamethod(L, a, b, LT);
  return lt ? !isTrue(callMetamethod(L, lt, b, a)) : orderError(L, a, b);
}

export function isTrue(value: TValue): boolean {
  return value.type !== T.nil && !(value.type === T.boolean && value.value === false);
}

/** `#value`; tables have no `__len` in 5.1. */
export function length(L: LuaState, value: TValue): TValue {
  if (value.type === T.table) return new TValue(T.number, ltable.luaH_getn(value.value));
  if (isString(value)) return new TValue(T.number, (value.value as TString).tsslen());
  const tm = metamethod(L, value, LEN);
  return tm
    ? callMetamethod(L, tm, value, nilValue)
    : typeError(L, value, 'get length of', operandName(L, 0));
}
