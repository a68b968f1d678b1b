/** Choices about the parts of messages and the texts in them. */
import { Momentum } from '../../../src';
import { MessageContent } from '../../../src/mail/content';
import { lines, withMessage } from '../../api/support/message';
import type { TestRow } from './support';

const MIXED = lines(
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  '',
  'one',
  '--b',
  'Content-Type: text/html',
  '',
  'two',
  '--b--',
);

let mta: Momentum;

const run = (message: string, lua: string) => withMessage(mta, message, lua);

const failing = (message: string, lua: string) =>
  run(message, `local ok, problem = pcall(function() ${lua} end) return ok, (msg:raw())`);

export function mimeChoices(row: TestRow): void {
  describe('parts', () => {
    beforeEach(async () => {
      mta = await Momentum.start();
    });
    afterEach(() => mta.stop());

    trees(row);
    types(row);
    texts(row);
    edits(row);
    making(row);
  });
}

function trees(row: TestRow): void {
  row('M20', async () => {
    const changes = `local reading, writing = msg:mime(true), msg:mime(false)
    writing.parts:text("new") msg:header("X", "1")
    return reading.parts:text(), reading:header("X")[1], msg:mime(false) == writing`;
    expect(await run(MIXED, changes)).toEqual(['new', '1', true]);
    const old = (change: string) => run(MIXED, `local part = msg:mime().parts ${change} return part:text()`);
    for (const change of [
      'msg:raw("A: b\\r\\n\\r\\nc")',
      'msg:body("c\\r\\n.\\r\\n")',
      'msg:header("Content-Type", "text/plain") msg:mime()',
    ])
      await expect(old(change)).rejects.toThrow('of no use any more');
  });

  row('M21', async () => {
    const nested = lines(
      'Content-Type: multipart/digest; boundary=b',
      '',
      '--bb',
      '--b ',
      '',
      'Subject: in',
      '',
      '--b x',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'A: b',
      '--b--',
    );
    const types = `local types, part = {}, msg:mime()
    while part do types[#types + 1] = part:content_type().mimetype part = part.thread end
    local message = msg:mime(false).parts
    return table.concat(types, " "), message.boundary, message:addLastChild(msg:makePart("text/css"))`;
    expect(await run(nested, types)).toEqual([
      'multipart/digest message/rfc822 text/plain message/delivery-status',
      undefined,
      false,
    ]);
  });

  row('M22', () => {
    const invalid = (...all: string[]) => new MessageContent(Buffer.from(lines(...all))).invalidMime;
    const mixed = 'Content-Type: multipart/mixed; boundary=b';
    expect([
      invalid('A: b', '', 'x'),
      invalid(mixed, '', '--b', '', 'x', '--b--'),
      invalid(mixed, '', '--b', '', 'x'),
      invalid('Content-Type: nonsense', '', 'x'),
      invalid('Content-Transfer-Encoding: zip', '', 'x'),
      invalid(mixed, '', 'x'),
      invalid('Content-Type: multipart/mixed', '', 'x'),
    ]).toEqual([0, 0, 1, 1, 1, 2, 2]);
  });
}

function types(row: TestRow): void {
  row('M23', async () => {
    const type = (headers: string) =>
      run(
        `${headers}\r\nx`,
        'local t = msg:mime():content_type() return t.mimetype, t.charset, t.encoding, t.is_attachment, t.filename',
      );
    expect(await type('A: b\r\n')).toEqual(['text/plain', 'us-ascii', '7bit', false, undefined]);
    expect(
      await type(
        "Content-Type: IMAGE/Png\r\nContent-Transfer-Encoding: BASE64\r\nContent-Disposition: attachment; filename*=utf-8''%C3%BC\r\n",
      ),
    ).toEqual(['image/png', undefined, 'base64', true, 'ü']);
    expect((await type('Content-Disposition: attachment\r\n'))[3]).toBe(true);
  });
}

