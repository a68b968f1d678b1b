import { Char } from './characters';
import { BINARY_OPERATORS, UNARY_OPERATORS, UNARY_PRIORITY } from './operators';
import { Scopes } from './scopes';
import type { Source } from './source';
import { TokenStream } from './token-stream';
import { T, type Token } from './tokens';
import type {
  BinaryExpression,
  CallExpression,
  Expression,
  FunctionBody,
  IndexExpression,
  LocalName,
  GlobalName,
  LogicalExpression,
  MethodCallExpression,
  ParenExpression,
  Position,
  StringExpression,
  TableExpression,
  TableField,
} from './tree';

/** LUAI_MAXCCALLS: nested blocks and expressions, with the C calls in progress. */
const MAX_LEVELS = 200;

/** What an operand without operators and suffixes can start with, when a single token is all of it. */
const LITERALS: ReadonlyMap<number, (token: Token) => Expression> = new Map<
  number,
  (token: Token) => Expression
>([
  [T.Number, ({ start, end, value }) => ({ type: 'Number', start, end, value })],
  [T.String, stringNode],
  [T.Nil, ({ start, end }) => ({ type: 'Nil', start, end })],
  [T.True, ({ start, end }) => ({ type: 'Boolean', start, end, value: true })],
  [T.False, ({ start, end }) => ({ type: 'Boolean', start, end, value: false })],
]);

/** Expressions, by the precedences of Momentum's dialect and with 5.1's limits and messages. */
export abstract class ExpressionParser extends TokenStream {
  protected readonly scopes = new Scopes((message) => this.failWithoutToken(message));
  private level: number;
  /** What a function is called if the next token begins one. */
  private nameOfNext: string | undefined;

  /** @param pendingCalls C calls in progress, which 5.1 counts as syntax levels */
  constructor(source: Source, offset: number, pendingCalls: number) {
    super(source, offset);
    this.level = pendingCalls;
  }

  /** Parses what follows `function` and its name, the current token being the parenthesis. */
  protected abstract functionBody(start: Position, name: string | undefined): FunctionBody;

  protected get levelsLeft(): number {
    return MAX_LEVELS - this.level;
  }

  protected enterLevel(): void {
    if (++this.level > MAX_LEVELS) this.failWithoutToken('chunk has too many syntax levels');
  }

  protected leaveLevel(): void {
    this.level--;
  }

  /** @param nameOf what a function at an index of the list is called */
  protected expressionList(nameOf?: (index: number) => string | undefined): Expression[] {
    const list: Expression[] = [];
    do {
      list.push(this.namedExpression(() => nameOf?.(list.length)));
    } while (this.accept(Char.Comma));
    return list;
  }

  /** An expression, and what it is called if it is a function. */
  private namedExpression(name: () => string | undefined): Expression {
    this.nameOfNext = this.token.kind === T.Function ? name() : undefined;
    return this.expression();
  }

  /** @param limit operators of this left priority, or a lower one, are left to the caller */
  protected expression(limit = 0): Expression {
    this.enterLevel();
    let left = this.unary();
    for (;;) {
      const found = BINARY_OPERATORS.get(this.token.kind);
      if (!found || found.left <= limit) break;
      const at = this.token.start;
      this.advance();
      const right = this.expression(found.right);
      left = binaryNode(found.operator, left, right, at);
    }
    this.leaveLevel();
    return left;
  }

  private unary(): Expression {
    const operator = UNARY_OPERATORS.get(this.token.kind);
    if (operator === undefined) return this.operand();
    const { start } = this.token;
    this.advance();
    const operand = this.expression(UNARY_PRIORITY);
    return { type: 'Unary', start, end: operand.end, operator, operand, at: start };
  }

  private operand(): Expression {
    const { token } = this;
    const literal = LITERALS.get(token.kind);
    if (literal) {
      this.advance();
      return literal(token);
    }
    if (token.kind === Char.OpenBrace) return this.table();
    if (token.kind === T.Function) return this.functionExpression();
    if (token.kind === T.Dots) return this.vararg();
    return this.suffixed();
  }

  private vararg(): Expression {
    const body = this.scopes.currentBody!;
    if (!body.isVararg) this.fail("cannot use '...' outside a vararg function");
    body.usesVararg = true;
    this.advance();
    return { type: 'Vararg', start: this.previous.start, end: this.previous.end };
  }

  private functionExpression(): Expression {
    const name = this.nameOfNext;
    this.nameOfNext = undefined;
    const { start } = this.token;
    this.advance();
    // 5.1 takes the line of the parenthesis for that of the function.
    const body = this.functionBody(this.token.start, name);
    return { type: 'FunctionExpression', start, end: body.end, body };
  }

