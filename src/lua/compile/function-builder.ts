import type { FunctionBody, LocalVariable, Node, Position } from '../syntax/tree';
import { LuaSyntaxError } from '../errors';
import type { Source } from '../syntax/source';
import { hashOf, luaString, stringValue, T, TValue } from '../vm/fengari';
import { Op } from './opcodes';
import type { OperandName, Proto } from './proto';

/** 5.1's limit on registers of one function (MAXSTACK). */
const MAX_REGISTERS = 250;

export type Label = { target: number; uses: number[] };

interface Scope {
  readonly variables: LocalVariable[];
  readonly firstRegister: number;
  /** Where `break` goes, when the scope is the body of a loop. */
  readonly exit: Label | undefined;
}

/** Registers, constants, upvalues, scopes and instructions of one function under construction. */
export class FunctionBuilder {
  readonly proto: Proto;
  private readonly code: number[] = [];
  private readonly registers = new Map<LocalVariable, number>();
  private readonly upvalues = new Map<LocalVariable, number>();
  private readonly constants = new Map<unknown, number>();
  private readonly scopes: Scope[] = [];
  private readonly visible = new Map<LocalVariable, number>();
  private free = 0;

  constructor(
    readonly source: Source,
    readonly body: FunctionBody,
    readonly parent: FunctionBuilder | undefined,
  ) {
    this.proto = {
      k: [],
      p: [],
      code: new Int32Array(0),
      lineinfo: [],
      positions: [],
      operandNames: new Map(),
      upvalues: [{ name: luaString('_ENV'), instack: false, idx: 0 }],
      numparams: body.parameters.length,
      is_vararg: body.isVararg,
      maxstacksize: 2,
      locvars: [],
      linedefined: body.isMain ? 0 : body.start.line,
      lastlinedefined: body.isMain ? 0 : body.end.line,
      source: luaString(source.chunkName),
      origin: source,
      name: body.name,
      captured: false,
    };
  }

  finish(): Proto {
    this.proto.code = Int32Array.from(this.code);
    return this.proto;
  }

  // Instructions

  get pc(): number {
    return this.code.length >> 2;
  }

  /** `line` is the line 5.1 would give the instruction, `at` the place people are shown. */
  emit(op: number, a: number, b: number, c: number, line: number, at: Position): number {
    const pc = this.pc;
    this.code.push(op, a, b, c);
    this.proto.lineinfo.push(line);
    this.proto.positions.push(at.line, at.column);
    return pc;
  }

  patch(pc: number, operand: 'a' | 'b' | 'c', value: number): void {
    this.code[(pc << 2) + (operand === 'a' ? 1 : operand === 'b' ? 2 : 3)] = value;
  }

  patchOperation(pc: number, op: number): void {
    this.code[pc << 2] = op;
  }

  nameOperands(pc: number, ...names: (OperandName | undefined)[]): void {
    if (names.some(Boolean)) this.proto.operandNames.set(pc, names);
  }

  label(): Label {
    return { target: -1, uses: [] };
  }

  /** Makes operand a of the instruction at `pc` lead to `label`. */
  jumpTo(label: Label, pc: number, operand: 'a' | 'b' = 'a'): void {
    if (label.target >= 0) this.patch(pc, operand, label.target);
    else label.uses.push(operand === 'a' ? pc : ~pc);
  }

  place(label: Label): void {
    label.target = this.pc;
    for (const use of label.uses) this.patch(use >= 0 ? use : ~use, use >= 0 ? 'a' : 'b', this.pc);
    label.uses.length = 0;
  }

  // Registers

  get freeRegister(): number {
    return this.free;
  }

  reserve(count: number, node: Node): number {
    const first = this.free;
    this.free += count;
    if (this.free > MAX_REGISTERS)
      throw new LuaSyntaxError(this.source, node.start, 'function or expression too complex');
    if (this.free + 1 > this.proto.maxstacksize) this.proto.maxstacksize = this.free + 1;
    return first;
  }

  /** Frees every temporary from `register` on. */
  release(register: number): void {
    this.free = register;
  }

  // Constants

  stringConstant(text: string): number {
    return this.constant(hashOf(text), () => stringValue(text));
  }

  numberConstant(n: number): number {
    return this.constant(Object.is(n, -0) ? '-0' : n, () => new TValue(T.number, n));
  }

  booleanConstant(value: boolean): number {
    return this.constant(value, () => new TValue(T.boolean, value));
  }

  nilConstant(): number {
    return this.constant(null, () => new TValue(T.nil, null));
  }

  private constant(key: unknown, make: () => TValue): number {
    let index = this.constants.get(key);
    if (index === undefined) {
      index = this.proto.k.push(make()) - 1;
      this.constants.set(key, index);
    }
    return index;
  }

  // Scopes and variables

  openScope(exit?: Label): void {
    this.scopes.push({ variables: [], firstRegister: this.free, exit });
  }

  /** Ends the innermost scope; `closing` emits what frees captured registers (not needed after a jump away). */
  closeScope(at: Node, closing = true): void {
    const scope = this.scopes.pop()!;
    if (closing) this.emitClose(scope, at);
    for (const variable of scope.variables) this.proto.locvars[this.visible.get(variable)!]!.endpc = this.pc;
    this.free = scope.firstRegister;
  }

  /** Emits the close of the innermost scope without ending it. */
  emitScopeClose(at: Node): void {
    this.emitClose(this.scopes.at(-1)!, at);
  }

  /** `break`: closes what the scopes up to the loop captured, then leaves it. */
  emitBreak(at: Node): void {
    const loop = this.scopes.findLastIndex((scope) => scope.exit);
    const captured = this.scopes.slice(loop).filter((scope) => scope.variables.some((v) => v.captured));
    if (captured[0]) this.emit(Op.Close, captured[0].firstRegister, this.free, 0, at.start.line, at.start);
    this.jumpTo(this.scopes[loop]!.exit!, this.emit(Op.Jump, 0, 0, 0, at.start.line, at.start));
  }

  private emitClose(scope: Scope, at: Node): void {
    if (scope.variables.some((variable) => variable.captured))
      this.emit(Op.Close, scope.firstRegister, this.free, 0, at.end.line, at.end);
  }

  /** Makes a variable visible from the next instruction on; it lives in `register`. */
  declare(variable: LocalVariable, register: number): void {
    this.registers.set(variable, register);
    this.scopes.at(-1)!.variables.push(variable);
    if (variable.captured) this.proto.captured = true;
    const varname = luaString(variable.name);
    this.visible.set(
      variable,
      this.proto.locvars.push({ varname, register, startpc: this.pc, endpc: -1 }) - 1,
    );
  }

  /** The register of a variable of this function, or undefined for an upvalue. */
  registerOf(variable: LocalVariable): number | undefined {
    return variable.owner === this.body ? this.registers.get(variable) : undefined;
  }

  upvalueOf(variable: LocalVariable): number {
    let index = this.upvalues.get(variable);
    if (index === undefined) {
      const parent = this.parent!;
      const register = parent.registerOf(variable);
      const instack = register !== undefined;
      const idx = instack ? register : parent.upvalueOf(variable);
      index = this.proto.upvalues.push({ name: luaString(variable.name), instack, idx }) - 1;
      this.upvalues.set(variable, index);
    }
    return index;
  }
}
