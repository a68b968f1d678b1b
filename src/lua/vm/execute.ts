import { Op } from '../compile/opcodes';
import type { Proto } from '../compile/proto';
import { allocate, charge, COST } from './budget';
import { call, callNoYield, closeSlots, fillSlots, moveResults, set, setNumber } from './calls';
import {
  CallStatus,
  hashOf,
  LClosure,
  ldo,
  luaString,
  MULTIPLE,
  nilValue,
  T,
  Table,
  TValue,
  type CallInfo,
  type LuaState,
} from './fengari';
import {
  ARITHMETIC,
  arith,
  COMPLEMENT,
  concat,
  equals,
  index,
  isTrue,
  length,
  lessEqual,
  lessThan,
  MINUS,
  setIndex,
  toNumber,
} from './operations';
import { runError, typeError } from './raise';
import { metamethod, rawSet, rawSetList, tableKey } from './tables';

const ITER = hashOf('__iter');

function makeClosure(L: LuaState, proto: Proto, encloser: { upvals: TValue[] }, base: number): TValue {
  const descriptions = proto.upvalues;
  allocate(L, COST.closure + COST.upvalue * descriptions.length);
  const closure = new LClosure(L, descriptions.length);
  closure.p = proto;
  // A function has an environment of its own: the one its creator had at that moment (setfenv changes it alone).
  const environment = encloser.upvals[0]!;
  closure.upvals[0] = new TValue(environment.type, environment.value);
  for (let i = 1; i < descriptions.length; i++) {
    const { instack, idx } = descriptions[i]!;
    closure.upvals[i] = instack ? L.stack[base + idx]! : encloser.upvals[idx]!;
  }
  return new TValue(T.luaFunction, closure);
}

/** `for` takes numbers and strings that convert. */
function forNumber(L: LuaState, slot: number, what: string): number {
  const n = toNumber(L.stack[slot]!);
  if (n === undefined) runError(L, `'for' ${what} must be a number`);
  setNumber(L.stack, slot, n);
  return n;
}

/** Asks an object after `in` for its iterator, state and first control value. */
function prepareIterator(L: LuaState, slot: number): void {
  const { stack } = L;
  const object = stack[slot]!;
  if ((object.type & 15) === (T.luaFunction & 15)) return;
  const tm = metamethod(L, object, ITER);
  if (!tm) return;
  if ((tm.type & 15) !== (T.luaFunction & 15)) typeError(L, object, 'call');
  const func = L.top;
  stack[func] = new TValue(tm.type, tm.value);
  stack[func + 1] = new TValue(object.type, object.value);
  L.top = func + 2;
  callNoYield(L, func, 3);
  for (let i = 0; i < 3; i++) set(stack, slot + i, stack[func + i]!);
  L.top = func;
}

function argTable(L: LuaState, ci: CallInfo, fixed: number): TValue {
  allocate(L, COST.table);
  const table = new Table(L);
  const count = ci.l_base - ci.funcOff - 1 - fixed;
  for (let i = 1; i <= count; i++)
    rawSet(L, table, new TValue(T.number, i), L.stack[ci.funcOff + fixed + i]!);
  table.arraySize = Math.max(count, 0);
  rawSet(L, table, N_KEY, new TValue(T.number, Math.max(count, 0)));
  return new TValue(T.table, table);
}
const N_KEY = new TValue(T.string, luaString('n'));

