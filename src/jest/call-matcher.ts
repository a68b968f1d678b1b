import type { JournalEntry } from '../index';
import type { MatcherContext, MatcherResult } from './globals';
import { listing, misuse, result, type Call } from './matcher-report';
import { serverOf } from './server-of';

/** How many calls a failure message shows. */
const LAST_CALLS = 10;

/** `toHaveCalled(api, ...args)`: the arguments given are the first ones of the call; without any, any call will do. */
export function toHaveCalled(
  this: MatcherContext,
  received: unknown,
  api: unknown,
  ...args: unknown[]
): MatcherResult {
  const call: Call = { name: 'toHaveCalled', received: 'mta', expected: ['api', '...args'] };
  const mta = serverOf(this, call, received);
  if (typeof api !== 'string')
    throw misuse(this, call, 'expected', "must be a name as in the journal, 'msys.core.dns_get_domain'", api);
  const calls = mta.journal.calls(api);
  const { equals, utils } = this;
  const pass = calls.some((entry) => equals(entry.args.slice(0, args.length), args));
  const written = (values: readonly unknown[]) =>
    values.map((value) => utils.printReceived(value)).join(', ');
  const show = ({ args: own, at }: JournalEntry) =>
    `${api}(${written(own)})${at ? ` at ${at.file}:${at.line}` : ''}`;
  return result(this, call, pass, () => [
    `Expected call: ${this.isNot ? 'not ' : ''}${api}(${args.map((arg) => utils.printExpected(arg)).join(', ')})`,
    listing(
      calls.length > LAST_CALLS ? `Calls of it, the last ${LAST_CALLS} of ${calls.length}` : 'Calls of it',
      calls.slice(-LAST_CALLS).map(show),
    ),
    calls.length > 0
      ? undefined
      : listing('Called were', [...new Set(Array.from(mta.journal, ({ name }) => name))]),
  ]);
}
