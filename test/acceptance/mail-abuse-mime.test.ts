/** Messages that are made to break parsers, read and changed by policy: each is taken, in time that its length explains. */
import type { Momentum } from '../../src';
import { CONT, policy, smtpServer } from '../listeners/smtp/support';

let mta: Momentum;
afterEach(() => mta.stop());

/** Goes through all of a message as scripts do, and asks for a change that would concern all of it. */
const WALK = `parts = 0
  local part = msg:mime(false)
  while part do
    parts = parts + 1
    part:content_type() part:text() part:header("Content-Type") part:header("X-Header")
    local _ = part.next, part.parent, part.parts, part.boundary, part.body_start, part.epilogue_end
    part = part.thread
  end
  local text = msg:text()
  texts = type(text) == "table" and #text or text and 1 or 0
  headers = #msg:header("X-Header")
  msg:header("Subject") msg:address_header("To", "all")
  msg:text_match("needle") msg:raw_match("needle") msg:body_match("needle")
  replaced = msg:text_replace("needle", "pin")
  msg:mime(true) msg:header("X-Seen", "yes") ${CONT}`;

beforeEach(async () => {
  mta = await smtpServer('', policy({ 'validate_data_spool(msg)': WALK }));
});

interface Walk {
  readonly parts: number;
  readonly texts: number;
  readonly headers: number;
  readonly replaced: boolean;
}

/** Sends a message through the policy; what this saw. Byte strings. */
async function walk(message: string): Promise<Walk & { readonly raw: string }> {
  const { code, refusal, messages } = await mta.smtp.send({
    from: 'a@b.example',
    to: 'c@d.example',
    data: Buffer.from(message, 'latin1'),
  });
  expect(mta.paniclog.map(({ text }) => text)).toEqual([]);
  expect({ code, refusal }).toEqual({ code: 250, refusal: undefined });
  const [parts, texts, headers, replaced] = await mta.eval('parts, texts, headers, replaced');
  const raw = messages[0]!.raw.toString('latin1');
  expect(raw).toContain('\r\nX-Seen: yes\r\n');
  return { parts, texts, headers, replaced, raw } as Walk & { raw: string };
}

/** Seconds of real time: a hundred times what it takes, and far from what a quadratic reader would take. */
async function within<Result>(seconds: number, work: () => Promise<Result>): Promise<Result> {
  const begin = performance.now();
  const result = await work();
  expect((performance.now() - begin) / 1000).toBeLessThan(seconds);
  return result;
}

const MULTIPART = [
  'From: a@b.example',
  'Content-Type: multipart/mixed; boundary="=_b"',
  '',
  'preamble',
  '--=_b',
  'Content-Type: multipart/alternative;',
  '\tboundary="=_b_2"',
  '',
  '--=_b_2',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'a needle =C3=A4',
  '--=_b_2',
  'Content-Type: text/html; charset=iso-8859-1',
  'Content-Transfer-Encoding: base64',
  '',
  'PGI+bmVlZGxl5DwvYj4=',
  '--=_b_2--',
  '--=_b',
  'Content-Type: message/rfc822',
  '',
  'Subject: within',
  '',
  'needle',
  '--=_b--',
  'epilogue',
  '',
].join('\r\n');

const BODY = MULTIPART.indexOf('\r\n\r\n') + 4;

test('a multipart message that is cut off anywhere', async () => {
  const all = await walk(MULTIPART);
  expect(all).toMatchObject({ parts: 6, texts: 3, replaced: true });
  for (let length = BODY; length < MULTIPART.length; length++) {
    const { parts } = await walk(MULTIPART.slice(0, length));
    // What is left of an inner boundary may be the outer one.
    expect(parts).toBeLessThanOrEqual(all.parts + 1);
  }
});

test('a multipart message of which any byte of the body is another one', async () => {
  for (let at = BODY; at < MULTIPART.length; at++)
    for (const byte of ['\0', '-']) await walk(`${MULTIPART.slice(0, at)}${byte}${MULTIPART.slice(at + 1)}`);
});

describe('much of everything', () => {
  const nested = (depth: number) =>
    Array.from(
      { length: depth },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
    ).join('');
  const closing = (depth: number) =>
    Array.from({ length: depth }, (_, i) => `\r\n--b${depth - 1 - i}--`).join('');

  test('10,000 parts in one another', async () => {
    const DEPTH = 10_000;
    const message = `${nested(DEPTH)}\r\nneedle${closing(DEPTH)}\r\n`;
    const { raw, ...seen } = await within(30, () => walk(message));
    expect(seen).toEqual({ parts: DEPTH + 1, texts: 1, headers: 0, replaced: true });
    expect(raw.endsWith(`\r\n\r\npin${closing(DEPTH)}\r\n`)).toBe(true);
  });

  test('10,000 parts in one another that never end', async () => {
    expect(await within(30, () => walk(nested(10_000)))).toMatchObject({ parts: 10_001 });
  });

  test('10,000 parts beside one another', async () => {
    const COUNT = 10_000;
    const parts = Array.from({ length: COUNT }, (_, i) => `--b\r\nX-Header: ${i}\r\n\r\n${i}\r\n`).join('');
    const message = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`;
    expect(await within(30, () => walk(message))).toMatchObject({ parts: COUNT + 1, texts: COUNT });
  });

  test('2,000 parts that all are changed', async () => {
    const COUNT = 2000;
    const message = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nneedle\r\n'.repeat(COUNT)}--b--\r\n`;
    const { raw, replaced } = await within(30, () => walk(message));
    expect(replaced).toBe(true);
    expect(raw.match(/^pin\r\n--b/gm)).toHaveLength(COUNT);
  });

  test('100,000 headers', async () => {
    const COUNT = 100_000;
    const { headers } = await within(30, () => walk(`${'X-Header: x\r\n'.repeat(COUNT)}\r\nneedle\r\n`));
    expect(headers).toBe(COUNT);
  });

  test.each([
    ['of one word', 'x'.repeat(1_000_000)],
    ['of blanks', ' '.repeat(1_000_000)],
    ['of words', 'word '.repeat(200_000)],
    ['of folds', '\r\n x'.repeat(250_000)],
    ['of addresses', 'a@b.example,'.repeat(80_000)],
    ['of comments', '('.repeat(1_000_000)],
    ['of quotes', '"\\"'.repeat(300_000)],
    ['of brackets', '<'.repeat(1_000_000)],
    ['of encoded words', '=?utf-8?Q?=C3=A4?= '.repeat(50_000)],
    ['of encoded words that never end', '=?utf-8?B?'.repeat(100_000)],
    ['of parameters', ';a=b'.repeat(250_000)],
    ['of continued parameters', Array.from({ length: 50_000 }, (_, i) => `;a*${i}=x`).join('')],
  ])('a header of 1 MB, %s', async (_title, value) => {
    const headers = ['X-Header', 'To', 'Subject', 'Content-Type', 'Content-Disposition'];
    const block = headers.map((name) => `${name}: text/plain; ${value}\r\n`).join('');
    await within(30, () => walk(`${block}\r\nneedle\r\n`));
  });
});

