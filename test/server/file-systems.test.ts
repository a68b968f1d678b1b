import { VirtualClock } from '../../src/server/clock';
import { FileSystems } from '../../src/server/file-systems';

const figures = (kilobytesAvailable: number) => ({
  kilobytesTotal: 100,
  kilobytesAvailable,
  objectsTotal: 10,
  objectsAvailable: 5,
});

test('the innermost mount counts', () => {
  const systems = new FileSystems(new VirtualClock(0));
  systems.mount('/var', figures(1));
  systems.mount('/var/spool/', figures(2));
  expect(systems.figures('/var/log/x').kilobytesAvailable).toBe(1);
  expect(systems.figures('/var/spool').kilobytesAvailable).toBe(2);
  expect(systems.figures('/etc').kilobytesAvailable).toBeGreaterThan(100);
});

test('a sample is as old as the interval at most; the smallest of all subscriptions counts', async () => {
  const clock = new VirtualClock(0);
  const systems = new FileSystems(clock);
  systems.mount('/', figures(1));
  const stream = systems.subscribe('/tmp', 10);
  systems.mount('/', figures(2));
  await clock.advance('9s');
  expect(stream.sample.kilobytesAvailable).toBe(1);
  await clock.advance('1s');
  expect(stream.sample.kilobytesAvailable).toBe(2);
  systems.mount('/', figures(3));
  expect(systems.subscribe('/tmp', 2)).toBe(stream);
  await clock.advance('2s');
  expect(stream.sample.kilobytesAvailable).toBe(3);
  expect(systems.subscribe('/other', 0).interval).toBeGreaterThan(0);
});
