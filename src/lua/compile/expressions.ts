import type {
  BinaryExpression,
  BinaryOperator,
  CallExpression,
  Expression,
  LocalName,
  LogicalExpression,
  MethodCallExpression,
  Node,
  Position,
  TableExpression,
  UnaryExpression,
} from '../syntax/tree';
import type { FunctionBuilder, Label } from './function-builder';
import { Op } from './opcodes';
import type { OperandName } from './proto';

const ARITHMETIC: Partial<Record<BinaryOperator, number>> = {
  '+': Op.Add,
  '-': Op.Sub,
  '*': Op.Mul,
  '/': Op.Div,
  '\\': Op.IntDiv,
  '%': Op.Mod,
  '^': Op.Pow,
  '&': Op.And,
  '|': Op.Or,
  '^^': Op.Xor,
  '<<': Op.ShiftLeft,
  '>>': Op.ShiftRight,
};

/** Jump when true, jump when false, operands exchanged. */
const COMPARISON: Partial<Record<BinaryOperator, readonly [number, number, boolean]>> = {
  '==': [Op.JumpEq, Op.JumpNe, false],
  '~=': [Op.JumpNe, Op.JumpEq, false],
  '<': [Op.JumpLt, Op.JumpNotLt, false],
  '<=': [Op.JumpLe, Op.JumpNotLe, false],
  '>': [Op.JumpLt, Op.JumpNotLt, true],
  '>=': [Op.JumpLe, Op.JumpNotLe, true],
};

const UNARY: Record<UnaryExpression['operator'], number> = {
  '-': Op.Minus,
  not: Op.Not,
  '#': Op.Length,
  '~': Op.Complement,
};

const FIELDS_PER_FLUSH = 50;

type CompileFunction = (
  builder: FunctionBuilder,
  e: Extract<Expression, { type: 'FunctionExpression' }>,
) => number;

/** Turns expressions into instructions that leave their values in registers. */
export class ExpressionCompiler {
  constructor(
    private readonly f: FunctionBuilder,
    private readonly compileFunction: CompileFunction,
  ) {}

  /** The value in a register of its own at the top. */
  toNext(e: Expression): number {
    if (isCall(e)) {
      this.call(e, 1);
      return this.f.reserve(1, e);
    }
    const target = this.f.reserve(1, e);
    this.toFresh(e, target);
    return target;
  }

  /** The value in some register: a local's own where it is one. */
  toAny(e: Expression): number {
    const local = this.localRegister(e);
    return local ?? this.toNext(e);
  }

  /** The value as a constant (`~k`) or in a register. */
  toOperand(e: Expression): number {
    const constant = this.constantOf(e);
    return constant === undefined ? this.toAny(e) : ~constant;
  }

  /** The value in `target`, which other parts of the expression may read until the end. */
  toLocal(e: Expression, target: number): void {
    const inner = unwrap(e);
    if (inner.type === 'Logical' || inner.type === 'Table' || isCall(inner)) {
      const top = this.f.freeRegister;
      const register = this.toNext(e);
      this.emitAt(e, Op.Move, target, register);
      this.f.release(top);
    } else {
      this.toFresh(e, target);
    }
  }

  /** Exactly `wanted` values in new registers at the top, as an assignment or a `for` needs them. */
  toList(list: readonly Expression[], wanted: number, at: Node): void {
    list.forEach((e, i) => {
      const last = i === list.length - 1;
      if (last && isMultiple(e) && wanted > i) this.toMultiple(e, wanted - i, true);
      else if (i < wanted) this.toNext(e);
      else this.discard(e);
    });
    const given = list.length > 0 && isMultiple(list.at(-1)!) && wanted >= list.length ? wanted : list.length;
    if (given < wanted) {
      const first = this.f.reserve(wanted - given, at);
      this.emitAt(at, Op.LoadNil, first, wanted - given - 1);
    }
  }

  /** All values of an argument or return list; answers the count, or -1 when the last one is open. */
  toOpenList(list: readonly Expression[]): number {
    list.forEach((e, i) => {
      if (i === list.length - 1 && isMultiple(e)) this.toMultiple(e, -1, true);
      else this.toNext(e);
    });
    return list.length > 0 && isMultiple(list.at(-1)!) ? -1 : list.length;
  }