  /** A name or a parenthesis with all its indices and calls. */
  protected suffixed(): Expression {
    let node = this.primary();
    for (;;) {
      const { kind } = this.token;
      if (kind === Char.Dot) node = this.field(node);
      else if (kind === Char.OpenBracket) node = this.bracket(node);
      else if (kind === Char.Colon) node = this.methodCall(node);
      else if (kind === Char.OpenParen || kind === T.String || kind === Char.OpenBrace)
        node = this.call(node);
      else return node;
    }
  }

  private primary(): Expression {
    if (this.token.kind === T.Name) return this.variable();
    if (this.token.kind !== Char.OpenParen) return this.fail('unexpected symbol');
    const { line } = this;
    const { start } = this.token;
    this.advance();
    const expression = this.expression();
    this.expectClosing(Char.CloseParen, Char.OpenParen, line);
    return { type: 'Paren', start, end: this.previous.end, expression } satisfies ParenExpression;
  }

  protected variable(): LocalName | GlobalName {
    const { start, end, text } = this.expectName();
    const variable = this.scopes.resolve(text);
    if (variable) return { type: 'LocalName', start, end, variable };
    return { type: 'GlobalName', start, end, name: text };
  }

  /** `.name`, or the `:name` of a method's definition. */
  protected field(object: Expression): IndexExpression {
    this.advance();
    const key = stringNode(this.expectName());
    return { type: 'Index', start: object.start, end: key.end, object, key, style: 'dot', at: key.start };
  }

  private bracket(object: Expression): IndexExpression {
    const at = this.token.start;
    const key = this.bracketedKey();
    return { type: 'Index', start: object.start, end: this.previous.end, object, key, style: 'bracket', at };
  }

  private bracketedKey(): Expression {
    this.advance();
    const key = this.expression();
    this.expect(Char.CloseBracket);
    return key;
  }

  private call(callee: Expression): CallExpression {
    const { line } = this;
    const args = this.callArguments();
    return {
      type: 'Call',
      start: callee.start,
      end: this.previous.end,
      callee,
      args,
      at: callee.type === 'Index' && callee.style === 'dot' ? callee.at : callee.start,
      line,
    };
  }

  private methodCall(object: Expression): MethodCallExpression {
    this.advance();
    const name = this.expectName();
    const { line } = this;
    const args = this.callArguments();
    return {
      type: 'MethodCall',
      start: object.start,
      end: this.previous.end,
      object,
      name: name.text,
      args,
      at: name.start,
      line,
    };
  }

  private callArguments(): Expression[] {
    const { token } = this;
    if (token.kind === Char.OpenBrace) return [this.table()];
    if (token.kind === T.String) {
      this.advance();
      return [stringNode(token)];
    }
    if (token.kind !== Char.OpenParen) return this.fail('function arguments expected');
    const { line } = this;
    if (line !== this.lastLine) this.fail('ambiguous syntax (function call x new statement)');
    this.advance();
    if (this.accept(Char.CloseParen)) return [];
    const args = this.expressionList();
    this.expectClosing(Char.CloseParen, Char.OpenParen, line);
    return args;
  }

  private table(): TableExpression {
    const { line } = this;
    const { start } = this.token;
    const fields: TableField[] = [];
    this.advance();
    while (this.token.kind !== Char.CloseBrace) {
      fields.push(this.tableField());
      if (!this.accept(Char.Comma) && !this.accept(Char.Semicolon)) break;
    }
    this.expectClosing(Char.CloseBrace, Char.OpenBrace, line);
    return { type: 'Table', start, end: this.previous.end, fields };
  }

  private tableField(): TableField {
    const { token } = this;
    const isNamed = token.kind === T.Name && this.lookAhead() === Char.Equals;
    if (!isNamed && token.kind !== Char.OpenBracket)
      return { kind: 'positional', value: this.namedExpression(() => undefined) };
    const key = isNamed ? stringNode(this.expectName()) : this.bracketedKey();
    this.expect(Char.Equals);
    const name = isNamed ? token.text : undefined;
    return { kind: 'named', key, value: this.namedExpression(() => name) };
  }
}

function stringNode({ start, end, text }: Token): StringExpression {
  return { type: 'String', start, end, value: text };
}

function binaryNode(
  operator: BinaryExpression['operator'] | LogicalExpression['operator'],
  left: Expression,
  right: Expression,
  at: Position,
): BinaryExpression | LogicalExpression {
  const { start } = left;
  const { end } = right;
  if (operator === 'and' || operator === 'or')
    return { type: 'Logical', start, end, operator, left, right, at };
  return { type: 'Binary', start, end, operator, left, right, at };
}
