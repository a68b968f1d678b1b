/** 4.7 to 4.11: parts of messages and their tree. */
import { edited, inCallout, lines, luaString, runCallout, type TestRow } from './support';

const MIXED = lines(
  'Subject: s',
  'Content-Type: multipart/mixed; boundary=out',
  '',
  'preamble',
  '--out',
  'Content-Type: multipart/alternative; boundary=in',
  '',
  '--in',
  'Content-Type: text/plain; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'f=FCr',
  '--in',
  'Content-Type: text/html',
  '',
  '<b>x</b>',
  '--in--',
  '--out',
  'Content-Type: application/pdf; name="type.pdf"',
  'Content-Disposition: attachment; filename="disposition.pdf"',
  'Content-Transfer-Encoding: base64',
  '',
  'ZGF0YQ==',
  '--out--',
);
const PLAIN = lines('Content-Type: text/plain', '', 'text');

export function partRows(row: TestRow): void {
  trees(row);
  fields(row);
  types(row);
  texts(row);
  edits(row);
}

function trees(row: TestRow): void {
  row('mail-4-7a', async () => {
    const lua = `local top = msg:mime(true)
      return msys.type(top), top:content_type().mimetype, top.parent, top:header("Subject")[1],
        msg:mime(false):content_type().mimetype, msg:mime():content_type().mimetype`;
    const type = 'multipart/mixed';
    expect(await inCallout(lua, MIXED)).toEqual([
      'msys.core:_ec_message_part',
      type,
      undefined,
      's',
      type,
      type,
    ]);
  });

  row('mail-4-7b', async () => {
    const change = 'msg:mime(true).parts.parts:text("new")';
    const lua = `local ok, problem = pcall(function() ${change} end) return ok, problem:match("read%-only")`;
    const { mta, results } = await runCallout(lua, { mail: { data: MIXED } });
    expect(results).toEqual([[false, 'read-only']]);
    expect(mta.messages[0]!.raw.toString()).toContain('f=FCr');
    const { mta: other } = await runCallout(change, { mail: { data: MIXED } });
    expect(other).toHaveLogged('paniclog', 'read-only');
  });

  row('mail-4-8a', async () => {
    const lua = `local part, found = msg:mime(true), {}
      while part != nil do
        found[#found + 1] = part:content_type().mimetype
        part = part.thread
      end
      return found`;
    expect(await inCallout(lua, MIXED)).toEqual([
      ['multipart/mixed', 'multipart/alternative', 'text/plain', 'text/html', 'application/pdf'],
    ]);
  });
}

/** The example of the page. */
const EXAMPLE = lines(
  'Mime-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=foo',
  'Subject: foo',
  '',
  '--foo',
  'Content-Type: text/plain; name=foobar.bat',
  '',
  'echo foobar',
  '--foo--',
);

function fields(row: TestRow): void {
  row('mail-4-8b', async () => {
    const links = `local top = msg:mime(true) local inner = top.parts
      return inner.next:content_type().mimetype, inner.parts.next.next, inner.parts.parent == inner, top.boundary,
        inner.boundary, inner.parts.boundary, inner.parts.encoding == core.EC_MIME_TE_QUOTED_PRINTABLE,
        inner.next.encoding == core.EC_MIME_TE_BASE64, top.encoding == core.EC_MIME_TE_7BIT`;
    expect(await inCallout(links, MIXED)).toEqual([
      'application/pdf',
      undefined,
      true,
      'out',
      'in',
      undefined,
      true,
      true,
      true,
    ]);
    const offsets = `local raw, top = (msg:raw()), msg:mime(true) local part = top.parts
      local function text(first, last) return raw:sub(first + 1, last) end
      return top.headers_start, text(top.body_start, top.body_start + 5), top.epilogue_end == #raw,
        text(part.headers_start, part.headers_start + 12), text(part.body_start, part.body_end),
        part.preamble_start == part.body_start, part.body_end == part.epilogue_end`;
    expect(await inCallout(offsets, EXAMPLE)).toEqual([
      0,
      '--foo',
      true,
      'Content-Type',
      'echo foobar',
      true,
      true,
    ]);
    // Its numbers are documented nowhere.
    const { mta } = await runCallout('return msg:mime(true).type');
    expect(mta).toHaveDiagnostic('NOT_SIMULATED');
  });
}