  /** Evaluates for the effects alone. */
  private discard(e: Expression): void {
    const top = this.f.freeRegister;
    this.toNext(e);
    this.f.release(top);
  }

  /** A call or `...` with `wanted` values (-1: all) from the next register on. */
  private toMultiple(e: Expression, wanted: number, reserve: boolean): void {
    const top = this.f.freeRegister;
    if (e.type === 'Vararg') {
      this.emitAt(e, Op.Vararg, top, wanted + 1);
    } else {
      this.call(e as CallExpression | MethodCallExpression, wanted);
    }
    this.f.release(top);
    if (reserve) this.f.reserve(Math.max(wanted, 1), e);
    if (reserve && wanted < 0) this.f.release(top);
  }

  /** Emits a call whose function goes to the next register; leaves `wanted` results there (-1: all). */
  call(e: CallExpression | MethodCallExpression, wanted: number): number {
    const top = this.f.freeRegister;
    let name: OperandName | undefined;
    let implicit = 0;
    if (e.type === 'Call') {
      this.toNext(e.callee);
      name = this.nameOf(e.callee);
    } else {
      const object = this.toAny(e.object);
      this.f.release(top);
      this.f.reserve(2, e);
      const self = this.f.emit(Op.Self, top, object, this.f.stringConstant(e.name), e.line, e.at);
      this.f.nameOperands(self, this.nameOf(e.object));
      name = { kind: 'method', name: e.name };
      implicit = 1;
    }
    const count = this.toOpenList(e.args);
    const pc = this.f.emit(Op.Call, top, count < 0 ? 0 : count + implicit + 1, wanted + 1, e.line, e.at);
    this.f.nameOperands(pc, name);
    this.f.release(top);
    return pc;
  }

  /** Jumps to `label` when the truth of `e` is `when`; falls through otherwise. */
  jumpIf(e: Expression, when: boolean, label: Label): void {
    const inner = unwrap(e);
    const top = this.f.freeRegister;
    if (inner.type === 'Unary' && inner.operator === 'not') {
      this.jumpIf(inner.operand, !when, label);
    } else if (inner.type === 'Logical') {
      this.jumpIfLogical(inner.operator === 'or', inner.left, inner.right, when, label);
    } else if (inner.type === 'Binary' && COMPARISON[inner.operator]) {
      this.jumpIfCompared(inner, when, label);
    } else if (isConstantTruth(inner)) {
      if (truthOf(inner) === when) this.f.jumpTo(label, this.emitAt(inner, Op.Jump, 0, 0));
    } else {
      const register = this.toAny(inner);
      this.f.jumpTo(label, this.emitAt(inner, Op.Test, 0, register, when ? 1 : 0));
    }
    this.f.release(top);
  }

  private jumpIfLogical(
    isOr: boolean,
    left: Expression,
    right: Expression,
    when: boolean,
    label: Label,
  ): void {
    if (isOr === when) {
      this.jumpIf(left, when, label);
      this.jumpIf(right, when, label);
    } else {
      const out = this.f.label();
      this.jumpIf(left, !when, out);
      this.jumpIf(right, when, label);
      this.f.place(out);
    }
  }

  private jumpIfCompared(e: BinaryExpression, when: boolean, label: Label): void {
    const [whenTrue, whenFalse, exchanged] = COMPARISON[e.operator]!;
    const left = this.toOperand(e.left);
    const right = this.toOperand(e.right);
    const [b, c] = exchanged ? [right, left] : [left, right];
    this.f.jumpTo(label, this.f.emit(when ? whenTrue : whenFalse, 0, b, c, e.end.line, e.at));
  }

  /** The value in `target`, a register that nothing else reads meanwhile. */
  private toFresh(e: Expression, target: number): void {
    const top = this.f.freeRegister;
    this.writeTo(e, target);
    this.f.release(top);
  }

