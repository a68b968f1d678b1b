import { durationMillis } from '../../src/server/duration';
import { UsageError } from '../../src/support/errors';

test.each([
  [0, 0],
  [1500, 1500],
  ['500ms', 500],
  ['1.5s', 1500],
  ['20m', 1_200_000],
  ['1h30m', 5_400_000],
  ['1h 30m', 5_400_000],
  ['2d', 172_800_000],
])('%j is %d ms', (amount, millis) => {
  expect(durationMillis(amount)).toBe(millis);
});

test.each([[-1], [NaN], [Infinity], [''], ['20'], ['20 minutes'], ['-5s'], ['5s later'], ['1e3s']])(
  '%j is no duration',
  (amount) => {
    expect(() => durationMillis(amount)).toThrow(UsageError);
  },
);
