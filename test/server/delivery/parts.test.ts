import { addressParts } from '../../../src/server/delivery/address';
import { classifyBounce } from '../../../src/server/delivery/bounce-classes';
import { headerBlock, physicalHeaderLines } from '../../../src/server/delivery/message-headers';
import { RESPONSES } from '../../../src/server/delivery/responses';
import { readThrottle, Throttles } from '../../../src/server/delivery/throttles';

test.each<[string | undefined, unknown]>([
  [undefined, undefined],
  ['', undefined],
  ['0', undefined],
  ['many', undefined],
  ['5/0', undefined],
  ['5', { count: 5, millis: 1000 }],
  [' 10 / 60 ', { count: 10, millis: 60_000 }],
])('throttle %p', (text, throttle) => {
  expect(readThrottle(text)).toEqual(throttle);
});

test('a throttle is closed when its window is used up, and opens with the next one', () => {
  const throttles = new Throttles();
  const throttle = { count: 2, millis: 1000 };
  throttles.use('a', throttle, 500);
  expect(throttles.closedUntil('a', throttle, 500)).toBeUndefined();
  throttles.use('a', throttle, 900);
  expect(throttles.closedUntil('a', throttle, 900)).toBe(1500);
  expect(throttles.closedUntil('b', throttle, 900)).toBeUndefined();
  expect(throttles.closedUntil('a', throttle, 1500)).toBeUndefined();
  throttles.use('a', throttle, 1700);
  expect(throttles.closedUntil('a', throttle, 1700)).toBeUndefined();
});

test.each<[string, string, string]>([
  ['a@b.test', 'a', 'b.test'],
  ['"x@y"@b.test', '"x@y"', 'b.test'],
  ['postmaster', 'postmaster', ''],
  ['', '', ''],
])('the parts of %p', (address, localpart, domain) => {
  expect(addressParts(address)).toEqual({ localpart, domain });
});

test.each<[string, number]>([
  [RESPONSES.outOfTime, 24],
  [RESPONSES.expiredUntried, 24],
  [RESPONSES.purged, 25],
  [RESPONSES.failedByHand, 25],
  [RESPONSES.blackholed, 25],
  [RESPONSES.domainLookupFailed, 21],
  [RESPONSES.noHosts, 70],
  ['550 5.1.1 unknown user', 10],
  ['552 No such account', 10],
  ['552 5.2.2 over quota', 22],
  ['552 5.3.4 message size exceeds limit', 23],
  ['554 5.7.1 relaying denied', 54],
  ['554 listed in bl.test', 51],
  ['554 5.7.1 looks like spam', 52],
  ['550 5.7.26 unauthenticated', 50],
  ['555 what?', 1],
])('the class of %p is %d', (note, code) => {
  expect(classifyBounce(note)).toBe(code);
});

describe('headers', () => {
  const raw = Buffer.from('X-A: one\r\nx-b: first\r\n\tsecond \r\nX-A:  two\r\n\r\nX-A: body\r\n');

  test.each<[string, string[]]>([
    ['x-a', ['one', 'two']],
    ['X-B', ['first', '\tsecond ']],
    ['X', []],
  ])('the physical lines of %s', (name, lines) => {
    expect(physicalHeaderLines(raw, name)).toEqual(lines);
  });

  test.each<[string, string]>([
    ['A: b\r\n\r\nbody', 'A: b\r\n'],
    ['A: b\n\nbody', 'A: b\n'],
    ['\r\nA: b', ''],
    ['A: b', 'A: b'],
  ])('of %p', (text, headers) => {
    expect(headerBlock(Buffer.from(text)).toString()).toBe(headers);
  });

  test('of a message without content', () => {
    expect(physicalHeaderLines(undefined, 'X-A')).toEqual([]);
  });
});