  private writeTo(e: Expression, target: number): void {
    switch (e.type) {
      case 'Nil':
        this.emitAt(e, Op.LoadNil, target, 0);
        return;
      case 'Boolean':
        this.emitAt(e, Op.LoadBool, target, e.value ? 1 : 0);
        return;
      case 'Number':
      case 'String':
        this.emitAt(e, Op.LoadK, target, this.constantOf(e)!);
        return;
      case 'Vararg':
        this.emitAt(e, Op.Vararg, target, 2);
        return;
      case 'FunctionExpression':
        this.emitAt(e, Op.Closure, target, this.compileFunction(this.f, e));
        return;
      case 'LocalName':
        this.readLocal(e, target);
        return;
      case 'GlobalName':
        this.emitAt(e, Op.GetGlobal, target, this.f.stringConstant(e.name));
        return;
      case 'Index': {
        const object = this.toAny(e.object);
        const key = this.toOperand(e.key);
        const pc = this.f.emit(Op.GetTable, target, object, key, e.end.line, e.at);
        this.f.nameOperands(pc, this.nameOf(e.object));
        return;
      }
      case 'Call':
      case 'MethodCall': {
        const register = this.f.freeRegister;
        this.call(e, 1);
        if (register !== target) this.emitAt(e, Op.Move, target, register);
        return;
      }
      case 'Paren':
        this.writeTo(e.expression, target);
        return;
      case 'Table':
        this.table(e, target);
        return;
      case 'Logical': {
        if (leadsToRight(e)) {
          this.writeTo(e.right, target);
          return;
        }
        const out = this.f.label();
        this.toFresh(e.left, target);
        this.f.jumpTo(out, this.emitAt(e.left, Op.Test, 0, target, e.operator === 'or' ? 1 : 0));
        this.toFresh(e.right, target);
        this.f.place(out);
        return;
      }
      case 'Unary':
        this.unary(e, target);
        return;
      case 'Binary':
        this.binary(e, target);
    }
  }

  private readLocal(e: LocalName, target: number): void {
    const register = this.f.registerOf(e.variable);
    if (register === undefined) this.emitAt(e, Op.GetUpvalue, target, this.f.upvalueOf(e.variable));
    else if (register !== target) this.emitAt(e, Op.Move, target, register);
  }

  private unary(e: UnaryExpression, target: number): void {
    const constant = this.constantOf(e);
    if (constant !== undefined) {
      this.emitAt(e, Op.LoadK, target, constant);
      return;
    }
    const register = this.toAny(e.operand);
    const pc = this.f.emit(UNARY[e.operator], target, register, 0, e.end.line, e.at);
    this.f.nameOperands(pc, this.nameOf(e.operand), this.nameOf(e.operand));
  }

  private binary(e: BinaryExpression, target: number): void {
    const operation = ARITHMETIC[e.operator];
    if (operation !== undefined) {
      const left = this.toOperand(e.left);
      const right = this.toOperand(e.right);
      const pc = this.f.emit(operation, target, left, right, e.end.line, e.at);
      this.f.nameOperands(pc, this.nameOf(e.left), this.nameOf(e.right));
    } else if (e.operator === '..') {
      this.concat(e, target);
    } else {
      const yes = this.f.label();
      this.jumpIfCompared(e, true, yes);
      this.emitAt(e, Op.LoadBool, target, 0, 1);
      this.f.place(yes);
      this.emitAt(e, Op.LoadBool, target, 1);
    }
  }

  /** `a .. b .. c` is one instruction over consecutive registers. */
  private concat(e: BinaryExpression, target: number): void {
    const parts: Expression[] = [];
    let rest: Expression = e;
    let at: Position = e.at;
    for (; rest.type === 'Binary' && rest.operator === '..'; rest = rest.right) {
      parts.push(rest.left);
      at = rest.at;
    }
    parts.push(rest);
    const first = this.f.freeRegister;
    for (const part of parts) this.toNext(part);
    const pc = this.f.emit(Op.Concat, target, first, first + parts.length - 1, e.end.line, at);
    this.f.nameOperands(pc, ...parts.map((part) => this.nameOf(part)));
  }

