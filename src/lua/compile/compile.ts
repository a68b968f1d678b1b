import type {
  AssignStatement,
  AssignTarget,
  Block,
  Expression,
  FunctionBody,
  GenericForStatement,
  LocalVariable,
  Node,
  NumericForStatement,
  RepeatStatement,
  ReturnStatement,
  Statement,
} from '../syntax/tree';
import type { Source } from '../syntax/source';
import { LuaSyntaxError } from '../errors';
import { parse } from '../syntax/parser';
import { ExpressionCompiler } from './expressions';
import { FunctionBuilder, type Label } from './function-builder';
import { Op } from './opcodes';
import type { Proto } from './proto';

export interface Compiled {
  readonly proto: Proto;
  readonly body: FunctionBody;
}

/** Compiles a chunk. Throws LuaSyntaxError. */
export function compile(source: Source): Compiled {
  const body = parse(source);
  try {
    return { proto: new FunctionCompiler(new FunctionBuilder(source, body, undefined)).run(), body };
  } catch (error) {
    // Operators nest to the left without limit; a chain of many thousands exhausts the stack of JavaScript.
    if (!(error instanceof RangeError)) throw error;
    throw new LuaSyntaxError(source, body.start, 'function or expression too complex');
  }
}

/** Turns the statements of one function into instructions. */
class FunctionCompiler {
  private readonly e: ExpressionCompiler;

  constructor(private readonly f: FunctionBuilder) {
    this.e = new ExpressionCompiler(f, (builder, { body }) => {
      const inner = new FunctionBuilder(builder.source, body, builder);
      return builder.proto.p.push(new FunctionCompiler(inner).run()) - 1;
    });
  }

  run(): Proto {
    const { body } = this.f;
    this.f.openScope();
    for (const parameter of body.parameters) this.f.declare(parameter, this.f.reserve(1, body));
    if (body.argTable) {
      const register = this.f.reserve(1, body);
      this.f.declare(body.argTable, register);
      const op = body.usesVararg ? Op.LoadNil : Op.ArgTable;
      this.f.emit(op, register, 0, 0, body.start.line, body.start);
    }
    this.statements(body.body);
    this.f.emit(Op.Return, 0, 1, 0, body.end.line, body.end);
    this.f.closeScope(body, false);
    return this.f.finish();
  }

  private block(block: Block, exit?: Label): void {
    this.f.openScope(exit);
    this.statements(block);
    this.f.closeScope(block);
  }

  private statements(block: Block): void {
    for (const statement of block.statements) {
      const top = this.f.freeRegister;
      this.statement(statement);
      // What a declaration reserved stays; everything else was temporary.
      if (statement.type !== 'Local' && statement.type !== 'LocalFunction') this.f.release(top);
    }
  }

  private statement(s: Statement): void {
    switch (s.type) {
      case 'Local': {
        const first = this.f.freeRegister;
        this.e.toList(s.values, s.variables.length, s);
        this.f.release(first + s.variables.length);
        s.variables.forEach((variable, i) => this.f.declare(variable, first + i));
        return;
      }
      case 'LocalFunction': {
        const register = this.f.reserve(1, s);
        this.f.declare(s.variable, register);
        this.e.toLocal(s.func, register);
        return;
      }
      case 'Assign':
        this.assign(s);
        return;
      case 'CallStatement':
        this.e.call(s.call, 0);
        return;
      case 'Do':
        this.block(s.body);
        return;
      case 'While':
        this.while(s.condition, s.body);
        return;
      case 'Repeat':
        this.repeat(s);
        return;
      case 'If':
        this.if(s.clauses, s.otherwise);
        return;
      case 'NumericFor':
        this.numericFor(s);
        return;
      case 'GenericFor':
        this.genericFor(s);
        return;
      case 'Function':
        this.store(s.target, this.prepare(s.target, []), s.func, s.start.line);
        return;
      case 'Return':
        this.return(s);
        return;
      case 'Break':
        this.f.emitBreak(s);
    }
  }

  private assign(s: AssignStatement): void {
    const [target] = s.targets;
    if (s.targets.length === 1 && s.values.length === 1 && target) {
      this.store(target, this.prepare(target, []), s.values[0]!);
      return;
    }
    const assigned = s.targets.flatMap((t) => (t.type === 'LocalName' ? [t.variable] : []));
    const places = s.targets.map((t) => this.prepare(t, assigned));
    const first = this.f.freeRegister;
    this.e.toList(s.values, s.targets.length, s);
    for (let i = s.targets.length - 1; i >= 0; i--)
      this.storeOperand(s.targets[i]!, places[i]!, first + i, s.end.line);
  }

  /** Evaluates the table and key of a target; those that the same statement assigns to are copied first. */
  private prepare(target: AssignTarget, assigned: readonly LocalVariable[]): [number, number] {
    if (target.type !== 'Index') return [0, 0];
    const changes = (e: Expression) => e.type === 'LocalName' && assigned.includes(e.variable);
    const object = changes(target.object) ? this.e.toNext(target.object) : this.e.toAny(target.object);
    const key = changes(target.key) ? this.e.toNext(target.key) : this.e.toOperand(target.key);
    return [object, key];
  }

  private store(target: AssignTarget, place: [number, number], value: Expression, line?: number): void {
    const register = target.type === 'LocalName' ? this.f.registerOf(target.variable) : undefined;
    if (register !== undefined) this.e.toLocal(value, register);
    else this.storeOperand(target, place, this.operandFor(target, value), line ?? value.end.line);
  }

  private operandFor(target: AssignTarget, value: Expression): number {
    return target.type === 'LocalName' ? this.e.toAny(value) : this.e.toOperand(value);
  }

