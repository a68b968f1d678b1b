import { Momentum } from '../../src';

let mta: Momentum;
beforeAll(async () => {
  mta = await Momentum.start();
});
afterAll(() => mta.stop());
const dump = async (lua: string) =>
  (await mta.eval(`require 'msys.dumper' return msys.dumper.Dumper(${lua})`))[0];

test.each([
  [
    `{ note = "No such address", code = "550", recipient = "noreply@example.com" }`,
    'return { code="550", note="No such address", recipient="noreply@example.com" }',
  ],
  ['nil', 'return nil'],
  ['true', 'return true'],
  ['1.5', 'return 1.5'],
  ['{}', 'return {}'],
  [`{ 1, 'two', nil, 4 }`, 'return { 1, "two", [4]=4 }'],
  [
    `{ [0] = 'zero', ['a b'] = 1, ['end'] = 2, [true] = 3 }`,
    'return { [0]="zero", ["a b"]=1, ["end"]=2, [true]=3 }',
  ],
  [`'quote " backslash \\\\ line\\n'`, 'return "quote \\" backslash \\\\ line\\n"'],
  ['print', 'return nil --[[function]]'],
  [`msys.counter.open('/x')`, 'return nil --[[msys.counter:counter]]'],
])('%s', async (lua, text) => {
  expect(await dump(lua)).toBe(text);
});

test('what does not fit on a line spans lines', async () => {
  expect(await dump(`{ a = { b = { string.rep('x', 60), 2 } }, c = string.rep('y', 20) }`)).toBe(
    `return {\n  a={ b={ "${'x'.repeat(60)}", 2 } },\n  c="${'y'.repeat(20)}"\n}`,
  );
});

test('neither do tables in tables that are too long', async () => {
  expect(await dump(`{ a = { string.rep('x', 50), string.rep('y', 30) } }`)).toBe(
    `return {\n  a={\n    "${'x'.repeat(50)}",\n    "${'y'.repeat(30)}"\n  }\n}`,
  );
});

test('what is dumped is Lua', async () => {
  const table = `{ 1, { 'x' }, a = { b = { c = string.rep('"', 90) } }, ['e f'] = -1 }`;
  const [dumped, again] = await mta.eval(
    `local d = msys.dumper.Dumper(${table}) return d, msys.dumper.Dumper(loadstring(d)())`,
  );
  expect(again).toBe(dumped);
});

test('a table in itself, and one of great depth', async () => {
  expect(await mta.eval(`local t = {} t.t = t return msys.dumper.Dumper(t)`)).toEqual([
    'return { t=nil --[[the table that it is in]] }',
  ]);
  const [deep] = await mta.eval(`local t = {} for i = 1, 5000 do t = { t } end return msys.dumper.Dumper(t)`);
  expect(deep).toContain('nil --[[table]]');
});
