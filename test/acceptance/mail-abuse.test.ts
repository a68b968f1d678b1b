/** Hostile and unlucky clients: each ends in a documented reply or a closed connection, and leaves nothing behind. */
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import { Clients, CODES, comparable, COMPLETE, DIALOGUE, expectReplies } from './support/clients';
import { expectNothingLeft } from './support/guarded';
import { codesOf, dialogue } from './support/wire';

const clients = new Clients();
afterEach(() => clients.stop());

const RUNS = { seed: 20_261_125, numRuns: 60 };
const TLS = `TLS_Certificate = "${path.resolve('fixtures/tls/server.pem')}"`;

describe('a client that goes away at any byte', () => {
  test('over a socket, half-closed and reset', async () => {
    await clients.start();
    for (let length = 0; length <= DIALOGUE.length; length++) {
      const half = await clients.dial();
      half.end(DIALOGUE.slice(0, length));
      await half.closed;
      expect(CODES.slice(0, half.codes.length)).toEqual(half.codes);
      const gone = await clients.dial();
      gone.write(DIALOGUE.slice(0, length));
      if (length % 2 === 0) gone.socket.resetAndDestroy();
      else gone.destroy();
    }
    await expectNothingLeft(clients.mta);
    const sent = clients.mta.messages.length;
    expect(sent).toBeGreaterThanOrEqual(DIALOGUE.length - COMPLETE + 1);
    expect(clients.mta.messages.every(({ text }) => text === '.hello\r\n')).toBe(true);
    expect(clients.mta.mainlog).toHaveLength(sent);
  });

  test('in process, at once and when the server has answered', async () => {
    await clients.start();
    for (let length = 0; length <= DIALOGUE.length; length++)
      for (const turns of [0, 1, 20]) {
        const session = clients.mta.smtp.session();
        session.write(DIALOGUE.slice(0, length));
        for (let i = 0; i < turns; i++) await turn();
        await session.disconnect();
      }
    await expectNothingLeft(clients.mta, 3 * (DIALOGUE.length + 1));
    expect(clients.mta.messages.every(({ text }) => text === '.hello\r\n')).toBe(true);
    const goneEarly = COMPLETE + 1;
    const [aborted] = (await clients.mta.eval('aborted')) as [number];
    expect(aborted).toBeGreaterThanOrEqual(3 * goneEarly - 1);
  });

  test('sent in two pieces, wherever they are cut, it gets the same replies', async () => {
    await clients.start();
    const whole = comparable(await clients.inProcess([DIALOGUE]));
    expect(codesOf(whole)).toEqual(CODES);
    for (let at = 1; at < DIALOGUE.length; at++)
      expect(comparable(await clients.inProcess([DIALOGUE.slice(0, at), DIALOGUE.slice(at)]))).toBe(whole);
    await expectNothingLeft(clients.mta);
  });

  test('byte by byte', async () => {
    await clients.start();
    expect(codesOf(await clients.overSocket(Array.from(DIALOGUE)))).toEqual(CODES);
    await expectNothingLeft(clients.mta, 1);
  });
});

