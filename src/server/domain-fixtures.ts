import { UsageError } from '../support/errors';
import { checkedDomainKey } from './domain-name';

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
  readonly raw?: Buffer;
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
  raw: BYTES,
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
    });
  }
  return fixture;
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
