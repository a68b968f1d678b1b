import { VirtualClock } from '../../src/server/clock';
import { Logs, type LogName } from '../../src/server/logs';

const START = Date.UTC(2026, 0, 1);

test('a paniclog entry carries time stamp, subsystem and text, one entry per call', async () => {
  const clock = new VirtualClock(START);
  const logs = new Logs(clock);
  logs.panic('scriptlet', 'hello');
  await clock.advance('1.9s');
  const frame = { name: 'f', file: '/m.lua', line: 2, column: 1, kind: 'lua' as const };
  logs.panic('scriptlet-00147', 'two\nlines', [frame]);
  expect(logs.paniclog).toEqual([
    {
      text: '1767225600:scriptlet: hello',
      at: new Date(START),
      subsystem: 'scriptlet',
      level: 'error',
      message: 'hello',
    },
    {
      text: '1767225601:scriptlet-00147: two\nlines',
      at: new Date(START + 1900),
      subsystem: 'scriptlet-00147',
      level: 'error',
      message: 'two\nlines',
      frames: [frame],
    },
  ]);
});

test.each(['mainlog', 'rejectlog', 'bouncelog', 'httplog', 'acctlog'] as const)(
  '%s takes whole lines',
  (name) => {
    const logs = new Logs(new VirtualClock(START));
    logs.write(name, '1767225600@x', { type: 'x' });
    expect(logs[name]).toEqual([{ text: '1767225600@x', at: new Date(START), type: 'x' }]);
    expect(logs.toJSON()).toEqual({
      paniclog: [],
      mainlog: [],
      rejectlog: [],
      bouncelog: [],
      httplog: [],
      acctlog: [],
      [name]: ['1767225600@x'],
    });
  },
);

test('listeners hear of each entry until they stop', () => {
  const logs = new Logs(new VirtualClock(START));
  const heard: [LogName, string][] = [];
  const stop = logs.onEntry((log, entry) => heard.push([log, entry.text]));
  logs.panic('scriptlet', 'a');
  logs.write('mainlog', 'b');
  stop();
  logs.panic('scriptlet', 'c');
  expect(heard).toEqual([
    ['paniclog', '1767225600:scriptlet: a'],
    ['mainlog', 'b'],
  ]);
});