describe('streams of commands that are none', () => {
  const VERBS = [
    'EHLO a',
    'HELO a',
    'MAIL FROM:<a@b.example>',
    'MAIL FROM:<>',
    'RCPT TO:<c@d.example>',
    'DATA',
    'BDAT 5 LAST',
    'RSET',
    'NOOP',
    'VRFY a',
    'EXPN a',
    'HELP',
    'AUTH LOGIN',
    'AUTH PLAIN AGpvZQBzZWNyZXQ=',
    'AUTH CRAM-MD5',
    'XDUMPCONTEXT',
    'XSETCONTEXT a=+0D+0A',
    'From: a@b.example',
    '',
    '.',
    '..',
    '.\r\n.',
    '*',
    '=',
    'GET / HTTP/1.1',
  ];
  const anyByte = fc.nat({ max: 255 }).map((code) => String.fromCharCode(code));
  const noise = fc.array(anyByte, { maxLength: 30 }).map((bytes) => bytes.join(''));
  const mutated = fc.tuple(fc.constantFrom(...VERBS), fc.nat(), anyByte).map(([verb, at, byte]) => {
    const index = at % (verb.length + 1);
    return `${verb.slice(0, index)}${byte}${verb.slice(index + (at % 2))}`;
  });
  const line = fc.tuple(
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...VERBS) }, mutated, noise),
    fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n', '\0\r\n', ' \r\n', ''),
  );
  const stream = fc
    .array(line, { maxLength: 25 })
    .map((lines) => lines.map((parts) => parts.join('')).join(''));
  const AUTH = `SMTP_Extensions = ("ENHANCEDSTATUSCODES" "AUTH LOGIN PLAIN CRAM-MD5" "XDUMPCONTEXT" "XSETCONTEXT")
    AuthLoginParameters = [ uri = "file:///p" ] AuthPlainParameters = [ uri = "file:///p" ]
    AuthCramMD5Parameters = [ uri = "file:///p" ] Max_Message_Size = 3000`;
  const FILES = { files: { '/p': 'joe:secret\n' } };

  test('over a socket and in process the server says the same', async () => {
    await clients.start(AUTH, FILES);
    const pieces = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(stream, pieces, async (bytes, sizes) => {
        const all = `${bytes}\r\n.\r\nRSET\r\nQUIT\r\n`;
        let at = 0;
        const parts = [...sizes.map((size) => all.slice(at, (at += size))), all.slice(at)];
        const said = await clients.overSocket(parts);
        expectReplies(said);
        // A challenge of CRAM-MD5 is another one each time.
        if (!said.includes('\n334 PD'))
          expect(comparable(await clients.inProcess([all]))).toBe(comparable(said));
      }),
      RUNS,
    );
    await expectNothingLeft(clients.mta);
  });

  test.each([
    ['a line without an end', 'x'.repeat(3_000_000), [220]],
    ['a line that is too long', `NOOP ${'x'.repeat(3_000_000)}\r\nNOOP\r\n`, [220, 500, 250]],
    ['NULs', '\0\0\0\r\nNO\0OP\r\nMAIL FROM:<a\0@b.example>\r\n', [220, 500, 500, 500]],
    ['octets above 127', 'N\xffOP\r\n\xff\xfe\r\nEHLO \xe9\r\nMAIL FROM:<\xc3\xa9@b.example>\r\n', undefined],
    ['only CRs', '\r'.repeat(10_000), [220]],
    ['only LFs', '\n'.repeat(1000), [220, ...Array<number>(1000).fill(500)]],
    ['lines that end with LF', 'NOOP\nRSET\nQUIT\n', [220, 250, 250, 221]],
    ['lines that end with CR', 'NOOP\rRSET\rQUIT\r', [220]],
    [
      'BDAT, which nobody offers',
      'EHLO a\r\nMAIL FROM:<a@b.example>\r\nBDAT 4\r\nQUIT\r\n',
      [220, 250, 250, 500, 221],
    ],
    ['HTTP', 'POST / HTTP/1.1\r\nHost: a\r\n\r\n', [220, 500, 500, 500]],
    ['a TLS handshake', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'.repeat(50), [220]],
    [
      'garbage behind the message',
      `${DIALOGUE.slice(0, COMPLETE)}\x01\x02\r\n.\r\nQUIT\r\n`,
      [220, 250, 250, 250, 354, 250, 500, 500, 221],
    ],
    [
      'a second end mark',
      `${DIALOGUE.slice(0, COMPLETE)}.\r\n.\r\nNOOP\r\n`,
      [220, 250, 250, 250, 354, 250, 500, 500, 250],
    ],
    ['QUIT and more', 'QUIT\r\nMAIL FROM:<a@b.example>\r\nNOOP\r\n', [220, 221]],
  ])('%s', async (_title, bytes, codes) => {
    await clients.start();
    const said = await clients.overSocket([bytes]);
    expectReplies(said);
    if (codes) expect(codesOf(said)).toEqual(codes);
    await expectNothingLeft(clients.mta, 1);
  });

  test.each(['\n.\n', '\n.\r\n', '\r.\r', '\r\n.\r', '\r\n.\n', '\r.\r\n', '\r\n\0.\r\n'])(
    'no other end of a message than CRLF, dot, CRLF: %j smuggles nothing',
    async (mark) => {
      await clients.start();
      const smuggled = `From: a@b.example\r\n\r\none${mark}MAIL FROM:<evil@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nFrom: x`;
      const said = await clients.overSocket([dialogue(smuggled)]);
      expect(codesOf(said)).toEqual(CODES);
      expect(clients.mta.messages.map(({ envelope }) => envelope.from)).toEqual(['a@b.example']);
    },
  );

  test('a message without an end takes no more memory than is allowed', async () => {
    await clients.start('Max_Message_Size = 100000');
    const wire = await clients.dial();
    wire.write(DIALOGUE.slice(0, DIALOGUE.indexOf('From:')));
    await wire.replies(5);
    const before = process.memoryUsage().rss;
    const chunk = 'x'.repeat(1_000_000);
    for (let i = 0; i < 60; i++)
      await new Promise<void>((resolve) => wire.socket.write(chunk, () => resolve()));
    expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
    wire.end('\r\n.\r\nQUIT\r\n');
    await wire.closed;
    expect(wire.codes).toEqual([220, 250, 250, 250, 354, 552, 221]);
    await expectNothingLeft(clients.mta, 1);
  });
});

