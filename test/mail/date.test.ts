import { rfc2822Date } from '../../src/mail/date';

test.each([
  ['2020-11-24T03:01:09.999Z', 'Tue, 24 Nov 2020 03:01:09 +0000'],
  ['1970-01-01T00:00:00Z', 'Thu, 01 Jan 1970 00:00:00 +0000'],
  ['2024-02-29T23:59:59+02:00', 'Thu, 29 Feb 2024 21:59:59 +0000'],
])('%s', (instant, text) => {
  expect(rfc2822Date(new Date(instant))).toBe(text);
  expect(Date.parse(text)).toBe(Math.floor(Date.parse(instant) / 1000) * 1000);
});

test.each([NaN, 8e15, -8e15])('%d is no date', (time) => {
  expect(() => rfc2822Date(new Date(time))).toThrow(RangeError);
});
