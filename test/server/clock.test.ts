import { VirtualClock } from '../../src/server/clock';
import type { DeliveryEvent } from '../../src/server/delivery/events';
import { UsageError } from '../../src/support/errors';

const START = Date.UTC(2026, 0, 1);
const at = (seconds: number) => START + seconds * 1000;

function clockWithLog() {
  const clock = new VirtualClock(START);
  const log: string[] = [];
  const note = (label: string) => () => log.push(`${label}@${(clock.millis() - START) / 1000}`);
  return { clock, log, note };
}

test('shows its start and does not move by itself', async () => {
  const clock = new VirtualClock(START + 999);
  await new Promise((resolve) => setImmediate(resolve));
  expect(clock.millis()).toBe(START + 999);
  expect(clock.seconds()).toBe(1767225600);
  expect(clock.now()).toEqual(new Date('2026-01-01T00:00:00.999Z'));
});

test('advance fires due timers in order, each at its own instant', async () => {
  const { clock, log, note } = clockWithLog();
  clock.schedule(at(30), 'c', note('c'));
  clock.schedule(at(10), 'a', note('a'));
  clock.schedule(at(10), 'b', note('b'));
  clock.schedule(at(61), 'late', note('late'));
  const fired = await clock.advance('1m');
  expect(log).toEqual(['a@10', 'b@10', 'c@30']);
  expect(fired).toEqual([
    { label: 'a', at: new Date(at(10)) },
    { label: 'b', at: new Date(at(10)) },
    { label: 'c', at: new Date(at(30)) },
  ]);
  expect(clock.millis()).toBe(at(60));
  expect(clock.pending).toEqual([{ label: 'late', at: new Date(at(61)) }]);
});

test('a timer that another schedules within the time fires too', async () => {
  const { clock, log, note } = clockWithLog();
  clock.schedule(at(1), 'first', () => clock.schedule(at(2), 'second', note('second')));
  await clock.advance('5s');
  expect(log).toEqual(['second@2']);
});

test('an asynchronous callback is awaited, and what it wakes runs before the next timer', async () => {
  const { clock, log, note } = clockWithLog();
  const sleep = (seconds: number) =>
    new Promise<void>((resolve) => {
      clock.schedule(clock.millis() + seconds * 1000, 'sleep', () => resolve());
    });
  const sleeper = async () => {
    for (let i = 0; i < 3; i++) {
      await sleep(2);
      note('woke')();
    }
  };
  void sleeper();
  clock.schedule(at(3), 'other', note('other'));
  clock.schedule(at(5), 'slow', async () => {
    await new Promise((resolve) => setImmediate(resolve));
    note('slow')();
  });
  await clock.advance('10s');
  expect(log).toEqual(['woke@2', 'other@3', 'woke@4', 'slow@5', 'woke@6']);
});

test('a cancelled timer does not fire', async () => {
  const { clock, log, note } = clockWithLog();
  const timer = clock.schedule(at(2), 'never', note('never'));
  clock.schedule(at(1), 'canceller', () => timer.cancel());
  expect(await clock.advance('5s')).toHaveLength(1);
  expect(log).toEqual([]);
});

test('set fires nothing; what is overdue then fires at the next advance, without going back', async () => {
  const { clock, log, note } = clockWithLog();
  clock.schedule(at(10), 'overdue', note('overdue'));
  clock.set('2026-01-01T01:00:00Z');
  expect(log).toEqual([]);
  expect(await clock.advance(0)).toEqual([{ label: 'overdue', at: new Date(at(3600)) }]);
  expect(log).toEqual(['overdue@3600']);
  clock.set(new Date(START));
  expect(clock.millis()).toBe(START);
});

test('runAll fires everything and stays at the last instant', async () => {
  const { clock, log, note } = clockWithLog();
  clock.schedule(at(7200), 'b', note('b'));
  clock.schedule(at(60), 'a', () => clock.schedule(at(90_000), 'c', note('c')));
  expect((await clock.runAll()).map((timer) => timer.label)).toEqual(['a', 'b', 'c']);
  expect(log).toEqual(['b@7200', 'c@90000']);
  expect(clock.millis()).toBe(at(90_000));
  expect(await clock.runAll()).toEqual([]);
});

test.each(['runAll', 'advance'] as const)(
  '%s gives up on a timer without end and names it',
  async (method) => {
    const clock = new VirtualClock(START);
    const interval = method === 'runAll' ? 1000 : 0;
    const again = () => clock.schedule(clock.millis() + interval, 'heartbeat', again);
    again();
    await expect(clock[method](1000)).rejects.toThrow(/'heartbeat'.*100000/);
  },
);

