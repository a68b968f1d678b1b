import { Char } from './characters';
import { FunctionParser, localLabel, nameOf, newBody } from './function-parser';
import type { Source } from './source';
import { T, type Token } from './tokens';
import type {
  AssignTarget,
  Block,
  Expression,
  FunctionBody,
  GenericForStatement,
  IfStatement,
  LocalVariable,
  NumericForStatement,
  Position,
  Statement,
} from './tree';

export interface ParseOptions {
  /** The source is a file: a first line that begins with `#` is skipped, as `loadfile` and `require` do. */
  readonly isFile?: boolean;
  /**
   * C calls in progress, which 5.1 counts towards its limit of 200 syntax levels; 2 unless told otherwise, as
   * in a `loadstring` that the main chunk of the stand-alone interpreter calls.
   */
  readonly pendingCalls?: number;
}

/**
 * Parses a chunk of Momentum's Lua dialect.
 * @returns the main function
 * @throws LuaSyntaxError with the text of Lua 5.1
 */
export function parse(source: Source, { isFile = false, pendingCalls = 2 }: ParseOptions = {}): FunctionBody {
  return new Parser(source, isFile ? endOfHashLine(source.text) : 0, pendingCalls).chunk();
}

/** Offset of the first byte after a first line that begins with `#`; its end stays, so that lines count on. */
function endOfHashLine(text: string): number {
  if (!text.startsWith('#')) return 0;
  const end = text.indexOf('\n');
  return end < 0 ? text.length : end;
}

const BLOCK_ENDS: ReadonlySet<number> = new Set([T.Else, T.ElseIf, T.End, T.Until, T.EndOfFile]);

/** The internal index, limit and step, or iterator, state and control variable, of a `for` loop. */
const HIDDEN_LOOP_VARIABLES = 3;

const STATEMENTS: ReadonlyMap<number, (parser: Parser) => Statement> = new Map([
  [T.If, (parser: Parser) => parser.ifStatement()],
  [T.While, (parser: Parser) => parser.whileStatement()],
  [T.Do, (parser: Parser) => parser.doStatement()],
  [T.For, (parser: Parser) => parser.forStatement()],
  [T.Repeat, (parser: Parser) => parser.repeatStatement()],
  [T.Function, (parser: Parser) => parser.functionStatement()],
  [T.Local, (parser: Parser) => parser.localStatement()],
  [T.Return, (parser: Parser) => parser.returnStatement()],
  [T.Break, (parser: Parser) => parser.breakStatement()],
]);

/** Statements; each method begins at the first token of what it parses. */
class Parser extends FunctionParser {
  chunk(): FunctionBody {
    const main = newBody({ line: 1, column: 1 }, undefined, undefined);
    main.isVararg = true;
    this.scopes.openFunction(main);
    main.body = this.block();
    this.check(T.EndOfFile);
    main.end = this.previous.end;
    this.scopes.closeFunction();
    return main;
  }

  protected block(): Block {
    this.enterLevel();
    const { start } = this.token;
    const statements: Statement[] = [];
    while (!BLOCK_ENDS.has(this.token.kind)) {
      const statement = this.statement();
      statements.push(statement);
      this.accept(Char.Semicolon);
      if (statement.type !== 'Return' && statement.type !== 'Break') continue;
      if (!BLOCK_ENDS.has(this.token.kind))
        this.hints = { ...this.hints, last: statement.type === 'Break' ? 'break' : 'return' };
      break;
    }
    this.leaveLevel();
    return { type: 'Block', start, end: statements.length > 0 ? this.previous.end : start, statements };
  }

  private scopedBlock(): Block {
    const scope = this.scopes.openScope();
    const block = this.block();
    this.scopes.closeScope(scope);
    return block;
  }

  private statement(): Statement {
    return (STATEMENTS.get(this.token.kind) ?? expressionStatement)(this);
  }

  /** Consumes the first token of a statement: its position, and the line that messages name it by. */
  private begin(): { start: Position; line: number } {
    const { line } = this;
    const { start } = this.token;
    this.advance();
    return { start, line };
  }

  ifStatement(): Statement {
    const { line } = this;
    const { start } = this.token;
    const outerHints = this.hints;
    const clauses: IfStatement['clauses'] = [];
    do clauses.push(this.ifClause());
    while (this.token.kind === T.ElseIf);
    const otherwise = this.accept(T.Else) ? this.elseBlock() : undefined;
    this.expectClosing(T.End, T.If, line);
    const closing = this.previous.start;
    // An `end` that lines up with its `if` shows that no nested `if` has taken the wrong one.
    if (closing.line === line || closing.column === start.column) this.hints = outerHints;
    return { type: 'If', start, end: this.previous.end, clauses, otherwise };
  }

  private ifClause(): { condition: Expression; body: Block } {
    this.advance();
    const condition = this.expression();
    this.expect(T.Then);
    return { condition, body: this.scopedBlock() };
  }

  private elseBlock(): Block {
    const { line } = this.token.start;
    const isElseIf = this.token.kind === T.If && this.previous.start.line === line;
    if (isElseIf) this.hints = { elseIfLine: line, ...this.hints };
    return this.scopedBlock();
  }

  whileStatement(): Statement {
    const { start, line } = this.begin();
    const condition = this.expression();
    const loop = this.scopes.openLoop();
    this.expect(T.Do);
    const body = this.block();
    this.expectClosing(T.End, T.While, line);
    this.scopes.closeLoop(loop);
    return { type: 'While', start, end: this.previous.end, condition, body };
  }

