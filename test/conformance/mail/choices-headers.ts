/** Choices about the headers of messages and the addresses in them. */
import { Momentum } from '../../../src';
import '../../../src/jest';
import { luaString, withMessage } from '../../api/support/message';
import type { TestRow } from './support';

/** What Lua returns that has a message of these bytes as `msg`. */
async function lua(message: string, statements: string): Promise<unknown[]> {
  await using mta = await Momentum.start();
  return await withMessage(mta, message, statements);
}

const read = async (message: string, name: string): Promise<unknown> =>
  (await lua(message, `return msg:header("${name}")`))[0];

/** The bytes of a message after an edit. */
const edited = async (message: string, edit: string): Promise<unknown> =>
  (await lua(message, `${edit} return (msg:raw())`))[0];

export function headerChoices(row: TestRow): void {
  headers(row);
  reading(row);
  writing(row);
  addresses(row);
}

function headers(row: TestRow): void {
  row('M2', async () => {
    expect(await lua('A: 1\r\n\r\n', 'local h = msg:header("B") return type(h), #h, h[1]')).toEqual([
      'table',
      0,
      undefined,
    ]);
  });

  row('M3', async () => {
    const message = 'b: 1\r\nA: 2\r\nB: 3\r\n\r\n';
    expect(await read(message, 'B')).toEqual(['1', '3']);
    expect(await edited(message, 'msg:header("a", "4", "append")')).toBe(
      'b: 1\r\nA: 2\r\nB: 3\r\na: 4\r\n\r\n',
    );
  });

  row('M4', async () => {
    expect(await edited('A: 1\r\nB: 2\r\n\r\n', 'msg:header("A", "3")')).toBe('B: 2\r\nA: 3\r\n\r\n');
    const prepend = 'msg:header("A", { "3", "4" }, "prepend")';
    expect(await edited('A: 1\r\n\r\n', prepend)).toBe('A: 3\r\nA: 4\r\nA: 1\r\n\r\n');
  });
}

function reading(row: TestRow): void {
  row('M15', async () => {
    const message = 'From a@b\r\nA: 1\n x\ry\r\nno header\r\n\r\nA: body\r\n';
    expect(await read(message, 'A')).toEqual(['1 x\ry']);
    expect(await edited(message, 'msg:header("A", "")')).toBe('From a@b\r\nno header\r\n\r\nA: body\r\n');
    expect(await edited('text\r\n\r\nmore', 'msg:header("A", "1")')).toBe('A: 1\r\n\r\ntext\r\n\r\nmore');
  });

  row('M16', async () => {
    expect(await read('A: \t x \r\n\t  y\r\n\r\n', 'A')).toEqual(['x  y']);
  });

  row('M17', async () => {
    const decoded: [string, string][] = [
      ['=?UTF-8?Q?=C3?= =?utf-8?B?vA==?= <a@b>', 'ü <a@b>'],
      ['"=?ISO-8859-1?Q?=FC?=" (=?UTF-8?Q?a?=)', '"ü" (a)'],
      ['a=?UTF-8?Q?b?=', 'a=?UTF-8?Q?b?='],
      ['=?UTF-8?Q?=FC?=', '=?UTF-8?Q?=FC?='],
      ['=?x-unknown?Q?a?=', '=?x-unknown?Q?a?='],
    ];
    const headers = decoded.map(([value]) => `A: ${value}\r\n`).join('');
    expect(await read(headers, 'A')).toEqual(decoded.map(([, text]) => text));
  });
}

function writing(row: TestRow): void {
  row('M18', async () => {
    const set = (name: string, value: string): Promise<unknown> =>
      edited('', `msg:header("${name}", ${luaString(value)})`);
    expect(await set('Subject', 'Grüße aus Köln')).toBe(
      'Subject: =?UTF-8?B?R3LDvMOfZQ==?= aus =?UTF-8?B?S8O2bG4=?=\r\n',
    );
    expect(await set('To', '"Köln, Stadt" <k@b.org>')).toBe('To: =?UTF-8?B?S8O2bG4sIFN0YWR0?= <k@b.org>\r\n');
    const words = 'word '.repeat(20).trim();
    expect(await set('A', words)).toBe(`A: ${words.slice(0, 74)}\r\n ${words.slice(75)}\r\n`);
    expect(await set('A', '=?UTF-8?Q?a?=')).toBe('A: =?UTF-8?Q?a?=\r\n');
    await using mta = await Momentum.start();
    const refused = (value: string) => withMessage(mta, '', `msg:header("A", ${value})`);
    for (const value of ['a\nB: b', 'a\r\n', 'a\0'])
      await expect(refused(luaString(value))).rejects.toThrow('line break that is no fold');
    await expect(refused('"\\252"')).rejects.toThrow('must be UTF-8');
    expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
  });
}

function addresses(row: TestRow): void {
  row('M19', async () => {
    const list = 'root, <root>, G: "a b"+x@c.org, "a b"@c.org, A (B) <u+d+e@f.org>;, "g"@h.org, x y@z.org';
    const parse = (component: string): string =>
      `msys.parseRFC2822Addresses(${luaString(list)}, "${component}")`;
    const components = ['all', 'localpart', 'user', 'detail'].map(parse);
    expect(await lua('', `return ${components.join(', ')}`)).toEqual([
      ['"a b"@c.org', 'u+d+e@f.org', 'g@h.org'],
      ['"a b"', 'u+d+e', 'g'],
      ['"a b"', 'u', 'g'],
      ['', 'd+e', ''],
    ]);
  });
}