  private table(e: TableExpression, target: number): void {
    // SetList takes its values from the registers after the table's.
    const table = this.f.freeRegister === target + 1 ? target : this.f.reserve(1, e);
    this.emitAt(e, Op.NewTable, table, 0);
    let pending = 0;
    let stored = 0;
    const last = e.fields.at(-1);
    for (const field of e.fields) {
      if (field.kind === 'named') {
        const top = this.f.freeRegister;
        const key = this.toOperand(field.key);
        const value = this.toOperand(field.value);
        this.emitAt(field.value, Op.SetTable, table, key, value);
        this.f.release(top);
      } else if (field === last && isMultiple(field.value)) {
        this.toMultiple(field.value, -1, false);
        this.emitAt(field.value, Op.SetList, table, 0, stored);
        pending = 0;
        this.f.release(table + 1);
      } else {
        this.toNext(field.value);
        if (++pending === FIELDS_PER_FLUSH) {
          this.emitAt(field.value, Op.SetList, table, pending, stored);
          stored += pending;
          pending = 0;
          this.f.release(table + 1);
        }
      }
    }
    if (pending > 0) this.emitAt(e, Op.SetList, table, pending, stored);
    if (table !== target) this.emitAt(e, Op.Move, target, table);
  }

  private constantOf(e: Expression): number | undefined {
    switch (e.type) {
      case 'Nil':
        return this.f.nilConstant();
      case 'Boolean':
        return this.f.booleanConstant(e.value);
      case 'Number':
        return this.f.numberConstant(e.value);
      case 'String':
        return this.f.stringConstant(e.value);
      case 'Unary':
        return e.operator === '-' && e.operand.type === 'Number'
          ? this.f.numberConstant(-e.operand.value)
          : undefined;
      case 'Paren':
        return this.constantOf(e.expression);
      default:
        return undefined;
    }
  }

  private localRegister(e: Expression): number | undefined {
    const inner = unwrap(e);
    return inner.type === 'LocalName' ? this.f.registerOf(inner.variable) : undefined;
  }

  /** How 5.1's errors call the value of an expression; undefined when they have no name for it. */
  nameOf(e: Expression): OperandName | undefined {
    switch (e.type) {
      case 'LocalName':
        return { kind: e.variable.owner === this.f.body ? 'local' : 'upvalue', name: e.variable.name };
      case 'GlobalName':
        return { kind: 'global', name: e.name };
      case 'Index':
        return { kind: 'field', name: e.key.type === 'String' ? e.key.value : '?' };
      case 'Paren':
        return this.nameOf(e.expression);
      case 'Logical':
        // 5.1 names what it finds by following the first jump that it meets.
        return firstExit(e.left, e.operator === 'or') === (e.operator === 'and')
          ? this.nameOf(e.right)
          : undefined;
      default:
        return undefined;
    }
  }

  private emitAt(e: Node, op: number, a: number, b: number, c = 0): number {
    return this.f.emit(op, a, b, c, e.end.line, e.start);
  }
}

export function isMultiple(e: Expression): boolean {
  return e.type === 'Vararg' || isCall(e);
}

function isCall(e: Expression): e is CallExpression | MethodCallExpression {
  return e.type === 'Call' || e.type === 'MethodCall';
}

/** What decides the value: without parentheses, and without a constant before `and` or `or` that cannot decide it. */
function unwrap(e: Expression): Expression {
  let inner = e;
  for (;;) {
    if (inner.type === 'Paren') inner = inner.expression;
    else if (inner.type === 'Logical' && leadsToRight(inner)) inner = inner.right;
    else return inner;
  }
}

function leadsToRight({ operator, left }: LogicalExpression): boolean {
  const first = unwrap(left);
  return isConstantTruth(first) && truthOf(first) === (operator === 'and');
}

/**
 * How the first jump out of an operand of `and` or `or` leaves it, as true or as false; `when` is the truth at which
 * the operator needs nothing more.
 */
function firstExit(e: Expression, when: boolean): boolean {
  const inner = unwrap(e);
  if (isConstantTruth(inner)) return truthOf(inner);
  if (inner.type === 'Unary' && inner.operator === 'not') return !firstExit(inner.operand, !when);
  if (inner.type !== 'Logical') return when;
  const isOr = inner.operator === 'or';
  const left = firstExit(inner.left, isOr);
  return left === isOr ? left : firstExit(inner.right, when);
}

function truthOf(constant: Expression): boolean {
  return constant.type !== 'Nil' && !(constant.type === 'Boolean' && !constant.value);
}

function isConstantTruth(e: Expression): boolean {
  return e.type === 'Nil' || e.type === 'Boolean' || e.type === 'Number' || e.type === 'String';
}
