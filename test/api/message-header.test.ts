import { Momentum } from '../../src';
import '../../src/jest';
import { lines, luaString, withMessage } from './support/message';

const MESSAGE = lines(
  'Received: from a (a [192.0.2.1])',
  '\tby b',
  'From: =?utf-8?Q?J=C3=B6rg?= <joerg+list@example.com>, Ann <ann@example.org>',
  'X-Two: first',
  'Subject: =?iso-8859-1?Q?Gr=FC=DFe?=',
  'x-two: second',
  '',
  'Hello',
);

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start();
});
afterEach(() => mta.stop());

const run = (lua: string) => withMessage(mta, MESSAGE, lua);

// 4/lua/ref-header
test.each([
  ['an array of values', 'return msg:header("x-TWO")', [['first', 'second']]],
  ['decoded to UTF-8', 'return msg:header("Subject")[1]', ['Grüße']],
  ['unfolded', 'return msg:header("Received")[1]', ['from a (a [192.0.2.1]) by b']],
  ['an empty table for an absent one', 'local h = msg:header("X-No") return #h, h[1]', [0, undefined]],
  ['nil is no value', 'return msg:header("X-Two", nil)', [['first', 'second']]],
])('msg:header reads: %s', async (_title, lua, expected) => {
  expect(await run(lua)).toEqual(expected);
});

const top = (message: string) => message.split('\r\n').filter((line) => /^[xX]-/.test(line));

test.each([
  ['replace by default', 'msg:header("X-Two", "new")', ['X-Two: new']],
  ['replace', 'msg:header("X-Two", "new", "replace")', ['X-Two: new']],
  ['append', 'msg:header("X-Two", "new", "append")', ['X-Two: first', 'x-two: second', 'X-Two: new']],
  ['prepend', 'msg:header("X-Two", "new", "prepend")', ['X-Two: new', 'X-Two: first', 'x-two: second']],
  ['a number', 'msg:header("X-Two", 12)', ['X-Two: 12']],
  ['a table', 'msg:header("X-Two", {"a", 2})', ['X-Two: a', 'X-Two: 2']],
  [
    'a table with append',
    'msg:header("X-Two", {"a", "b"}, "append")',
    ['X-Two: first', 'x-two: second', 'X-Two: a', 'X-Two: b'],
  ],
  ['an empty table with append', 'msg:header("X-Two", {}, "append")', ['X-Two: first', 'x-two: second']],
  ['not ASCII', `msg:header("X-Two", ${luaString('für')})`, ['X-Two: =?UTF-8?Q?f=C3=BCr?=']],
  ['the empty string deletes', 'msg:header("X-Two", "")', []],
])('msg:header sets: %s', async (_title, lua, expected) => {
  const [raw, result] = (await run(`local ok = ${lua} return msg:raw(), ok`)) as [string, boolean];
  expect(top(raw)).toEqual(expected);
  expect(result).toBe(true);
  expect(raw.endsWith('\r\n\r\nHello\r\n')).toBe(true);
});

test('deleting what is not there answers false', async () => {
  expect(await run('return msg:header("X-No", ""), (msg:raw())')).toEqual([false, MESSAGE]);
});

test.each([
  ['msg:header("X-Two", "a\\r\\nBcc: x@example.com")', 'header: '],
  ['msg:header("X Two", "a")', 'header: '],
  ['msg:header("X-Two", "a", "first")', "the mode is replace, append or prepend, not 'first'"],
  ['msg:header("X-Two", nil, "append")', 'a value is needed for the mode append'],
  ['msg:header("X-Two", { a = "b" })', 'an array of strings'],
  ['msg:header("X-Two", { {} })', 'an array of strings'],
  ['msg:header(nil)', 'string expected, got nil'],
])('%s is an error', async (statement, message) => {
  await expect(run(statement)).rejects.toThrow(message);
  expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
});

// 4/lua/ref-msg-address-header, 4/lua/ref-msys-parse-rfc-2822-addresses
test.each([
  ['all', ['joerg+list@example.com', 'ann@example.org']],
  ['localpart', ['joerg+list', 'ann']],
  ['user', ['joerg', 'ann']],
  ['detail', ['list', '']],
  ['domain', ['example.com', 'example.org']],
])('addresses: %s', async (component, expected) => {
  const list = luaString('"Jörg" <joerg+list@example.com>, ann@example.org');
  expect(
    await run(
      `return msg:address_header("from", "${component}"), msys.parseRFC2822Addresses(${list}, "${component}")`,
    ),
  ).toEqual([expected, expected]);
});

test('addresses: all is the default, an absent header has none', async () => {
  expect(await run('return msg:address_header("From"), #msg:address_header("Sender")')).toEqual([
    ['joerg+list@example.com', 'ann@example.org'],
    0,
  ]);
});

test('every instance of a header is parsed', async () => {
  expect(
    await run(
      'msg:header("To", { "a@example.com", "b@example.com" }) return msg:address_header("To", "user")',
    ),
  ).toEqual([['a', 'b']]);
});

test.each(['msg:address_header("From", "name")', 'msys.parseRFC2822Addresses("a@example.com", "name")'])(
  '%s is an error',
  async (statement) => {
    await expect(run(statement)).rejects.toThrow("all, localpart, user, detail, domain, not 'name'");
    expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
  },
);
