/** 3: headers. */
import { edited, inCallout, lines, type TestRow } from './support';

const CUSTOM = lines('Subject: hello', 'X-Custom: one', 'x-custom: two', 'To: you@example.org', '', 'body');
const PARTS = lines(
  'Subject: top',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'X-Part: 1',
  'Content-Type: text/plain',
  '',
  'first',
  '--b',
  'X-Part: 2',
  '',
  'second',
  '--b--',
);

/** The message after an edit with these lines as its headers. */
const withHeaders = (...headers: string[]) => lines(...headers, '', 'body');

export function headerRows(row: TestRow): void {
  reading(row);
  deleting(row);
  setting(row);
  parts(row);
  addresses(row);
}

function reading(row: TestRow): void {
  row('mail-3-1a', async () => {
    const lua =
      'local list = msg:header("Subject") return type(list), list[1], #list, #msg:header("X-Custom-Header")';
    expect(await inCallout(lua, CUSTOM)).toEqual(['table', 'hello', 1, 0]);
  });

  row('mail-3-1b', async () => {
    const encoded = '=?iso-8859-1?Q?Gr=FC=DFe?= =?UTF-8?B?IGF1cyBLw7Zsbg==?=';
    const data = lines(`Subject: ${encoded}`, 'X-Plain: as it is', '', 'body');
    const lua = 'return msg:header("Subject")[1], msg:header("X-Plain")[1]';
    expect(await inCallout(lua, data)).toEqual(['Grüße aus Köln', 'as it is']);
    expect(await edited('msg:header("Subject")', data)).toBe(data);
  });

  row('mail-3-1c', async () => {
    expect(await inCallout('return msg:header("X-Custom")', CUSTOM)).toEqual([['one', 'two']]);
  });
}

function deleting(row: TestRow): void {
  row('mail-3-2a', async () => {
    expect(await edited('msg:header("X-Custom", "")', CUSTOM)).toBe(
      withHeaders('Subject: hello', 'To: you@example.org'),
    );
  });

  row('mail-3-2b', async () => {
    const raw = await edited('msg:mime(false).parts:header("X-Part", nil)', PARTS);
    expect(raw).toBe(PARTS.replace('X-Part: 1\r\n', ''));
  });

  row('mail-3-2c', async () => {
    const lua = 'return msg:header("X-Custom", ""), msg:header("X-Custom", ""), #msg:header("X-Custom")';
    expect(await inCallout(lua, CUSTOM)).toEqual([true, false, 0]);
  });
}

function setting(row: TestRow): void {
  row('mail-3-3', async () => {
    for (const mode of ['', ', "replace"'])
      expect(await edited(`assert(msg:header("X-Custom", "123456"${mode}) == true)`, CUSTOM)).toBe(
        withHeaders('Subject: hello', 'To: you@example.org', 'X-Custom: 123456'),
      );
  });

  row('mail-3-4', async () => {
    expect(await edited('assert(msg:header("X-Custom", "3", "append") == true)', CUSTOM)).toBe(
      withHeaders('Subject: hello', 'X-Custom: one', 'x-custom: two', 'To: you@example.org', 'X-Custom: 3'),
    );
  });

  row('mail-3-5', async () => {
    expect(await edited('assert(msg:header("X-Custom", "0", "prepend") == true)', CUSTOM)).toBe(
      withHeaders('X-Custom: 0', 'Subject: hello', 'X-Custom: one', 'x-custom: two', 'To: you@example.org'),
    );
  });

  row('mail-3-6', async () => {
    expect(await edited('msg:header("X-Custom", { "a", "b" })', CUSTOM)).toBe(
      withHeaders('Subject: hello', 'To: you@example.org', 'X-Custom: a', 'X-Custom: b'),
    );
    expect(await inCallout('msg:header("X-New", { "a", "b" }, "append") return msg:header("X-New")')).toEqual(
      [['a', 'b']],
    );
  });

  row('mail-3-7', async () => {
    const text = 'Grüße';
    const raw = await edited(`msg:header("Subject", "${text}")`, lines('To: you@example.org', '', 'body'));
    expect(raw).toMatch(/^To: you@example\.org\r\nSubject: =\?UTF-8\?[BQ]\?[!-~]+\?=\r\n\r\nbody\r\n$/i);
    const read = `msg:header("Subject", "${text}") return msg:header("Subject")[1]`;
    expect(await inCallout(read)).toEqual([text]);
  });
}

function parts(row: TestRow): void {
  row('mail-3-8', async () => {
    expect(await inCallout('return msg:header("Subject"), #msg:header("X-Part")', PARTS)).toEqual([
      ['top'],
      0,
    ]);
    const raw = await edited('msg:header("X-Part", "0") msg:header("Content-Disposition", "inline")', PARTS);
    const top = '; boundary=b\r\n';
    expect(raw).toBe(PARTS.replace(top, `${top}X-Part: 0\r\nContent-Disposition: inline\r\n`));
  });
}

const ADDRESSES = 'A <jo+lists+x@example.org>, "q q"@example.net';
const components = (call: string) =>
  ['all', 'localpart', 'user', 'detail', 'domain'].map((name) => `${call}, "${name}")`).join(', ');
const EXPECTED = [
  ['jo+lists+x@example.org', '"q q"@example.net', 'al@example.com'],
  ['jo+lists+x', '"q q"', 'al'],
  ['jo', '"q q"', 'al'],
  ['lists+x', '', ''],
  ['example.org', 'example.net', 'example.com'],
];

function addresses(row: TestRow): void {
  row('mail-3-9a', async () => {
    const data = lines(`To: ${ADDRESSES}`, 'Cc: no@example.org', 'To: al@example.com', '', 'body');
    expect(await inCallout(`return ${components('msg:address_header("To"')}`, data)).toEqual(EXPECTED);
    expect(await inCallout('return #msg:address_header("Bcc", "all")', data)).toEqual([0]);
  });

  row('mail-3-9b', async () => {
    const header = lines(`To: ${ADDRESSES}`, 'To: al@example.com');
    const data = PARTS.replace('X-Part: 2\r\n', header);
    const lua = `local part = msg:mime(true).parts.next return ${components('part:address_header("To"')}`;
    expect(await inCallout(lua, data)).toEqual(EXPECTED);
    expect(await inCallout('return #msg:mime(true).parts:address_header("To", "all")', data)).toEqual([0]);
  });
}