  private storeOperand(
    target: AssignTarget,
    [object, key]: [number, number],
    operand: number,
    line: number,
  ): void {
    if (target.type === 'Index') {
      const pc = this.f.emit(Op.SetTable, object, key, operand, line, target.at);
      this.f.nameOperands(pc, this.e.nameOf(target.object));
    } else if (target.type === 'GlobalName') {
      this.f.emit(Op.SetGlobal, operand, this.f.stringConstant(target.name), 0, line, target.start);
    } else {
      const register = this.f.registerOf(target.variable);
      if (register === undefined)
        this.f.emit(Op.SetUpvalue, operand, this.f.upvalueOf(target.variable), 0, line, target.start);
      else this.f.emit(Op.Move, register, operand, 0, line, target.start);
    }
  }

  private while(condition: Expression, body: Block): void {
    const again = this.f.label();
    const exit = this.f.label();
    this.f.place(again);
    this.e.jumpIf(condition, false, exit);
    this.block(body, exit);
    this.f.jumpTo(again, this.f.emit(Op.Jump, 0, 0, 0, body.end.line, body.end));
    this.f.place(exit);
  }

  private repeat(s: RepeatStatement): void {
    const again = this.f.label();
    const exit = this.f.label();
    const done = this.f.label();
    this.f.place(again);
    this.f.openScope(exit);
    this.f.openScope();
    this.statements(s.body);
    this.e.jumpIf(s.condition, true, done);
    this.f.emitScopeClose(s);
    this.f.jumpTo(again, this.f.emit(Op.Jump, 0, 0, 0, s.end.line, s.end));
    this.f.place(done);
    this.f.closeScope(s);
    this.f.closeScope(s);
    this.f.place(exit);
  }

  private if(clauses: readonly { condition: Expression; body: Block }[], otherwise: Block | undefined): void {
    const end = this.f.label();
    clauses.forEach(({ condition, body }, i) => {
      const next = this.f.label();
      this.e.jumpIf(condition, false, next);
      this.block(body);
      if (i < clauses.length - 1 || otherwise)
        this.f.jumpTo(end, this.f.emit(Op.Jump, 0, 0, 0, body.end.line, body.end));
      this.f.place(next);
    });
    if (otherwise) this.block(otherwise);
    this.f.place(end);
  }

  private numericFor(s: NumericForStatement): void {
    const exit = this.f.label();
    const last = s.step ?? s.limit;
    this.f.openScope(exit);
    const base = this.e.toNext(s.first);
    this.e.toNext(s.limit);
    if (s.step) this.e.toNext(s.step);
    else
      this.f.emit(Op.LoadK, this.f.reserve(1, s), this.f.numberConstant(1), 0, s.limit.end.line, s.limit.end);
    this.declareHidden(['(for index)', '(for limit)', '(for step)'], base, s);
    const prepare = this.f.emit(Op.ForPrep, base, 0, 0, last.end.line, s.first.start);
    const bodyStart = this.f.pc;
    this.loopBody([s.variable], s.body);
    this.f.patch(prepare, 'b', this.f.pc);
    this.f.emit(Op.ForLoop, base, bodyStart, 0, s.start.line, s.start);
    this.f.closeScope(s, false);
    this.f.place(exit);
  }

  private genericFor(s: GenericForStatement): void {
    const exit = this.f.label();
    const call = this.f.label();
    const lastValue = s.values.at(-1)!;
    this.f.openScope(exit);
    const base = this.f.freeRegister;
    this.e.toList(s.values, 3, s);
    this.f.release(base + 3);
    this.declareHidden(['(for generator)', '(for state)', '(for control)'], base, s);
    this.f.emit(Op.IterPrep, base, 0, 0, s.start.line, s.values[0]!.start);
    this.f.jumpTo(call, this.f.emit(Op.Jump, 0, 0, 0, lastValue.end.line, lastValue.end));
    const bodyStart = this.f.pc;
    this.loopBody(s.variables, s.body);
    this.f.place(call);
    // The iterator is called in the registers of the variables, with three of its own.
    this.f.reserve(Math.max(s.variables.length, 3), s);
    const pc = this.f.emit(
      Op.IterCall,
      base,
      s.variables.length,
      0,
      s.values[0]!.start.line,
      s.values[0]!.start,
    );
    this.f.nameOperands(pc, { kind: 'local', name: '(for generator)' });
    this.f.emit(Op.IterLoop, base, bodyStart, 0, s.start.line, s.start);
    this.f.closeScope(s, false);
    this.f.place(exit);
  }

  private declareHidden(names: readonly string[], base: number, at: Node): void {
    names.forEach((name, i) => {
      const variable = { name, declared: at.start, owner: this.f.body, captured: false };
      this.f.declare(variable, base + i);
    });
  }

  /** The body of a `for`, whose variables are new in every round. */
  private loopBody(variables: readonly LocalVariable[], body: Block): void {
    this.f.openScope();
    for (const variable of variables) this.f.declare(variable, this.f.reserve(1, body));
    this.statements(body);
    this.f.closeScope(body);
  }

  private return(s: ReturnStatement): void {
    const [only] = s.values;
    const { line } = s.end;
    if (s.values.length === 1 && only && (only.type === 'Call' || only.type === 'MethodCall')) {
      const pc = this.e.call(only, -1);
      this.f.patchOperation(pc, Op.TailCall);
      this.f.emit(Op.Return, this.f.freeRegister, 0, 0, line, s.start);
    } else if (s.values.length === 1 && only && only.type !== 'Vararg') {
      this.f.emit(Op.Return, this.e.toAny(only), 2, 0, line, s.start);
    } else {
      const first = this.f.freeRegister;
      const count = this.e.toOpenList(s.values);
      this.f.emit(Op.Return, first, count < 0 ? 0 : count + 1, 0, line, s.start);
    }
  }
}