/** Runs the frame on top of the stack, and those it calls, until it returns. */
export function execute(L: LuaState): void {
  let ci = L.ci;
  ci.callstatus |= CallStatus.fresh;
  const { meter } = L.l_G;
  const { stack } = L;

  for (;;) {
    const closure = ci.func.value as LClosure;
    const proto = closure.p as Proto;
    const { code, k } = proto;
    const base = ci.l_base;
    let pc = ci.l_savedpc;

    frame: for (;;) {
      const at = pc << 2;
      ci.l_savedpc = ++pc;
      const a = code[at + 1]!;
      const b = code[at + 2]!;
      const c = code[at + 3]!;
      switch (code[at]) {
        case Op.Move:
          set(stack, base + a, stack[base + b]!);
          break;
        case Op.LoadK:
          set(stack, base + a, k[b]!);
          break;
        case Op.LoadNil:
          for (let i = base + a; i <= base + a + b; i++) set(stack, i, nilValue);
          break;
        case Op.LoadBool: {
          const to = stack[base + a]!;
          to.type = T.boolean;
          to.value = b !== 0;
          pc += c;
          break;
        }
        case Op.GetUpvalue:
          set(stack, base + a, closure.upvals[b]!);
          break;
        case Op.SetUpvalue: {
          const to = closure.upvals[b]!;
          const from = a < 0 ? k[~a]! : stack[base + a]!;
          to.type = from.type;
          to.value = from.value;
          break;
        }
        case Op.GetGlobal: {
          const environment = closure.upvals[0]!;
          const key = k[b]!;
          const found = (environment.value as Table).strong.get(key.value.hash);
          set(stack, base + a, found ? found.value : index(L, environment, key));
          break;
        }
        case Op.SetGlobal:
          setIndex(L, closure.upvals[0]!, k[b]!, a < 0 ? k[~a]! : stack[base + a]!);
          break;
        case Op.GetTable: {
          const object = stack[base + b]!;
          const key = c < 0 ? k[~c]! : stack[base + c]!;
          const found =
            object.type === T.table ? (object.value as Table).strong.get(tableKey(key)) : undefined;
          set(stack, base + a, found ? found.value : index(L, object, key));
          break;
        }
        case Op.SetTable:
          setIndex(L, stack[base + a]!, b < 0 ? k[~b]! : stack[base + b]!, c < 0 ? k[~c]! : stack[base + c]!);
          break;
        case Op.Self: {
          const object = stack[base + b]!;
          const method = index(L, object, k[c]!);
          set(stack, base + a + 1, object);
          set(stack, base + a, method);
          break;
        }
        case Op.NewTable: {
          allocate(L, COST.table);
          const to = stack[base + a]!;
          to.value = new Table(L);
          to.type = T.table;
          break;
        }
        case Op.SetList: {
          const table = stack[base + a]!.value as Table;
          const first = base + a + 1;
          rawSetList(L, table, c + 1, stack.slice(first, b !== 0 ? first + b : L.top));
          L.top = ci.top;
          break;
        }
        case Op.Add: {
          const x = b < 0 ? k[~b]! : stack[base + b]!;
          const y = c < 0 ? k[~c]! : stack[base + c]!;
          if (x.type === T.number && y.type === T.number)
            setNumber(stack, base + a, (x.value as number) + (y.value as number));
          else set(stack, base + a, arith(L, ARITHMETIC[0]!, x, y));
          break;
        }
        case Op.Sub: {
          const x = b < 0 ? k[~b]! : stack[base + b]!;
          const y = c < 0 ? k[~c]! : stack[base + c]!;
          if (x.type === T.number && y.type === T.number)
            setNumber(stack, base + a, (x.value as number) - (y.value as number));
          else set(stack, base + a, arith(L, ARITHMETIC[1]!, x, y));
          break;
        }
        case Op.Mul: {
          const x = b < 0 ? k[~b]! : stack[base + b]!;
          const y = c < 0 ? k[~c]! : stack[base + c]!;
          if (x.type === T.number && y.type === T.number)
            setNumber(stack, base + a, (x.value as number) * (y.value as number));
          else set(stack, base + a, arith(L, ARITHMETIC[2]!, x, y));
          break;
        }
        case Op.Div:
        case Op.IntDiv:
        case Op.Mod:
        case Op.Pow:
        case Op.And:
        case Op.Or:
        case Op.Xor:
        case Op.ShiftLeft:
        case Op.ShiftRight: {
          const x = b < 0 ? k[~b]! : stack[base + b]!;
          const y = c < 0 ? k[~c]! : stack[base + c]!;
          const operator = ARITHMETIC[code[at] - Op.Add]!;
          if (x.type === T.number && y.type === T.number)
            setNumber(stack, base + a, operator.apply(x.value as number, y.value as number));
          else set(stack, base + a, arith(L, operator, x, y));
          break;
        }
        case Op.Minus: {
          const x = stack[base + b]!;
          if (x.type === T.number) setNumber(stack, base + a, -(x.value as number));
          else set(stack, base + a, arith(L, MINUS, x, x));
          break;
        }
        case Op.Not: {
          const truth = isTrue(stack[base + b]!);
          const to = stack[base + a]!;
          to.type = T.boolean;
          to.value = !truth;
          break;
        }
        case Op.Length:
          set(stack, base + a, length(L, stack[base + b]!));
          break;
        case Op.Complement: {
          const x = stack[base + b]!;
          set(stack, base + a, arith(L, COMPLEMENT, x, x));
          break;
        }
        case Op.Concat:
          set(stack, base + a, concat(L, base + b, base + c));
          break;
        case Op.Jump:
          if (a < pc && --meter.left < 0) meter.spent(L);
          pc = a;
          break;
        case Op.Test: {
          const x = stack[base + b]!;
          const truth = x.type !== T.nil && !(x.type === T.boolean && x.value === false);
          if (truth === (c === 1)) {
            if (a < pc && --meter.left < 0) meter.spent(L);
            pc = a;
          }
          break;
        }
        case Op.JumpEq:
        case Op.JumpNe: {
          const x = b < 0 ? k[~b]! : stack[base + b]!;
          const y = c < 0 ? k[~c]! : stack[base + c]!;
          if (equals(L, x, y) === (code[at] === Op.JumpEq)) {
            if (a < pc && --meter.left < 0) meter.spent(L);
            pc = a;
          }
          break;
        }
        case Op.JumpLt:
        case Op.JumpNotLt: {
          const x = b < 0 ? k[~b]! : stack[base + b]!;
          const y = c < 0 ? k[~c]! : stack[base + c]!;
          if (lessThan(L, x, y) === (code[at] === Op.JumpLt)) {
            if (a < pc && --meter.left < 0) meter.spent(L);
            pc = a;
          }
          break;
        }
        case Op.JumpLe:
        case Op.JumpNotLe: {
          const x = b < 0 ? k[~b]! : stack[base + b]!;
          const y = c < 0 ? k[~c]! : stack[base + c]!;
          if (lessEqual(L, x, y) === (code[at] === Op.JumpLe)) {
            if (a < pc && --meter.left < 0) meter.spent(L);
            pc = a;
          }
          break;
        }
        case Op.Call: {
          if (b !== 0) L.top = base + a + b;
          if (--meter.left < 0) meter.spent(L);
          const entered = call(L, base + a, c - 1);
          if (entered) {
            ci = entered;
            break frame;
          }
          // The thread was suspended.
          if (L.ci !== ci) return;
          if (c !== 0) L.top = ci.top;
          break;
        }
        case Op.TailCall: {
          if (b !== 0) L.top = base + a + b;
          if (--meter.left < 0) meter.spent(L);
          const entered = call(L, base + a, MULTIPLE);
          if (entered) {
            if (proto.captured) closeSlots(stack, base, base + proto.maxstacksize);
            ci = replaceFrame(L, ci, entered);
            break frame;
          }
          if (L.ci !== ci) return;
          break;
        }
        case Op.Return: {
          const from = base + a;
          const count = b !== 0 ? b - 1 : L.top - from;
          if (proto.captured) closeSlots(stack, base, base + proto.maxstacksize);
          L.ci = ci.previous;
          moveResults(L, from, ci.funcOff, count, ci.nresults);
          if (ci.callstatus & CallStatus.fresh) return;
          const { nresults } = ci;
          ci = ci.previous;
          if (nresults !== MULTIPLE) L.top = ci.top;
          break frame;
        }
        case Op.ForPrep: {
          const first = forNumber(L, base + a, 'initial value');
          forNumber(L, base + a + 1, 'limit');
          const step = forNumber(L, base + a + 2, 'step');
          setNumber(stack, base + a, first - step);
          pc = b;
          break;
        }
        case Op.ForLoop: {
          const step = stack[base + a + 2]!.value as number;
          const limit = stack[base + a + 1]!.value as number;
          const i = (stack[base + a]!.value as number) + step;
          if (step > 0 ? i <= limit : limit <= i) {
            if (--meter.left < 0) meter.spent(L);
            stack[base + a]!.value = i;
            setNumber(stack, base + a + 3, i);
            pc = b;
          }
          break;
        }
        case Op.IterPrep:
          prepareIterator(L, base + a);
          break;
        case Op.IterCall: {
          const func = base + a + 3;
          set(stack, func, stack[base + a]!);
          set(stack, func + 1, stack[base + a + 1]!);
          set(stack, func + 2, stack[base + a + 2]!);
          L.top = func + 3;
          if (--meter.left < 0) meter.spent(L);
          callNoYield(L, func, b);
          L.top = ci.top;
          break;
        }
        case Op.IterLoop: {
          const first = stack[base + a + 3]!;
          if (first.type !== T.nil) {
            set(stack, base + a + 2, first);
            pc = b;
          }
          break;
        }
        case Op.Close:
          closeSlots(stack, base + a, base + b);
          break;
        case Op.Closure:
          set(stack, base + a, makeClosure(L, proto.p[b]!, closure, base));
          break;
        case Op.Vararg: {
          const have = Math.max(base - ci.funcOff - proto.numparams - 1, 0);
          const wanted = b === 0 ? have : b - 1;
          if (wanted > MANY) charge(L, wanted);
          if (b === 0) {
            if (L.stack_last - L.top <= have) ldo.luaD_growstack(L, have);
            fillSlots(stack, base + a, base + a + have);
            L.top = base + a + have;
          }
          const from = base - have;
          for (let i = 0; i < wanted; i++) set(stack, base + a + i, i < have ? stack[from + i]! : nilValue);
          break;
        }
        case Op.ArgTable:
          set(stack, base + a, argTable(L, ci, proto.numparams));
          break;
        default:
          throw new Error(`corrupt instruction ${code[at]}`);
      }
    }
  }
}

