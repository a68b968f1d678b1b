import { Lexer, type Token } from './lexer';
import type { Span, Statement } from './statements';
import type { ConfigValue } from './value';

/** Levels of stanzas, lists and dictionaries; no real configuration comes near. */
const MAX_DEPTH = 100;
/** Texts that are kept parsed: those of a test suite's servers, which are few and start often. */
const CACHE_SIZE = 64;

const NAME = /^[A-Za-z_][\w.:-]*$/;
const INCLUDES: Readonly<Record<string, { readonly isReadonly: boolean } | undefined>> = Object.assign(
  Object.create(null) as object,
  { include: { isReadonly: false }, readonly_include: { isReadonly: true } },
);

const cache = new Map<string, readonly Statement[]>();

/** The statements of a configuration text. `file` is for messages. Throws ConfigSyntaxError. */
export function parseStatements(text: string, file: string): readonly Statement[] {
  const known = cache.get(text);
  if (known) return known;
  const statements = new Parser(text, file).file();
  if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value!);
  cache.set(text, statements);
  return statements;
}

/** What `config set` is given: words that lead to an option, and its value. */
export interface Assignment {
  readonly words: readonly string[];
  readonly value: ConfigValue;
}

/** Reads `[scope …] option [=] value` (4/console-commands/config). Throws ConfigSyntaxError. */
export function parseAssignment(text: string, file: string): Assignment {
  return new Parser(text, file).assignment();
}

class Parser {
  readonly #lexer: Lexer;
  #token: Token;

  constructor(text: string, file: string) {
    this.#lexer = new Lexer(text, file);
    this.#token = this.#lexer.next();
  }

  file(): Statement[] {
    const statements: Statement[] = [];
    while (this.#token.kind !== 'end') {
      if (this.#token.kind === '}') this.#lexer.fail("this '}' closes nothing", this.#token.start);
      statements.push(this.#statement(0));
    }
    return statements;
  }

  assignment(): Assignment {
    const words: Token[] = [];
    while (this.#token.kind === 'word' || this.#token.kind === 'string') words.push(this.#take());
    const value = this.#token.kind === 'end' ? valueOf(words.pop()) : this.#valueAfterName();
    if (this.#token.kind !== 'end') this.#unexpected('the end of the command');
    if (!value || words.length === 0) this.#unexpected('an option and its value');
    return { words: words.map((word) => word.text), value };
  }

  #valueAfterName(): ConfigValue {
    if (this.#token.kind === '=') this.#take();
    return this.#value(0);
  }

  #take(): Token {
    const token = this.#token;
    this.#token = this.#lexer.next();
    return token;
  }

  #statement(depth: number): Statement {
    const name = this.#token;
    if (name.kind !== 'word') this.#unexpected('the name of an option or of a stanza');
    if (!NAME.test(name.text))
      this.#lexer.fail(`'${name.text}' cannot be the name of an option or of a stanza`, name.start);
    this.#take();
    const include = INCLUDES[name.text.toLowerCase()];
    switch (this.#token.kind) {
      case '=':
        this.#take();
        return this.#isAt('{') ? this.#scope(name, undefined, depth) : this.#option(name);
      case '(':
      case '[':
        return this.#option(name);
      case '{':
        return this.#scope(name, undefined, depth);
      case 'word':
      case 'string': {
        const instance = this.#take();
        if (include)
          return { kind: 'include', target: instance.text, ...include, span: this.#span(name, instance.end) };
        if (this.#isAt('=')) this.#take();
        return this.#scope(name, instance, depth);
      }
      default:
        return this.#unexpected(`'=' or '{' after '${name.text}'`);
    }
  }

  #isAt(kind: Token['kind']): boolean {
    return this.#token.kind === kind;
  }

  #option(name: Token): Statement {
    const valueStart = this.#token.start;
    const value = this.#value(0);
    return { kind: 'option', name: name.text, value, valueStart, span: this.#span(name, this.#lastEnd) };
  }

  #scope(type: Token, instance: Token | undefined, depth: number): Statement {
    if (this.#token.kind !== '{')
      this.#unexpected(`'{' after the stanza ${type.text} ${instance?.text ?? ''}`.trimEnd());
    if (depth >= MAX_DEPTH) this.#lexer.fail('stanzas are nested too deep', type.start);
    this.#take();
    const body: Statement[] = [];
    while (!this.#closes('}', type)) body.push(this.#statement(depth + 1));
    const { end } = this.#take();
    return { kind: 'scope', type: type.text, instance: instance?.text, body, span: this.#span(type, end) };
  }

  /** End of the last token of the value that was read last. */
  #lastEnd = 0;

  #value(depth: number): ConfigValue {
    const first = this.#token;
    if (depth >= MAX_DEPTH) this.#lexer.fail('values are nested too deep', first.start);
    let value: ConfigValue | undefined;
    if (first.kind === '(') value = this.#list(depth);
    else if (first.kind === '[') value = this.#dictionary(depth);
    else value = valueOf(first);
    if (!value) this.#unexpected('a value');
    this.#lastEnd = this.#take().end;
    return value;
  }

  /** Stops before the closing bracket. */
  #list(depth: number): ConfigValue {
    const open = this.#take();
    const items: ConfigValue[] = [];
    while (!this.#closes(')', open)) items.push(this.#value(depth + 1));
    return { kind: 'list', items };
  }

  #dictionary(depth: number): ConfigValue {
    const open = this.#take();
    const entries: (readonly [string, ConfigValue])[] = [];
    while (!this.#closes(']', open)) {
      const key = this.#token;
      if (key.kind !== 'word' && key.kind !== 'string') this.#unexpected('a key');
      this.#take();
      if (this.#token.kind !== '=') this.#unexpected(`'=' after the key '${key.text}'`);
      this.#take();
      entries.push([key.text, this.#value(depth + 1)]);
    }
    return { kind: 'dictionary', entries };
  }

  #closes(kind: Token['kind'], opened: Token): boolean {
    if (this.#token.kind === 'end')
      this.#lexer.fail(`this is never closed: '${kind}' is missing`, opened.start);
    return this.#token.kind === kind;
  }

  #span(first: Token, end: number): Span {
    return { ...this.#lexer.positionAt(first.start), start: first.start, end };
  }

  #unexpected(expected: string): never {
    const { kind, text, start } = this.#token;
    const found =
      kind === 'end'
        ? 'the text ends'
        : kind === 'string'
          ? `"${text}" stands here`
          : `'${text}' stands here`;
    return this.#lexer.fail(`${expected} expected, but ${found}`, start);
  }
}

function valueOf(token: Token | undefined): ConfigValue | undefined {
  if (token?.kind !== 'word' && token?.kind !== 'string') return undefined;
  return { kind: 'text', text: token.text, quoted: token.kind === 'string' };
}