describe('TLS and AUTH', () => {
  const STARTTLS = `SMTP_Extensions = ("STARTTLS") ${TLS}`;

  test('garbage in place of a handshake closes the connection', async () => {
    await clients.start(STARTTLS);
    const bytes = fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(bytes, async (garbage) => {
        const wire = await clients.dial();
        wire.write('STARTTLS\r\n');
        expect(await wire.replies(2)).toEqual([220, 220]);
        wire.end(String.fromCharCode(...garbage));
        await wire.closed;
        expect(wire.codes).toEqual([220, 220]);
      }),
      { ...RUNS, numRuns: 30 },
    );
    await expectNothingLeft(clients.mta);
  });

  test('commands that are sent along with STARTTLS are refused, and not carried out', async () => {
    await clients.start(STARTTLS);
    for (const injected of [
      'NOOP\r\n',
      'M',
      '\n',
      'MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n',
    ]) {
      const wire = await clients.dial();
      wire.write(`EHLO a\r\nSTARTTLS\r\n${injected}`);
      await wire.closed;
      expect(wire.codes).toEqual([220, 250, 503]);
    }
    await expectNothingLeft(clients.mta, 4);
    expect(clients.mta.messages).toEqual([]);
  });

  test('a client that goes in the middle of a handshake', async () => {
    await clients.start(STARTTLS);
    for (const how of ['end', 'destroy'] as const) {
      const wire = await clients.dial();
      wire.write('STARTTLS\r\n');
      await wire.replies(2);
      wire[how]();
      await wire.closed;
    }
    await expectNothingLeft(clients.mta, 2);
  });

  test('a client that goes anywhere in a session over TLS', async () => {
    await clients.start(STARTTLS);
    for (let length = 0; length <= DIALOGUE.length; length += 12) {
      const wire = await clients.dial();
      wire.write('STARTTLS\r\n');
      await wire.replies(2);
      wire.socket.removeAllListeners('data');
      const secure = connectTls({ socket: wire.socket, rejectUnauthorized: false });
      secure.on('error', () => undefined);
      await once(secure, 'secureConnect');
      if (length % 24 === 0) secure.end(DIALOGUE.slice(0, length));
      else secure.write(DIALOGUE.slice(0, length), () => wire.socket.resetAndDestroy());
      secure.resume();
      await wire.closed;
    }
    await expectNothingLeft(clients.mta);
    expect(clients.mta.messages.every(({ text }) => text === '.hello\r\n')).toBe(true);
  });

  test('AUTH: every answer that is none', async () => {
    await clients.start(
      `SMTP_Extensions = ("AUTH LOGIN PLAIN CRAM-MD5 DIGEST-MD5") AuthLoginParameters = [ uri = "file:///p" ]
       AuthPlainParameters = [ uri = "file:///p" ] AuthCramMD5Parameters = [ uri = "file:///p" ]
       AuthDigestMD5Parameters = [ uri = "file:///p" ]`,
      { files: { '/p': 'joe:secret\n' } },
    );
    const answers = fc.array(
      fc.oneof(
        fc.string({ maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, '')),
        fc.base64String({ maxLength: 40 }),
        fc.constantFrom('', '=', '*', '====', 'am9l', '\xff', 'A'.repeat(20_000)),
      ),
      { minLength: 1, maxLength: 5 },
    );
    const methods = fc.constantFrom(
      'LOGIN',
      'PLAIN',
      'CRAM-MD5',
      'DIGEST-MD5',
      'PLAIN =',
      'LOGIN am9l',
      'NTLM',
      '',
      'PLAIN a b',
    );
    await fc.assert(
      fc.asyncProperty(methods, answers, async (method, lines) => {
        const said = await clients.overSocket([
          `EHLO a\r\nAUTH ${method}\r\n`,
          ...lines.map((answer) => `${answer}\r\n`),
        ]);
        expectReplies(said);
        expect(codesOf(said)).not.toContain(235);
      }),
      RUNS,
    );
    await expectNothingLeft(clients.mta);
  });
});
