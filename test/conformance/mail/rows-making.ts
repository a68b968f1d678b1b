/** 4.12 to 4.14: what scripts make and send. */
import { inCallout, lines, luaString, MAIL, runCallout, type TestRow } from './support';

export function makingRows(row: TestRow): void {
  parts(row);
  building(row);
  sending(row);
}

function parts(row: TestRow): void {
  row('mail-4-12a', async () => {
    const lua = `local part = msg:makePart("text/css", "b {}")
      return msys.type(part), part.parent, part.encoding == core.EC_MIME_TE_7BIT, part:content_type().mimetype,
        part:text(), (msg:raw()), msg:makePart("a/b", "eA==", core.EC_MIME_TE_BASE64):content_type().encoding`;
    expect(await inCallout(lua)).toEqual([
      'msys.core:_ec_message_part',
      undefined,
      true,
      'text/css',
      'b {}',
      MAIL.data,
      'base64',
    ]);
    const ofFile = `local io = core.io_wrapper_open("/tmp/a.css", core.O_RDONLY, 0)
      return msg:makePart("text/css", io):text(), msg:makePart("text/css").parts`;
    const files = { '/tmp/a.css': 'i {}' };
    expect(await inCallout(ofFile, MAIL.data, { files })).toEqual(['i {}', undefined]);
  });

  row('mail-4-12b', async () => {
    const lua = `local own, made = msg:makeContainer("multipart/mixed", "own"), msg:makeContainer("multipart/digest")
      local ok = own:addLastChild(msg:makePart("text/plain", "x"))
      return ok, own.boundary, own.parent, own:content_type().mimetype, #made.boundary > 0, own.parts:text(),
        (msg:raw())`;
    expect(await inCallout(lua)).toEqual([true, 'own', undefined, 'multipart/mixed', true, 'x', MAIL.data]);
    const top = `local top = msg:makeContainer("multipart/mixed", "own", true)
      top:addLastChild(msg:makePart("text/plain", "new"))
      msg:set_first_part(top)
      return msg:text(), msg:mime(true).boundary`;
    expect(await inCallout(top)).toEqual(['new', 'own']);
  });

  row('mail-4-12c', async () => {
    const data = lines('Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'x', '--b--');
    const lua = `local seen, other = { b = true }, msg:makeContainer("multipart/mixed", "c")
      for i = 1, 10 do
        local boundary = msg:makeBoundary(other)
        for known in pairs(seen) do
          if boundary:sub(1, #known) == known or known:sub(1, #boundary) == boundary then return "prefix", boundary end
        end
        seen[boundary] = true
      end
      return "unique"`;
    expect(await inCallout(lua, data)).toEqual(['unique']);
  });
}

const BUILD = `local new = core.ec_message_new(nil)
  new:build(
    { From = "a@example.com", Subject = "built" },
    { ["text/plain"] = ${luaString('für')}, ["text/html; charset=utf-8"] = "<b>x</b>", ["application/x"] = "ab" },
    { { type = "text/csv", name = "./a.csv", headers = "X-A: 1", content = "a;b" },
      { content = msg } })
  new:inject("a@example.com", "archive@example.net")`;

/** The message that a script has built and sent; its types and their encodings. */
async function built() {
  const { mta } = await runCallout(BUILD);
  const message = mta.messages.find(({ envelope }) => envelope.to === 'archive@example.net')!;
  return { message, encodings: message.parts.map(({ type, encoding }) => [type, encoding]) };
}

function building(row: TestRow): void {
  row('mail-4-13a', async () => {
    const { message } = await built();
    expect(message).toHaveHeader('Subject', 'built');
    expect(message).toHaveHeader('From', 'a@example.com');
    expect(message.disposition).toBe('queued');
    const { mta } = await runCallout('msg:build({}, { ["text/plain"] = "x" }, {})');
    expect(mta).toHaveLogged('paniclog', 'the message is not empty');
  });

  row('mail-4-13b', async () => {
    const { encodings, message } = await built();
    expect(encodings.slice(0, 3)).toEqual([
      ['text/plain', 'quoted-printable'],
      ['text/html', 'base64'],
      ['application/x', 'base64'],
    ]);
    expect(message.raw.toString()).toContain('f=C3=BCr');
  });

  row('mail-4-13c', async () => {
    const { message, encodings } = await built();
    const [first, second] = [...message.raw.toString().matchAll(/^Content-Type: (multipart\/\w+)/gim)];
    expect([first![1], second![1]]).toEqual(['multipart/mixed', 'multipart/alternative']);
    expect(encodings.map(([type]) => type)).toEqual([
      'text/plain',
      'text/html',
      'application/x',
      'text/csv',
      'text/plain',
    ]);
    expect(message.parts[3]).toMatchObject({ filename: 'a.csv', isAttachment: true, text: 'a;b' });
    expect(message.raw.toString()).toContain('Content-Type: message/rfc822; name="Attached Message"');
  });
}

function sending(row: TestRow): void {
  row('mail-4-14a', async () => {
    const { mta, sent } = await runCallout('msg:inject("a@example.com", "b@example.net,c@example.net")');
    expect(sent).toBeAccepted();
    const others = mta.messages.filter(({ method }) => method === 'internal');
    expect(others.map(({ envelope }) => envelope)).toEqual([
      { from: 'a@example.com', to: 'b@example.net' },
      { from: 'a@example.com', to: 'c@example.net' },
    ]);
    for (const message of others) {
      expect(message.disposition).toBe('queued');
      expect(message).toHaveHeader('Subject', 'hello');
    }
    expect(mta.domain('example.net')?.active).toBe(2);
    expect(mta.domain('example.org')?.active).toBe(1);
  });

  row('mail-4-14b', async () => {
    const { mta } = await runCallout(
      `msg:forward("f@example.com", "b@example.net,c@example.net", ${luaString('schön')}, "Fwd", "utf-8")`,
    );
    const others = mta.messages.filter(({ envelope }) => envelope.from === 'f@example.com');
    expect(others.map(({ envelope }) => envelope.to)).toEqual(['b@example.net', 'c@example.net']);
    const [message] = others;
    expect(message).toHaveHeader('Subject', 'Fwd');
    expect(message!.parts.map(({ text }) => text?.trim())).toEqual(['schön', 'body']);
    expect(message!.raw.toString()).toMatch(/Content-Type: message\/rfc822\r\n[^]*\r\nSubject: hello\r\n/);
  });
}
