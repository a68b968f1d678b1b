import { LuaSyntaxError } from '../errors';
import { adviceFor } from './advice';
import type { Mistake } from './advice-rules';
import { Lexer, withNear } from './lexer';
import type { Source } from './source';
import { kindName, T, type Token } from './tokens';
import type { Position } from './tree';

type Hints = Pick<Mistake, 'elseIfLine' | 'last'>;

/** The tokens of a source with one of look-ahead, and the checks that a parser makes on them. */
export class TokenStream {
  /** The token that is not consumed yet, where errors are reported. */
  protected token: Token;
  /** The last token consumed; of no kind before the first. */
  protected previous: Token;
  /** 5.1's line of the last token consumed: how far the lexer had come by then. */
  protected lastLine = 1;
  /** What the parser has seen that may explain a later error. */
  protected hints: Hints = {};
  private ahead: Token | undefined;
  private readonly lexer: Lexer;

  constructor(
    protected readonly source: Source,
    offset: number,
  ) {
    this.lexer = new Lexer(source, offset);
    const start = { line: 1, column: 1 };
    this.previous = { kind: 0, start, end: start, from: 0, to: 0, text: '', value: 0 };
    this.token = this.lexer.next();
  }

  /** The line that 5.1 reports for errors and gives to calls: the last one of the newest token. */
  protected get line(): number {
    return this.lexer.line;
  }

  /** Consumes the current token. */
  protected advance(): void {
    this.lastLine = this.lexer.line;
    this.previous = this.token;
    this.token = this.ahead ?? this.lexer.next();
    this.ahead = undefined;
  }

  /** The kind of the token after the current one. */
  protected lookAhead(): number {
    return (this.ahead ??= this.lexer.next()).kind;
  }

  /** Consumes the current token if it is of a kind. */
  protected accept(kind: number): boolean {
    if (this.token.kind !== kind) return false;
    this.advance();
    return true;
  }

  protected check(kind: number): void {
    if (this.token.kind !== kind) this.fail(`'${kindName(kind)}' expected`);
  }

  protected expect(kind: number): void {
    this.check(kind);
    this.advance();
  }

  /** Expects the token that closes what a token of kind `opening` opened at a line. */
  protected expectClosing(closing: number, opening: number, line: number): void {
    if (this.accept(closing)) return;
    if (line === this.line) this.fail(`'${kindName(closing)}' expected`);
    this.fail(`'${kindName(closing)}' expected (to close '${kindName(opening)}' at line ${line})`);
  }

  protected expectName(): Token {
    const name = this.token;
    this.expect(T.Name);
    return name;
  }

  /** Reports an error at the current token. */
  protected fail(message: string): never {
    const { kind } = this.token;
    // A zero byte is a token that 5.1 takes for "no token".
    this.report(message, kind === 0 ? undefined : this.nearText());
  }

  /** Reports a limit of the compiler, which 5.1 does not attach to a token. */
  protected failWithoutToken(message: string): never {
    this.report(message, undefined);
  }

  private report(message: string, near: string | undefined): never {
    const advice = adviceFor({ message, text: this.source.text, offset: this.token.from, ...this.hints });
    throw new LuaSyntaxError(this.source, this.errorPosition(), withNear(message, near), advice);
  }

  /** The current token, unless 5.1 reports another line: that of its end, or of the token after it. */
  private errorPosition(): Position {
    const { line } = this;
    const { start, end } = this.token;
    if (start.line === line) return start;
    return { line, column: end.line === line ? Math.max(1, end.column - 1) : 1 };
  }

  private nearText(): string {
    const { kind, from, to, text } = this.token;
    if (kind === T.Name || kind === T.Number) return this.source.text.slice(from, to);
    return kind === T.String ? quoteAgain(this.source.text.slice(from, to), text) : kindName(kind);
  }
}

/** A string between the delimiters of its token, which is how the lexer's buffer holds it. */
function quoteAgain(token: string, value: string): string {
  const opening = /^\[=*\[/.exec(token)?.[0] ?? token.slice(0, 1);
  return opening + value + opening.replaceAll('[', ']');
}