test('advance rejects with the error of a callback and can be called again', async () => {
  const clock = new VirtualClock(START);
  clock.schedule(at(2), 'bad', () => {
    throw new Error('broken');
  });
  await expect(clock.advance('5s')).rejects.toThrow('broken');
  expect(clock.millis()).toBe(at(2));
  await clock.advance('1s');
  expect(clock.millis()).toBe(at(3));
});

test('two advances at once are an error', async () => {
  const clock = new VirtualClock(START);
  const first = clock.advance('1s');
  await expect(clock.advance('1s')).rejects.toThrow(UsageError);
  await first;
  expect(clock.millis()).toBe(at(1));
});

test.each([NaN, Infinity, 9e15])('%d is no instant', (millis) => {
  expect(() => new VirtualClock(millis)).toThrow(UsageError);
  expect(() => new VirtualClock(0).schedule(millis, 'x', () => undefined)).toThrow(UsageError);
});

test('set names what it cannot read', () => {
  expect(() => new VirtualClock(0).set('tomorrow')).toThrow('tomorrow');
});

test("works while jest's fake timers are installed", async () => {
  jest.useFakeTimers();
  try {
    const { clock, log, note } = clockWithLog();
    clock.schedule(at(1), 'a', note('a'));
    await clock.advance('1s');
    expect(log).toEqual(['a@1']);
  } finally {
    jest.useRealTimers();
  }
});

describe('every', () => {
  test('comes before the timers of its instant, and is none of them', async () => {
    const { clock, log, note } = clockWithLog();
    const stop = clock.every(10_000, note('beat'));
    clock.schedule(at(20), 'timer', note('timer'));
    expect(clock.pending).toHaveLength(1);
    expect(await clock.advance('35s')).toHaveLength(1);
    expect(log).toEqual(['beat@10', 'beat@20', 'timer@20', 'beat@30']);
    expect(clock.millis()).toBe(at(35));
    stop();
    await clock.advance('1m');
    expect(log).toHaveLength(4);
  });

  test('runAll goes no further for it', async () => {
    const { clock, log, note } = clockWithLog();
    clock.every(10_000, note('beat'));
    clock.schedule(at(25), 'timer', note('timer'));
    await clock.runAll();
    await clock.runAll();
    expect(log).toEqual(['beat@10', 'beat@20', 'timer@25']);
  });

  test('a jump begins a new interval', async () => {
    const { clock, log, note } = clockWithLog();
    clock.every(10_000, note('beat'));
    clock.set(at(1000));
    await clock.advance('10s');
    clock.set(at(0));
    await clock.advance('10s');
    expect(log).toEqual(['beat@1010', 'beat@10']);
  });
});

describe('what becomes of messages', () => {
  const event = (id: string): DeliveryEvent => ({
    at: new Date(START),
    type: 'delivered',
    id,
    from: '',
    to: 'a@b.test',
    domain: 'b.test',
    note: '250',
  });

  test('is answered with the timers, and does not count when they are compared', async () => {
    const { clock } = clockWithLog();
    clock.note(event('before'));
    clock.schedule(at(1), 'timer', () => clock.note(event('one')));
    const fired = await clock.advance('1s');
    expect(fired).toEqual([{ label: 'timer', at: new Date(at(1)) }]);
    expect(fired.events).toEqual([event('one')]);
    expect(Object.keys(fired)).toEqual(['0']);
    clock.schedule(at(2), 'timer', () => clock.note(event('two')));
    expect((await clock.runAll()).events).toEqual([event('two')]);
    expect((await clock.advance('1s')).events).toEqual([]);
  });
});

describe('hold', () => {
  test('keeps time standing until the work has ended, whatever comes of it', async () => {
    const { clock, log, note } = clockWithLog();
    const ends: (() => void)[] = [];
    const error = new Error('its own business');
    clock.schedule(at(1), 'work', () => {
      clock.hold(new Promise<void>((resolve) => ends.push(resolve)));
      clock.hold(
        new Promise((_, reject) => {
          ends.push(() => {
            reject(error);
          });
        }),
      );
    });
    clock.schedule(at(2), 'later', note('later'));
    const advanced = clock.advance('5s');
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect([log, clock.millis()]).toEqual([[], at(1)]);
    for (const end of ends) end();
    await advanced;
    expect([log, clock.millis()]).toEqual([['later@2'], at(5)]);
  });
});
