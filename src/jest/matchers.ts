import type { LogEntry, LogName } from '../index';
import { toHaveCalled } from './call-matcher';
import type { Matcher, MatcherContext, MatcherResult } from './globals';
import { listing, misuse, result, type Call } from './matcher-report';
import { fits, isPattern } from './patterns';
import { MESSAGE_MATCHERS } from './message-matchers';
import { REPLY_MATCHERS } from './reply-matchers';
import { serverOf } from './server-of';
import { toBeDelayed } from './to-be-delayed';

const LOGS = [
  'paniclog',
  'mainlog',
  'rejectlog',
  'bouncelog',
  'httplog',
  'acctlog',
] as const satisfies LogName[];

/** How many of a log's entries a failure message shows. */
const LAST_ENTRIES = 10;

function toHaveEndpoint(
  this: MatcherContext,
  received: unknown,
  method: unknown,
  path: unknown,
): MatcherResult {
  const call: Call = { name: 'toHaveEndpoint', received: 'mta', expected: ['method', 'path'] };
  const mta = serverOf(this, call, received);
  if (method !== null && typeof method !== 'string')
    throw misuse(this, call, 'expected', 'must be a method, or null for an endpoint of every method', method);
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw misuse(this, call, 'expected', 'must be a path, which begins with /', path);

  const wanted = path.replace(/(?<=.)\/$/, '');
  const pass = mta.endpoints.some(
    (endpoint) => endpoint.path === wanted && (endpoint.method === null || endpoint.method === method),
  );
  const show = (endpoint: { method: string | null; path: string }) =>
    `${endpoint.method ?? '*'} ${endpoint.path}`;
  return result(this, call, pass, () => [
    `Expected endpoint: ${this.isNot ? 'not ' : ''}${this.utils.EXPECTED_COLOR(show({ method, path: wanted }))}`,
    listing(
      'Endpoints',
      mta.endpoints.map((endpoint) => this.utils.RECEIVED_COLOR(show(endpoint))),
    ),
  ]);
}

function toHaveCommand(this: MatcherContext, received: unknown, prefix: unknown): MatcherResult {
  const call: Call = { name: 'toHaveCommand', received: 'mta', expected: ['prefix'] };
  const mta = serverOf(this, call, received);
  if (typeof prefix !== 'string') throw misuse(this, call, 'expected', 'must be a string', prefix);
  return result(this, call, mta.commands.includes(prefix), () => [
    `Expected command: ${this.isNot ? 'not ' : ''}${this.utils.printExpected(prefix)}`,
    listing(
      'Commands',
      mta.commands.map((command) => this.utils.printReceived(command)),
    ),
  ]);
}

function toHaveLogged(
  this: MatcherContext,
  received: unknown,
  log: unknown,
  pattern: unknown,
): MatcherResult {
  const call: Call = { name: 'toHaveLogged', received: 'mta', expected: ['log', 'pattern'] };
  const mta = serverOf(this, call, received);
  const name = LOGS.find((known) => known === log);
  if (!name) throw misuse(this, call, 'expected', `must be one of ${LOGS.join(', ')}`, log);
  if (!isPattern(pattern)) throw misuse(this, call, 'expected', 'must be a text or a pattern', pattern);

  const entries: readonly LogEntry[] = mta[name];
  const found = entries.filter(({ text }) => fits(text, pattern));
  const shown = this.isNot ? found : entries;
  const count = shown.length > LAST_ENTRIES ? `, the last ${LAST_ENTRIES} of ${shown.length}` : '';
  return result(this, call, found.length > 0, () => [
    `Expected entry: ${this.isNot ? 'not ' : ''}${this.utils.printExpected(pattern)}`,
    listing(
      `${this.isNot ? 'Such entries' : 'Entries'} of the ${name}${count}`,
      shown.slice(-LAST_ENTRIES).map(({ text }) => this.utils.RECEIVED_COLOR(text)),
    ),
  ]);
}

function toHaveDiagnostic(this: MatcherContext, received: unknown, code: unknown): MatcherResult {
  const call: Call = { name: 'toHaveDiagnostic', received: 'mta', expected: ['code'] };
  const mta = serverOf(this, call, received);
  if (typeof code !== 'string')
    throw misuse(this, call, 'expected', 'must be the code of a diagnostic', code);
  const diagnostics = [...mta.diagnostics];
  const pass = diagnostics.some((diagnostic) => diagnostic.code === code);
  return result(this, call, pass, () => [
    `Expected diagnostic: ${this.isNot ? 'not ' : ''}${this.utils.EXPECTED_COLOR(code)}`,
    listing(
      'Diagnostics',
      diagnostics.map(({ code, severity, message }) =>
        this.utils.RECEIVED_COLOR(`${code} (${severity}) ${message}`),
      ),
    ),
  ]);
}

function toHaveCrashed(this: MatcherContext, received: unknown): MatcherResult {
  const call: Call = { name: 'toHaveCrashed', received: 'mta', expected: [] };
  const { crashed } = serverOf(this, call, received);
  return result(this, call, crashed !== undefined, () => [
    crashed
      ? `The server is down: ${this.utils.RECEIVED_COLOR(`${crashed.code} ${crashed.message}`)}`
      : 'The server is running.',
  ]);
}

export const MATCHERS: Readonly<Record<string, Matcher>> = {
  toBeDelayed,
  toHaveEndpoint,
  toHaveCommand,
  toHaveLogged,
  toHaveDiagnostic,
  toHaveCrashed,
  toHaveCalled,
  ...MESSAGE_MATCHERS,
  ...REPLY_MATCHERS,
};
