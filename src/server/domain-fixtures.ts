import { UsageError } from '../support/errors';
import { byteDictionary } from './bytes';
import { checkedDomainKey } from './domain-name';
import type { MessageContext } from './queues';

/** A queued message in a fixture; what is missing is filled in by `DomainTable.enqueue`. */
export interface MessageFixture {
  readonly from?: string;
  readonly to?: string;
  /** Octets. */
  readonly size?: number;
  readonly created?: Date;
  readonly nextAttempt?: Date;
  readonly retries?: number;
  readonly code?: string;
  readonly binding?: string;
  /** 1 is pulled out of the active queue before 0, the default. */
  readonly priority?: 0 | 1;
  /** Headers, an empty line and body, in the bytes of a message. */
  readonly raw?: Buffer;
  /** Instead of `raw`: the headers alone, as lines or by name. A folded value keeps its line ends. */
  readonly headers?: string | Readonly<Record<string, string>>;
  /** The context dictionaries of the message and of the connection it came over. */
  readonly context?: {
    readonly message?: Readonly<Record<string, string>>;
    readonly connection?: Readonly<Record<string, string>>;
  };
}

/** What a domain is to hold from the start; a number stands for that many messages of no particular content. */
export interface DomainFixture {
  readonly active?: number | readonly MessageFixture[];
  readonly delayed?: number | readonly MessageFixture[];
  readonly expiry?: Date;
  readonly deliveries?: number;
  readonly attempts?: number;
  readonly transients?: number;
  readonly failures?: number;
}

/** The option `domains`. */
export type DomainsOption = readonly string[] | Readonly<Record<string, DomainFixture>>;

type Check = readonly [expected: string, accepts: (value: unknown) => boolean];
type Checks<Fixture> = Readonly<Record<keyof Fixture, Check>>;

const TEXT: Check = ['a string', (value) => typeof value === 'string'];
const COUNT: Check = ['an integer from 0', (value) => Number.isSafeInteger(value) && (value as number) >= 0];
const DATE: Check = ['a valid Date', (value) => value instanceof Date && !Number.isNaN(value.getTime())];
const BYTES: Check = ['a Buffer', (value) => Buffer.isBuffer(value)];
const PRIORITY: Check = ['0 or 1', (value) => value === 0 || value === 1];
const HEADERS: Check = [
  'header lines, or an object of texts',
  (value) => typeof value === 'string' || isTexts(value),
];
const CONTEXT: Check = [
  '{ message, connection }, each an object of texts,',
  (value) => isPlain(value) && Object.entries(value).every(isDictionary),
];
const MESSAGES: Check = [
  'a number of messages or a list of them',
  (value) => Array.isArray(value) || COUNT[1](value),
];

const MESSAGE_CHECKS: Checks<MessageFixture> = {
  from: TEXT,
  to: TEXT,
  size: COUNT,
  created: DATE,
  nextAttempt: DATE,
  retries: COUNT,
  code: TEXT,
  binding: TEXT,
  priority: PRIORITY,
  raw: BYTES,
  headers: HEADERS,
  context: CONTEXT,
};

const DOMAIN_CHECKS: Checks<DomainFixture> = {
  active: MESSAGES,
  delayed: MESSAGES,
  expiry: DATE,
  deliveries: COUNT,
  attempts: COUNT,
  transients: COUNT,
  failures: COUNT,
};

/** The option `domains` as pairs of key and contents. Throws UsageError that names the place of what is wrong. */
export function readDomainsOption(option: unknown): [name: string, contents: DomainFixture][] {
  const where = 'option domains';
  if (typeof option !== 'object' || option === null) {
    throw new UsageError(
      `${where}: a list of names or { name: { … } } expected, not ${JSON.stringify(option)}`,
    );
  }
  const pairs: [unknown, unknown][] = Array.isArray(option)
    ? option.map((name: unknown) => [name, {}])
    : Object.entries(option);
  const seen = new Set<string>();
  return pairs.map(([name, contents]) => {
    const key = checkedDomainKey(name, where);
    if (seen.has(key))
      throw new UsageError(`${where}: ${key} is given twice (names are compared in lower case)`);
    seen.add(key);
    return [key, readDomainFixture(contents, `${where}, ${key}`)];
  });
}

/** One domain's contents, checked. Throws UsageError, which begins with `where`. */
export function readDomainFixture(contents: unknown, where: string): DomainFixture {
  checkMembers(contents, DOMAIN_CHECKS, where);
  const fixture = contents as DomainFixture;
  for (const queue of ['active', 'delayed'] as const) {
    const messages = fixture[queue];
    if (typeof messages !== 'object') continue;
    messages.forEach((message, index) => {
      checkMembers(message, MESSAGE_CHECKS, `${where}, ${queue}[${index}]`);
      if (message.raw && message.headers !== undefined)
        throw new UsageError(`${where}, ${queue}[${index}]: give raw or headers, not both`);
    });
  }
  return fixture;
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): boolean =>
  isPlain(value) && Object.values(value).every((text) => typeof text === 'string');

const isDictionary = ([name, value]: [string, unknown]): boolean =>
  ['message', 'connection'].includes(name) && (value === undefined || isTexts(value));

/** The bytes of a message in a fixture, undefined when it gives none. */
export function rawOf({ raw, headers }: MessageFixture): Buffer | undefined {
  if (raw || headers === undefined) return raw;
  const lines = typeof headers === 'string' ? headers.split(/\r?\n/) : headerLines(headers);
  return Buffer.from(`${lines.filter((line) => line !== '').join('\r\n')}\r\n\r\n`);
}

const headerLines = (headers: Readonly<Record<string, string>>): string[] =>
  Object.entries(headers).flatMap(([name, value]) => `${name}: ${value}`.split(/\r?\n/));

/** The context dictionaries of a message in a fixture. */
export function contextOf({ context }: MessageFixture): MessageContext {
  return {
    message: byteDictionary(context?.message ?? {}),
    connection: byteDictionary(context?.connection ?? {}),
  };
}

function checkMembers<Fixture>(value: unknown, checks: Checks<Fixture>, where: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${where}: an object expected, not ${JSON.stringify(value)}`);
  }
  const known = new Map<string, Check>(Object.entries(checks));
  for (const [member, given] of Object.entries(value)) {
    if (given === undefined) continue;
    const check = known.get(member);
    if (!check)
      throw new UsageError(`${where}: unknown member ${member}; known are ${[...known.keys()].join(', ')}`);
    const [expected, accepts] = check;
    if (!accepts(given)) throw new UsageError(`${where}.${member}: ${expected} expected`);
  }
}