/** Levels of a stack that stand for tail calls of one frame; more are not worth the time to show them. */
const MAX_TAIL_CALLS = 100_000;

/** Lets the frame of a tail call take the place of its caller's. */
function replaceFrame(L: LuaState, old: CallInfo, entered: CallInfo): CallInfo {
  const { stack } = L;
  const shift = entered.funcOff - old.funcOff;
  for (let i = entered.funcOff; i < L.top; i++) set(stack, i - shift, stack[i]!);
  old.func = stack[old.funcOff]!;
  old.l_base = entered.l_base - shift;
  old.top = entered.top - shift;
  old.l_code = entered.l_code;
  old.l_savedpc = 0;
  if (old.tailCalls < MAX_TAIL_CALLS) old.tailCalls++;
  L.ci = old;
  L.top = old.top;
  return old;
}

/** Copying so many values takes as long as several calls. */
const MANY = 50;

/** After a yield: the interrupted instruction can only be a call, whose results are in place. */
export function finishInterrupted(L: LuaState): void {
  const { ci } = L;
  const at = (ci.l_savedpc - 1) << 2;
  fillSlots(L.stack, L.top, ci.top);
  if (ci.l_code[at] === Op.Call && ci.l_code[at + 3] !== 0) L.top = ci.top;
}
