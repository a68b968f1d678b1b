import { Journal } from '../../src/server/journal';
import { UsageError } from '../../src/support/errors';

const TIME = new Date('2026-01-01T00:00:00Z');

function call(name: string, args: unknown[] = []) {
  return { name, args, phase: undefined, at: undefined, time: TIME };
}

test('keeps calls in order, with all that is known of them', () => {
  const journal = new Journal();
  journal.record({ ...call('msys.core.a', ['x']), result: 1, phase: 'data', at: { file: 'm.lua', line: 3 } });
  journal.record(call('msys.core.b'));
  expect(journal).toHaveLength(2);
  expect([...journal].map((entry) => entry.sequence)).toEqual([1, 2]);
  expect(journal.at(0)).toEqual({
    sequence: 1,
    name: 'msys.core.a',
    args: ['x'],
    result: 1,
    phase: 'data',
    at: { file: 'm.lua', line: 3 },
    time: TIME,
  });
  expect(journal.at(-1)?.name).toBe('msys.core.b');
  expect(journal.at(2)).toBeUndefined();
  expect(journal.at(-3)).toBeUndefined();
});

test('a call that suspends keeps its place and gets its result later', () => {
  const journal = new Journal();
  const sleeping = journal.record(call('msys.sleep', [1]));
  const failing = journal.record(call('msys.dnsLookup', ['x', 'ANY']));
  failing.error = 'bad type';
  sleeping.result = 0;
  expect(journal.at(0)).toMatchObject({ name: 'msys.sleep', result: 0 });
  expect(journal.calls('msys.dnsLookup')).toEqual([
    expect.objectContaining({ sequence: 2, error: 'bad type' }),
  ]);
  expect(journal.calls('msys')).toEqual([]);
});

test('keeps the newest entries and counts those that had to go', () => {
  const journal = new Journal(3);
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) journal.record(call(name));
  expect([...journal].map((entry) => `${entry.sequence}${entry.name}`)).toEqual(['5e', '6f', '7g']);
  expect(journal).toHaveLength(3);
  expect(journal.dropped).toBe(4);
  expect(journal.at(0)?.name).toBe('e');
  expect(() => new Journal(0)).toThrow(UsageError);
});

test('is plain in JSON, whatever the arguments', () => {
  const journal = new Journal();
  const self: unknown[] = [];
  self.push(self, Buffer.from('raw'), () => 1);
  journal.record(call('msys.x', self));
  expect(JSON.parse(JSON.stringify(journal))).toEqual([
    {
      sequence: 1,
      name: 'msys.x',
      args: ['[Circular]', 'raw', '[Function: anonymous]'],
      time: '2026-01-01T00:00:00.000Z',
    },
  ]);
});