function texts(row: TestRow): void {
  row('M24', async () => {
    const message = lines(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/csv; charset=nonsense',
      'Content-Disposition: attachment',
      '',
      'a,b',
      '--b',
      'Content-Type: message/rfc822',
      '',
      'A: b',
      '',
      'inner',
      '--b--',
    );
    expect(await run(message, 'local t = msg:text() return #t, t[1], t[2]')).toEqual([2, 'a,b', 'inner']);
  });

  row('M25', async () => {
    const headers = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ';
    const set = (message: string, args: string) => run(message, `msg:text(${args}) return (msg:raw())`);
    expect(await set('A: b\r\n\r\nx', '"a\\nb"')).toEqual([
      `A: b\r\n${headers}7bit\r\nMIME-Version: 1.0\r\n\r\na\r\nb`,
    ]);
    expect(await set(MIXED, '"ü"')).toEqual([
      `${headers}quoted-printable\r\nMIME-Version: 1.0\r\n\r\n=C3=BC`,
    ]);
    expect(await set('Content-Type: text/html\r\n\r\nx', '"x", nil, "utf-16le"')).toEqual([
      'Content-Type: text/html; charset=utf-16le\r\nContent-Transfer-Encoding: base64\r\nMIME-Version: 1.0\r\n\r\neAA=',
    ]);
    expect(await failing('A: b\r\n\r\nx', 'msg:text("€", "text/plain", "iso-8859-1")')).toEqual([
      false,
      'A: b\r\n\r\nx',
    ]);
  });

  row('M26', async () => {
    const replaced = (message: string) => run(message, 'msg:text_replace("x", "€") return (msg:raw())');
    expect(await replaced('A: b\r\n\r\nx')).toEqual([
      'A: b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E2=82=AC',
    ]);
    const latin = 'Content-Type: text/plain; charset=iso-8859-1\r\n\r\nx';
    expect(await failing(latin, 'msg:text_replace("x", "€")')).toEqual([false, latin]);
  });
}

function edits(row: TestRow): void {
  row('M27', async () => {
    const open = MIXED.replace('\r\n--b--', '');
    expect(await run(open, 'msg:mime(false):addLastChild(msg:makePart("a/b")) return (msg:raw())')).toEqual([
      `${open}\r\n--b\r\nContent-Type: a/b\r\n\r\n\r\n--b--\r\n`,
    ]);
    for (const edit of [
      'msg:mime(false).parts:text("--b")',
      'msg:mime(false):addLastChild(msg:mime(false).parts)',
      'msg:mime(false):unlink()',
    ])
      expect(await failing(MIXED, edit)).toEqual([false, MIXED]);
  });
}

function making(row: TestRow): void {
  row('M28', async () => {
    const boundary = 'local one, two = msg:makeBoundary(), msg:makeBoundary() return one, one == two';
    const [first] = await run(MIXED, boundary);
    expect(first).toMatch(/^_----.{22}===_$/);
    expect(await run(MIXED, boundary)).toEqual([first, false]);
    const part = (args: string) =>
      run(
        MIXED,
        `local m = msg:mime(false) m:addFirstChild(msg:makePart(${args})) local raw = msg:raw()
       return raw:sub(m.parts.headers_start + 1, m.parts.body_end)`,
      );
    expect(await part('"text/css", "a"')).toEqual(['Content-Type: text/css\r\n\r\na']);
    expect(await part('"a/b", "QQ==", msys.core.EC_MIME_TE_BASE64')).toEqual([
      'Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\nQQ==',
    ]);
    const container =
      'local c = msg:makeContainer("multipart/mixed") return c:header("Content-Type")[1], c.boundary';
    const [type, made] = await run(MIXED, container);
    expect(type).toBe(`multipart/mixed; boundary="${String(made)}"`);
  });

  row('M29', async () => {
    const build = (attachments: string) =>
      run(
        '',
        `msg = msys.core.ec_message_new(nil)
       msg:build({ ["Content-Type"] = "a/b" }, { ["text/html"] = "h", ["text/plain"] = "p" }, ${attachments})
       local types, part = {}, msg:mime()
       while part do
         local t = part:content_type()
         types[#types + 1] = t.mimetype .. (t.filename and "=" .. t.filename or "")
         part = part.thread
       end
       return table.concat(types, " ")`,
      );
    expect(await build('nil')).toEqual(['multipart/mixed multipart/alternative text/plain text/html']);
    expect(await build('{ { type = "text/csv", name = "./a.csv", content = "1" } }')).toEqual([
      'multipart/mixed multipart/alternative text/plain text/html text/csv=a.csv',
    ]);
  });
}
