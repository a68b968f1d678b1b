import { Diagnostics, StrictPolicy, type Diagnostic, type StrictOption } from '../../src/server/diagnostics';
import { UsageError } from '../../src/support/errors';

const crash: Diagnostic = {
  code: 'ARGV_RANGE',
  severity: 'crash',
  message: 'argv[3] is beyond argc',
  frames: [{ name: 'handler', file: 'm.lua', line: 4, column: 2, kind: 'lua' }],
  at: new Date('2026-01-01T00:00:00Z'),
};
const warning: Diagnostic = { ...crash, code: 'HIDES_BUILTIN', severity: 'warning', frames: [] };

test('collects diagnostics in order and answers questions about them', () => {
  const diagnostics = new Diagnostics();
  diagnostics.add(crash);
  diagnostics.add(warning);
  expect(diagnostics).toHaveLength(2);
  expect([...diagnostics]).toEqual([crash, warning]);
  expect(diagnostics.at(-1)).toBe(warning);
  expect(diagnostics.has('ARGV_RANGE')).toBe(true);
  expect(diagnostics.has('OTHER')).toBe(false);
  expect(JSON.parse(JSON.stringify(diagnostics))).toEqual([
    { ...crash, at: '2026-01-01T00:00:00.000Z' },
    { ...warning, at: '2026-01-01T00:00:00.000Z' },
  ]);
});

test('listeners hear of each diagnostic until they stop', () => {
  const diagnostics = new Diagnostics();
  const heard: string[] = [];
  const stop = diagnostics.onAdd(({ code }) => heard.push(code));
  diagnostics.add(crash);
  stop();
  diagnostics.add(warning);
  expect(heard).toEqual(['ARGV_RANGE']);
});

test.each<[StrictOption | undefined, string, string]>([
  [undefined, 'A', 'error'],
  [true, 'A', 'error'],
  [false, 'A', 'warn'],
  [{ A: 'off' }, 'A', 'off'],
  [{ A: 'warn' }, 'A', 'warn'],
  [{ A: 'warn' }, 'B', 'error'],
  [{ A: 'warn' }, 'constructor', 'error'],
])('strict %j: %s is %s', (strict, code, level) => {
  expect(new StrictPolicy(strict).severityOf(code)).toBe(level);
});

test.each([[null], ['error'], [['A']], [{ A: 'ignore' }], [{ A: true }]])(
  'strict %j is refused',
  (strict) => {
    expect(() => new StrictPolicy(strict as unknown as StrictOption)).toThrow(UsageError);
  },
);