describe('what is broken', () => {
  const part = (headers: string, body: string) => `From: a@b.example\r\n${headers}\r\n${body}`;

  test.each([
    ['a charset that there is not', 'Content-Type: text/plain; charset=klingon\r\n', 'needle \xff'],
    ['a charset that is empty', 'Content-Type: text/plain; charset=""\r\n', 'needle \xff'],
    ['a charset of garbage', 'Content-Type: text/plain; charset="\0\xff;/../"\r\n', 'needle'],
    ['UTF-8 that is none', 'Content-Type: text/plain; charset=utf-8\r\n', 'needle \xff\xfe \xc3'],
    ['UTF-16 of an odd length', 'Content-Type: text/plain; charset=utf-16\r\n', '\xff\xfeneedle!'],
    ['UTF-7', 'Content-Type: text/plain; charset=utf-7\r\n', '+AG4-eedle +'],
    ['an ISO-2022 escape that never ends', 'Content-Type: text/plain; charset=iso-2022-jp\r\n', '\x1b$B!'],
    ['an encoding that there is not', 'Content-Transfer-Encoding: uuencode\r\n', 'begin 644 needle\r\n'],
    ['base64 that is none', 'Content-Transfer-Encoding: base64\r\n', '!!!!====\xff\0AAAA=A=AA'],
    ['base64 of 1 MB of garbage', 'Content-Transfer-Encoding: base64\r\n', '=\xff-_'.repeat(250_000)],
    [
      'quoted-printable that is none',
      'Content-Transfer-Encoding: quoted-printable\r\n',
      '=\r\n==\r\n=ZZ=4=\xff=',
    ],
    ['soft line breaks, 1 MB', 'Content-Transfer-Encoding: quoted-printable\r\n', '=\r\n'.repeat(300_000)],
    [
      'a Content-Type twice',
      'Content-Type: multipart/mixed; boundary=b\r\nContent-Type: text/plain\r\n',
      '--b\r\n\r\nneedle',
    ],
    ['a multipart without a boundary', 'Content-Type: multipart/mixed\r\n', '--\r\n\r\nneedle\r\n----\r\n'],
    ['an empty boundary', 'Content-Type: multipart/mixed; boundary=""\r\n', '--\r\n\r\nneedle\r\n----\r\n'],
    [
      'a boundary of blanks',
      'Content-Type: multipart/mixed; boundary="  "\r\n',
      '--  \r\n\r\nneedle\r\n--  --\r\n',
    ],
    [
      'a boundary of 1 MB',
      `Content-Type: multipart/mixed; boundary="${'b'.repeat(1_000_000)}"\r\n`,
      '--b\r\n',
    ],
    [
      'a boundary that never comes',
      'Content-Type: multipart/mixed; boundary=b\r\n',
      '--c\r\n'.repeat(200_000),
    ],
    [
      'a multipart in base64',
      'Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n',
      '--b\r\n\r\nneedle\r\n--b--\r\n',
    ],
    [
      'a message in itself',
      'Content-Type: message/rfc822\r\n',
      'Content-Type: message/rfc822\r\n\r\n'.repeat(5000),
    ],
    [
      'a file name of 100,000 parts',
      `Content-Disposition: attachment${Array.from({ length: 100_000 }, (_, i) => `;filename*${i}*=%FF`).join('')}\r\n`,
      'x',
    ],
  ])('%s', async (_title, headers, body) => {
    const message = part(headers, body);
    const { raw, parts } = await within(30, () => walk(message));
    expect(parts).toBeGreaterThanOrEqual(1);
    if (!body.includes('needle')) expect(raw.replace('X-Seen: yes\r\n', '')).toContain(message);
  });

  test('a boundary that is a prefix of others', async () => {
    const inner = (boundary: string, text: string) =>
      `Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n--${boundary}\r\n\r\n${text}\r\n--${boundary}--\r\n`;
    const message = `Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n${inner('b-', 'one needle')}\r\n--b\r\n${inner('bb', 'two\r\n--bbb\r\n--b-\r\n--b--not')}\r\n--b--\r\n`;
    const { raw, ...seen } = await walk(message);
    expect(seen).toEqual({ parts: 5, texts: 2, headers: 0, replaced: true });
    expect(raw.slice(raw.indexOf('\r\n\r\n'))).toBe(
      message.slice(message.indexOf('\r\n\r\n')).replace('needle', 'pin'),
    );
  });
});
