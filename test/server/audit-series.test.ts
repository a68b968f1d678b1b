import { AuditSeries, AuditSeriesTable } from '../../src/server/audit-series';
import { VirtualClock } from '../../src/server/clock';

const SHAPE = { type: 'cidr', interval: 300, windows: 6 } as const;

test('windows move with the clock, and old ones are gone', async () => {
  const clock = new VirtualClock(0);
  const series = new AuditSeries(SHAPE, clock);
  for (let i = 1; i <= 8; i++) {
    series.add('10.0.0.1', i);
    await clock.advance('5m');
  }
  // Window 0 has begun; 8 counts as the one before it.
  expect([0, 1, 2, 5, 6].map((window) => series.count('10.0.0.1', window, window))).toEqual([0, 8, 7, 4, 0]);
  expect(series.count('10.0.0.1', 0, 5)).toBe(8 + 7 + 6 + 5 + 4);
  expect(series.count('10.0.0.1', 0, 99)).toBe(8 + 7 + 6 + 5 + 4);
});

test('blocks are sums over their addresses', () => {
  const series = new AuditSeries(SHAPE, new VirtualClock(0));
  series.add('10.0.0.1', 1);
  series.add('10.0.0.2', 2);
  series.add('10.0.1.1', 4);
  expect(
    ['10.0.0.1', '10.0.0.0/24', '10.0.0.0/16', '0.0.0.0/0'].map((key) => series.count(key, 0, 0)),
  ).toEqual([1, 3, 7, 7]);
  series.remove('10.0.0.2');
  expect(series.count('10.0.0.0/24', 0, 0)).toBe(1);
});

test('keys that do not fit', () => {
  const series = new AuditSeries(SHAPE, new VirtualClock(0));
  for (const key of ['::1', 'x', '10.0.0.0/24'])
    expect(() => series.add(key, 1)).toThrow('is no IPv4 address');
  expect(() => series.count('::/0', 0, 0)).toThrow('is no IPv4 address');
  expect(() => series.count('10.0.0.1', 2, 1)).toThrow('no windows from 2 to 1');
});

test('defined again with the same shape a series keeps its counts', () => {
  const table = new AuditSeriesTable(new VirtualClock(0));
  const series = table.define('s', SHAPE);
  expect(table.define('s', { ...SHAPE })).toBe(series);
  expect(table.define('s', { ...SHAPE, windows: 7 })).not.toBe(series);
});
