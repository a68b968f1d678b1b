import type { DomainView } from '../index';
import type { MatcherContext, MatcherResult } from './globals';
import { misuse, result, type Call } from './matcher-report';
import { fits, isPattern, type Pattern } from './patterns';
import { isDomainView } from './recognise';

export function toBeDelayed(this: MatcherContext, received: unknown, ...given: unknown[]): MatcherResult {
  const call: Call = {
    name: 'toBeDelayed',
    received: 'domain',
    expected: given.length > 0 ? ['expected'] : [],
  };
  const domain = domainOf(this, call, received);
  const note = noteOf(this, call, given[0]);
  const { name, delayed, delayNote = '', delayedUntil } = domain;
  const pass = delayed && (note === undefined || fits(delayNote, note));
  const { printExpected, printReceived, RECEIVED_COLOR } = this.utils;
  const until = delayedUntil?.toISOString() ?? 'further notice';
  return result(this, call, pass, () => [
    note === undefined ? undefined : `Expected note: ${this.isNot ? 'not ' : ''}${printExpected(note)}`,
    delayed ? `Received note: ${printReceived(delayNote)}` : undefined,
    `The domain ${name} is ${delayed ? `delayed until ${until}` : RECEIVED_COLOR('not delayed')}.`,
  ]);
}

function domainOf(context: MatcherContext, call: Call, received: unknown): DomainView {
  if (isDomainView(received)) return received;
  const rule =
    received === undefined
      ? 'is undefined: mta.domain(name) found no record of that name'
      : 'must be a domain: what mta.domain(name) returns';
  throw misuse(context, call, 'received', rule, received);
}

function noteOf(context: MatcherContext, call: Call, expected: unknown = {}): Pattern | undefined {
  if (typeof expected === 'object' && expected !== null) {
    const { note, ...others } = expected as { note?: unknown };
    if (Object.keys(others).length === 0 && (note === undefined || isPattern(note))) return note;
  }
  throw misuse(context, call, 'expected', 'must be { note }, a text or a pattern', expected);
}
