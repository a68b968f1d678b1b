/** `?` (and `?2`), `:name`, `$name` and `@name` in queries (4/lua/ref-msys-db-query). */
import type { Parameters, ParameterValue } from './data-source';

/** What is no placeholder in a language of queries: quoted text, comments, words. */
export interface Dialect {
  /** Sources of regular expressions for what is passed over. */
  readonly opaque: readonly string[];
  /** How the n-th value (from 1) is written. */
  readonly marker: (n: number) => string;
  /** A name that occurs again is the same value. */
  readonly reusesNames?: boolean;
}

const QUOTED = String.raw`'(?:[^']|'')*'?`;
const NAME = String.raw`"(?:[^"]|"")*"?`;
const BACKTICKS = '`[^`]*`?';
const LINE_COMMENT = String.raw`--[^\n]*`;
const COMMENT = String.raw`/\*[^]*?(?:\*/|$)`;
const WORD = String.raw`[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*`;

export const SQLITE: Dialect = {
  opaque: [QUOTED, NAME, BACKTICKS, String.raw`\[[^\]]*\]?`, LINE_COMMENT, COMMENT, WORD],
  marker: () => '?',
};

export const POSTGRESQL: Dialect = {
  opaque: [
    String.raw`[eE]'(?:[^'\\]|\\[^]|'')*'?`,
    QUOTED,
    NAME,
    LINE_COMMENT,
    COMMENT,
    String.raw`\$(?<tag>(?:[A-Za-z_]\w*)?)\$[^]*?(?:\$\k<tag>\$|$)`,
    '::',
    WORD,
  ],
  marker: (n) => `$${n}`,
  reusesNames: true,
};

export const MYSQL: Dialect = {
  opaque: [
    String.raw`'(?:[^'\\]|\\[^]|'')*'?`,
    String.raw`"(?:[^"\\]|\\[^]|"")*"?`,
    BACKTICKS,
    String.raw`--(?=\s|$)[^\n]*`,
    String.raw`#[^\n]*`,
    COMMENT,
    WORD,
  ],
  marker: () => '?',
};

const scanners = new WeakMap<Dialect, RegExp>();

function scannerOf(dialect: Dialect): RegExp {
  let scanner = scanners.get(dialect);
  if (!scanner) {
    const placeholder = String.raw`\?(?<position>\d*)|[:$@](?<name>[A-Za-z_]\w*)`;
    scanner = new RegExp([...dialect.opaque, placeholder, '(?<end>;)'].join('|'), 'g');
    scanners.set(dialect, scanner);
  }
  return scanner;
}

export interface BoundQuery {
  /** The query with the placeholders of the dialect. */
  readonly sql: string;
  readonly values: readonly ParameterValue[];
  /** Parameters that no placeholder asked for, as a script writes them. */
  readonly unused: readonly string[];
  /** What follows the first statement: neither space nor comment. */
  readonly rest: string;
}

/** Puts a dialect's placeholders for those of a query, with the values in their order; a missing one is NULL. */
export function bindParameters(sql: string, parameters: Parameters, dialect: Dialect): BoundQuery {
  const binder = new Binder(parameters, dialect);
  let end: number | undefined;
  const text = sql.replace(scannerOf(dialect), (token: string, ...details: unknown[]) => {
    const { position, name, end: semicolon } = details.at(-1) as Record<string, string | undefined>;
    if (semicolon !== undefined) end ??= details.at(-3) as number;
    if (position !== undefined) return binder.positional(position === '' ? undefined : Number(position));
    return name === undefined ? token : binder.named(name);
  });
  const rest = end === undefined ? '' : sql.slice(end + 1);
  return { sql: text, values: binder.values, unused: binder.unused, rest: withoutComments(rest) };
}

/** A query without the space and the comments around it. */
export function withoutComments(sql: string): string {
  return sql.replace(/^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[^]*?(?:\*\/|$))+/, '').trimEnd();
}

class Binder {
  readonly values: ParameterValue[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #positions = new Set<number>();
  #greatest = 0;

  constructor(
    private readonly parameters: Parameters,
    private readonly dialect: Dialect,
  ) {}

  /** `?` is the one after the greatest position so far, as in SQLite. */
  positional(position = this.#greatest + 1): string {
    this.#greatest = Math.max(this.#greatest, position);
    this.#positions.add(position);
    return this.#add(this.parameters.positional.get(position));
  }

  named(name: string): string {
    const known = this.#numbers.get(name);
    if (known !== undefined && this.dialect.reusesNames) return this.dialect.marker(known);
    const marker = this.#add(this.parameters.named.get(name));
    this.#numbers.set(name, this.values.length);
    return marker;
  }

  get unused(): string[] {
    const { positional, named } = this.parameters;
    return [
      ...[...positional.keys()].filter((position) => !this.#positions.has(position)).map((key) => `[${key}]`),
      ...[...named.keys()].filter((name) => !this.#numbers.has(name)),
    ];
  }

  #add(value: ParameterValue): string {
    this.values.push(value);
    return this.dialect.marker(this.values.length);
  }
}

/** A query with the values of `$name` in it, for drivers to whose queries `?` and `:` mean something else. */
export function interpolate(query: string, { named }: Parameters): string {
  return query.replace(/\$([A-Za-z_]\w*)/g, (_token, name: string) => String(named.get(name) ?? ''));
}
