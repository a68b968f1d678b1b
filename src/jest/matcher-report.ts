import type { MatcherContext, MatcherResult } from './globals';

/** How a matcher is called, for its hint: `expect(mta).toHaveEndpoint(method, path)`. */
export interface Call {
  readonly name: string;
  readonly received: string;
  readonly expected: readonly [] | readonly [string] | readonly [string, string];
}

function hintOf({ utils, isNot, promise }: MatcherContext, { name, received, expected }: Call): string {
  const [first = '', secondArgument] = expected;
  return utils.matcherHint(name, received, first, { isNot, promise, secondArgument });
}

/** A matcher's answer; the lines that are undefined are left out of its message. */
export function result(
  context: MatcherContext,
  call: Call,
  pass: boolean,
  lines: () => readonly (string | undefined)[],
): MatcherResult {
  const message = () =>
    [hintOf(context, call), '', ...lines().filter((line) => line !== undefined)].join('\n');
  return { pass, message };
}

/** The error of a matcher that was used on, or given, something else than it is for; `.not` does not turn it round. */
export function misuse(
  context: MatcherContext,
  call: Call,
  role: 'received' | 'expected',
  rule: string,
  value: unknown,
): Error {
  const { utils } = context;
  const color = role === 'received' ? utils.RECEIVED_COLOR : utils.EXPECTED_COLOR;
  const print = role === 'received' ? utils.printReceived : utils.printExpected;
  const title = role === 'received' ? 'Received' : 'Expected';
  return new TypeError(
    utils.matcherErrorMessage(
      hintOf(context, call),
      `${color(`${role} value`)} ${rule}`,
      utils.printWithType(title, value, print),
    ),
  );
}

/** A list under a heading, one item to a line. */
export function listing(heading: string, items: readonly string[]): string {
  return items.length === 0
    ? `${heading}: none`
    : [`${heading}:`, ...items.map((item) => `  ${item.replaceAll('\n', '\n  ')}`)].join('\n');
}