  doStatement(): Statement {
    const { start, line } = this.begin();
    const body = this.scopedBlock();
    this.expectClosing(T.End, T.Do, line);
    return { type: 'Do', start, end: this.previous.end, body };
  }

  repeatStatement(): Statement {
    const { start, line } = this.begin();
    const loop = this.scopes.openLoop();
    const body = this.block();
    this.expectClosing(T.Until, T.Repeat, line);
    const condition = this.expression();
    this.scopes.closeLoop(loop);
    return { type: 'Repeat', start, end: this.previous.end, body, condition };
  }

  forStatement(): Statement {
    const { start, line } = this.begin();
    const loop = this.scopes.openLoop();
    const first = this.loopVariable(0);
    const { kind } = this.token;
    if (kind !== Char.Equals && kind !== Char.Comma && kind !== T.In) this.fail("'=' or 'in' expected");
    const parts = kind === Char.Equals ? this.numericFor(first) : this.genericFor(first);
    this.expectClosing(T.End, T.For, line);
    this.scopes.closeLoop(loop);
    return { ...parts, start, end: this.previous.end };
  }

  private loopVariable(index: number): LocalVariable {
    const name = this.expectName();
    return this.scopes.create(name.text, name.start, HIDDEN_LOOP_VARIABLES + index);
  }

  private numericFor(variable: LocalVariable): Omit<NumericForStatement, 'start' | 'end'> {
    this.expect(Char.Equals);
    const first = this.expression();
    this.expect(Char.Comma);
    const limit = this.expression();
    const step = this.accept(Char.Comma) ? this.expression() : undefined;
    const body = this.forBody([variable]);
    return { type: 'NumericFor', variable, first, limit, step, body };
  }

  private genericFor(first: LocalVariable): Omit<GenericForStatement, 'start' | 'end'> {
    const variables = [first];
    while (this.accept(Char.Comma)) variables.push(this.loopVariable(variables.length));
    this.expect(T.In);
    const values = this.expressionList();
    return { type: 'GenericFor', variables, values, body: this.forBody(variables) };
  }

  private forBody(variables: readonly LocalVariable[]): Block {
    this.expect(T.Do);
    this.scopes.declareHidden(HIDDEN_LOOP_VARIABLES);
    this.scopes.declare(variables);
    return this.block();
  }

  functionStatement(): Statement {
    const { start } = this.begin();
    let target: AssignTarget = this.variable();
    while (this.token.kind === Char.Dot) target = this.field(target);
    let name = nameOf(target);
    let self: Token | undefined;
    if (this.token.kind === Char.Colon) {
      target = this.field(target);
      self = this.previous;
      name = `${name ?? '?'}:${self.text}`;
    }
    const body = this.functionBody(start, name, self?.start);
    const { end } = body;
    return { type: 'Function', start, end, target, func: { type: 'FunctionExpression', start, end, body } };
  }

  localStatement(): Statement {
    const { start } = this.begin();
    if (this.token.kind === T.Function) return this.localFunction(start);
    const variables: LocalVariable[] = [];
    do {
      const name = this.expectName();
      variables.push(this.scopes.create(name.text, name.start, variables.length));
    } while (this.accept(Char.Comma));
    const values = this.accept(Char.Equals) ? this.expressionList((i) => localLabel(variables[i])) : [];
    this.scopes.declare(variables);
    return { type: 'Local', start, end: this.previous.end, variables, values };
  }

  private localFunction(start: Position): Statement {
    const keyword = this.begin().start;
    const name = this.expectName();
    const variable = this.scopes.create(name.text, name.start);
    this.scopes.declare([variable]);
    const body = this.functionBody(this.token.start, localLabel(variable));
    const { end } = body;
    const func = { type: 'FunctionExpression', start: keyword, end, body } as const;
    return { type: 'LocalFunction', start, end, variable, func };
  }

  returnStatement(): Statement {
    const { start } = this.begin();
    const isBare = BLOCK_ENDS.has(this.token.kind) || this.token.kind === Char.Semicolon;
    const values = isBare ? [] : this.expressionList();
    return { type: 'Return', start, end: this.previous.end, values };
  }

  breakStatement(): Statement {
    const { start } = this.begin();
    if (!this.scopes.insideLoop) this.fail('no loop to break');
    return { type: 'Break', start, end: this.previous.end };
  }

  /** A call or an assignment. */
  expressionStatement(): Statement {
    const node = this.suffixed();
    const { start } = node;
    if (node.type === 'Call' || node.type === 'MethodCall')
      return { type: 'CallStatement', start, end: node.end, call: node };
    const targets = [this.assignable(node)];
    while (this.accept(Char.Comma)) {
      const next = this.suffixed();
      this.scopes.checkLimit(targets.length, this.levelsLeft, 'variables in assignment');
      targets.push(this.assignable(next));
    }
    this.expect(Char.Equals);
    const values = this.expressionList((i) => nameOf(targets[i]));
    return { type: 'Assign', start, end: this.previous.end, targets, values };
  }

  private assignable(node: Expression): AssignTarget {
    if (node.type === 'LocalName' || node.type === 'GlobalName' || node.type === 'Index') return node;
    return this.fail('syntax error');
  }
}

const expressionStatement = (parser: Parser): Statement => parser.expressionStatement();
