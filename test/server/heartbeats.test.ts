import { VirtualClock } from '../../src/server/clock';
import { Heartbeats } from '../../src/server/heartbeats';
import { Logs } from '../../src/server/logs';

const START = Date.UTC(2026, 0, 1);

function start() {
  const clock = new VirtualClock(START);
  const logs = new Logs(clock);
  return { clock, logs, heartbeats: new Heartbeats(clock, logs) };
}

test('a line after each interval, in the form of each log', async () => {
  const { clock, logs, heartbeats } = start();
  for (const log of ['mainlog', 'rejectlog', 'bouncelog'] as const) heartbeats.set(log, 60);
  await clock.advance('61s');
  expect(logs.mainlog).toEqual([{ text: '1767225660@@@@M', type: 'M', at: new Date(START + 60_000) }]);
  expect(logs.rejectlog).toEqual([{ text: '1767225660: Marker 1', at: new Date(START + 60_000) }]);
  expect(logs.bouncelog).toEqual([{ text: '1767225660@@@@M1', type: 'M1', at: new Date(START + 60_000) }]);
});

test('microseconds with log_hires_timestamp', async () => {
  const { clock, logs, heartbeats } = start();
  logs.isHighResolution = true;
  heartbeats.set('mainlog', 1);
  await clock.advance('1s');
  expect(logs.mainlog.map(({ text }) => text)).toEqual(['1767225601000000@@@@M']);
});

test('another interval counts from then on, the same one goes on, 0 ends it', async () => {
  const { clock, logs, heartbeats } = start();
  const times = () => logs.mainlog.splice(0).map(({ at }) => (at.getTime() - START) / 1000);
  heartbeats.set('mainlog', 60);
  await clock.advance('90s');
  heartbeats.set('mainlog', 60);
  await clock.advance('40s');
  expect(times()).toEqual([60, 120]);
  heartbeats.set('mainlog', 20);
  await clock.advance('50s');
  expect(times()).toEqual([150, 170]);
  for (const none of [0, NaN]) {
    heartbeats.set('mainlog', none);
    await clock.advance('1h');
  }
  expect(times()).toEqual([]);
});
