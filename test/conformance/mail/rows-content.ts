/** 4.1 to 4.4: message, body and text as a whole. */
import { edited, inCallout, lines, luaString, runCallout, type TestRow } from './support';

const PLAIN = lines('Subject: s', '', 'one', 'two');
const ENCODED = lines(
  'Subject: s',
  'Content-Type: text/plain; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Gr=FC=DFe',
);
const ALTERNATIVES = lines(
  'Content-Type: multipart/alternative; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'plain',
  '--b',
  'Content-Type: image/png',
  '',
  'image',
  '--b',
  'Content-Type: text/html; charset=windows-1252',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('<b>\x80</b>', 'latin1').toString('base64'),
  '--b--',
);
const MARKER = '\\r\\n.\\r\\n';

export function contentRows(row: TestRow): void {
  rawRows(row);
  bodies(row);
  texts(row);
}

function rawRows(row: TestRow): void {
  row('mail-4-1a', async () => {
    expect(await inCallout('return msg:raw()', PLAIN)).toEqual([PLAIN, PLAIN.length]);
    const bytes = Buffer.from([...Buffer.from('A: b\r\n\r\n'), 0xff, 0xc3, 0x0d, 0x0a]);
    expect(await inCallout('local raw, length = msg:raw() return raw, length, #raw', bytes)).toEqual([
      bytes,
      bytes.length,
      bytes.length,
    ]);
  });

  row('mail-4-1b', async () => {
    const other = lines('Subject: other', '', 'new');
    expect(await edited(`msg:raw(${luaString(other)})`, PLAIN)).toBe(other);
    const lua = `msg:raw(${luaString(other)}) return msg:header("Subject")[1], msg:body(), #msg:header("To")`;
    expect(await inCallout(lua, lines('To: a@example.org', '', 'old'))).toEqual(['other', 'new', 0]);
  });
}

function bodies(row: TestRow): void {
  row('mail-4-2a', async () => {
    expect(await inCallout('return msg:body()', PLAIN)).toEqual(['one\r\ntwo']);
    expect(await inCallout('return msg:body()', ENCODED)).toEqual(['Gr=FC=DFe']);
    expect(await inCallout('return msg:body()', lines('A: b', '', '.', '..', 'x'))).toEqual(['.\r\n..\r\nx']);
  });

  row('mail-4-2b', async () => {
    expect(await edited(`msg:body("new${MARKER}")`, PLAIN)).toBe(lines('Subject: s', '', 'new'));
    expect(await edited(`msg:body(msg:body() .. "${MARKER}")`, PLAIN)).toBe(PLAIN);
    expect(await inCallout(`return msg:body("new${MARKER}")`, PLAIN)).toEqual(['new']);
    const { mta } = await runCallout('msg:body("new")', { mail: { data: PLAIN } });
    expect(mta).toHaveDiagnostic('MISSING_END_MARKER');
  });
}

function texts(row: TestRow): void {
  row('mail-4-3a', async () => {
    expect(await inCallout('return type(msg:text()), msg:text()', PLAIN)).toEqual([
      'string',
      'one\r\ntwo\r\n',
    ]);
    expect(await inCallout('return msg:text()', ALTERNATIVES.replace('text/html', 'image/gif'))).toEqual([
      'plain',
    ]);
  });

  row('mail-4-3b', async () => {
    const lua = 'local texts = msg:text() return type(texts), #texts, texts[1], texts[2]';
    expect(await inCallout(lua, ALTERNATIVES)).toEqual(['table', 2, 'plain', '<b>€</b>']);
  });

  row('mail-4-3c', async () => {
    const lua = `return msg:text() == ${luaString('Grüße\r\n')}, msg:text()`;
    expect(await inCallout(lua, ENCODED)).toEqual([true, 'Grüße\r\n']);
  });

  row('mail-4-4', async () => {
    const text = '<b>für</b>\r\n';
    const set = `msg:text(${luaString(text)}, "text/html", "iso-8859-1")`;
    const lua = `${set} local type = msg:mime(true):content_type()
      return type.mimetype, type.charset, type.encoding, msg:text(), msg:mime(true).parts`;
    expect(await inCallout(lua, ALTERNATIVES)).toEqual([
      'text/html',
      'iso-8859-1',
      'quoted-printable',
      text,
      undefined,
    ]);
    const raw = await edited(set, `Subject: s\r\n${ALTERNATIVES}`);
    expect(raw).toMatch(/^Subject: s\r\n[^]*\r\n\r\n<b>f=FCr<\/b>\r\n$/);
    expect(raw).not.toContain('multipart');
  });
}