function types(row: TestRow): void {
  row('mail-4-9a', async () => {
    const lua = `local inner = msg:mime(true).parts
      return inner.parts:content_type(), inner.parts.next:content_type(), inner.next:content_type()`;
    expect(await inCallout(lua, MIXED)).toEqual([
      { mimetype: 'text/plain', charset: 'iso-8859-1', encoding: 'quoted-printable', is_attachment: false },
      { mimetype: 'text/html', charset: 'us-ascii', encoding: '7bit', is_attachment: false },
      {
        mimetype: 'application/pdf',
        encoding: 'base64',
        is_attachment: true,
        filename: 'disposition.pdf',
      },
    ]);
  });

  row('mail-4-9b', async () => {
    const lua = `local type = msg:mime(true).parts.next:content_type() return type.filename, type.is_attachment`;
    const disposition = 'Content-Disposition: attachment; filename="disposition.pdf"\r\n';
    expect(await inCallout(lua, MIXED)).toEqual(['disposition.pdf', true]);
    expect(await inCallout(lua, MIXED.replace(disposition, ''))).toEqual(['type.pdf', true]);
    const neither = MIXED.replace(disposition, '').replace('; name="type.pdf"', '');
    expect(await inCallout(lua, neither)).toEqual([undefined, false]);
  });
}

function texts(row: TestRow): void {
  row('mail-4-10', async () => {
    const lua =
      'local inner = msg:mime(true).parts return inner.parts:text(), inner.next:text(), inner:text()';
    expect(await inCallout(lua, MIXED)).toEqual(['für', undefined, undefined]);
    const set = `msg:mime(false).parts.parts.next:text(${luaString('für')}, "text/plain", "utf-8")`;
    const read = 'local part = msg:mime(true).parts.parts.next';
    expect(await inCallout(`${set} ${read} return part:text(), part:content_type()`, MIXED)).toEqual([
      'für',
      { mimetype: 'text/plain', charset: 'utf-8', encoding: 'quoted-printable', is_attachment: false },
    ]);
    // The other parts keep their bytes.
    const [before, after] = MIXED.split(/Content-Type: text\/html\r\n\r\n<b>x<\/b>/);
    const raw = await edited(set, MIXED);
    expect(raw.startsWith(before!)).toBe(true);
    expect(raw.endsWith(after!)).toBe(true);
  });
}

const NEW = 'local new = msg:makePart("text/css", "b {}")';
const CSS = ['Content-Type: text/css', '', 'b {}'];

function edits(row: TestRow): void {
  row('mail-4-11a', async () => {
    const first = await edited(`${NEW} assert(msg:mime(false).parts:addFirstChild(new) == true)`, MIXED);
    expect(first).toBe(MIXED.replace('--in\r\n', `--in\r\n${lines(...CSS, '--in')}`));
    const last = await edited(`${NEW} assert(msg:mime(false).parts:addLastChild(new) == true)`, MIXED);
    expect(last).toBe(MIXED.replace('--in--\r\n', lines('--in', ...CSS, '--in--')));
    const refused = `${NEW} local top = msg:mime(false) return top:addFirstChild(new), top:addLastChild(new)`;
    expect(await inCallout(refused, PLAIN)).toEqual([false, false]);
    expect(await edited(refused, PLAIN)).toBe(PLAIN);
  });

  row('mail-4-11b', async () => {
    const before = await edited(`${NEW} new:insertBefore(msg:mime(false).parts.parts.next)`, MIXED);
    const html = 'Content-Type: text/html';
    expect(before).toBe(MIXED.replace(html, `${lines(...CSS, '--in')}${html}`));
    const after = await edited(`${NEW} new:insertAfter(msg:mime(false).parts.parts)`, MIXED);
    expect(after).toBe(before);
  });

  row('mail-4-11c', async () => {
    const text = /--in\r\nContent-Type: text\/plain[^]*?(?=--in\r\n)/;
    expect(await edited('msg:mime(false).parts.parts:unlink()', MIXED)).toBe(MIXED.replace(text, ''));
    const withChildren = /--out\r\nContent-Type: multipart\/alternative[^]*?(?=--out\r\n)/;
    const lua = 'msg:mime(false).parts:unlink() assert(msg:mime(true).parts.next == nil)';
    expect(await edited(lua, MIXED)).toBe(MIXED.replace(withChildren, ''));
  });
}
