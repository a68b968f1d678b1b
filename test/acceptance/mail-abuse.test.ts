/** Hostile and unlucky clients: each ends in a documented reply or a closed connection, and leaves nothing behind. */
import { setImmediate as turn } from 'node:timers/promises';
import path from 'node:path';
import fc from 'fast-check';
import type { Momentum } from '../../src';
import { CONT } from '../listeners/smtp/support';
import { expectNothingLeft, guardedServer, inbound, until, type GuardedOptions } from './support/guarded';
import { codesOf, dialogue, Wire } from './support/wire';

let mta: Momentum;
let port: number;
const wires: Wire[] = [];
afterEach(async () => {
  for (const wire of wires.splice(0)) wire.destroy();
  await mta.stop();
});

async function start(options = '', more: GuardedOptions = {}): Promise<void> {
  mta = await guardedServer(options, more);
  const { smtp } = await mta.listen({ smtp: 0 });
  port = smtp!.port;
}

async function dial(): Promise<Wire> {
  const wire = await Wire.open(port);
  wires.push(wire);
  return wire;
}

const RUNS = { seed: 20_261_125, numRuns: 60 };
const TLS = `TLS_Certificate = "${path.resolve('fixtures/tls/server.pem')}"`;
const MESSAGE = 'From: a@b.example\r\n\r\n.hello\r\n';
const DIALOGUE = dialogue(MESSAGE);
const CODES = [220, 250, 250, 250, 354, 250, 221];
/** Up to the end mark of the message. */
const COMPLETE = DIALOGUE.indexOf('QUIT');

/** Codes of 4/message-responses and of the RFCs of the extensions. */
const KNOWN_CODES = new Set([
  214, 220, 221, 235, 250, 252, 334, 354, 421, 451, 452, 454, 500, 501, 502, 503, 504, 535, 550, 551, 552,
  554,
]);

function expectReplies(said: string): void {
  const lines = said.split('\r\n');
  expect(lines.pop()).toBe('');
  expect(lines.filter((line) => !/^\d{3}[ -]/.test(line))).toEqual([]);
  expect(codesOf(said).filter((code) => !KNOWN_CODES.has(code))).toEqual([]);
}

/** Without ids, times and the client's port, which differ between connections. */
const comparable = (said: string): string =>
  said.replace(/\b[\dA-F]{2}\/[\dA-F]{2}-\d{5}-[\dA-F]{8}/g, '<id>').replace(/:\d{4,5}\b/g, ':<port>');

async function overSocket(pieces: readonly string[]): Promise<string> {
  const wire = await dial();
  for (const piece of pieces) {
    wire.write(piece);
    await turn();
  }
  wire.end();
  await wire.closed;
  return wire.said;
}

/** The same without a socket. */
async function inProcess(pieces: readonly string[]): Promise<string> {
  const session = mta.smtp.session();
  await session.greeting;
  for (const piece of pieces) {
    session.write(Buffer.from(piece, 'latin1'));
    for (let i = 0; i < 3; i++) await turn();
  }
  for (let i = 0; i < 30; i++) await turn();
  const said = session.transcript
    .filter((line) => !line.startsWith('C: '))
    .map((line) => `${line.slice(3)}\r\n`);
  await session.disconnect();
  return said.join('');
}

describe('a client that goes away at any byte', () => {
  test('over a socket, half-closed and reset', async () => {
    await start();
    for (let length = 0; length <= DIALOGUE.length; length++) {
      const half = await dial();
      half.end(DIALOGUE.slice(0, length));
      await half.closed;
      expect(CODES.slice(0, half.codes.length)).toEqual(half.codes);
      const gone = await dial();
      gone.write(DIALOGUE.slice(0, length));
      if (length % 2 === 0) gone.socket.resetAndDestroy();
      else gone.destroy();
    }
    await expectNothingLeft(mta);
    const sent = mta.messages.length;
    expect(sent).toBeGreaterThanOrEqual(DIALOGUE.length - COMPLETE + 1);
    expect(mta.messages.every(({ text }) => text === '.hello\r\n')).toBe(true);
    expect(mta.mainlog).toHaveLength(sent);
  });

  test('in process, at once and when the server has answered', async () => {
    await start();
    for (let length = 0; length <= DIALOGUE.length; length++)
      for (const turns of [0, 1, 20]) {
        const session = mta.smtp.session();
        session.write(DIALOGUE.slice(0, length));
        for (let i = 0; i < turns; i++) await turn();
        await session.disconnect();
      }
    await expectNothingLeft(mta, 3 * (DIALOGUE.length + 1));
    expect(mta.messages.every(({ text }) => text === '.hello\r\n')).toBe(true);
    const goneEarly = COMPLETE + 1;
    const [aborted] = (await mta.eval('aborted')) as [number];
    expect(aborted).toBeGreaterThanOrEqual(3 * goneEarly - 1);
  });

  test('sent in two pieces, wherever they are cut, it gets the same replies', async () => {
    await start();
    const whole = comparable(await inProcess([DIALOGUE]));
    expect(codesOf(whole)).toEqual(CODES);
    for (let at = 1; at < DIALOGUE.length; at++)
      expect(comparable(await inProcess([DIALOGUE.slice(0, at), DIALOGUE.slice(at)]))).toBe(whole);
    await expectNothingLeft(mta);
  });

  test('byte by byte', async () => {
    await start();
    expect(codesOf(await overSocket(Array.from(DIALOGUE)))).toEqual(CODES);
    await expectNothingLeft(mta, 1);
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
    await start(AUTH, FILES);
    const pieces = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(stream, pieces, async (bytes, sizes) => {
        const all = `${bytes}\r\n.\r\nRSET\r\nQUIT\r\n`;
        let at = 0;
        const parts = [...sizes.map((size) => all.slice(at, (at += size))), all.slice(at)];
        const said = await overSocket(parts);
        expectReplies(said);
        // A challenge of CRAM-MD5 is another one each time.
        if (!said.includes('\n334 PD')) expect(comparable(await inProcess([all]))).toBe(comparable(said));
      }),
      RUNS,
    );
    await expectNothingLeft(mta);
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
    await start();
    const said = await overSocket([bytes]);
    expectReplies(said);
    if (codes) expect(codesOf(said)).toEqual(codes);
    await expectNothingLeft(mta, 1);
  });

  test.each(['\n.\n', '\n.\r\n', '\r.\r', '\r\n.\r', '\r\n.\n', '\r.\r\n', '\r\n\0.\r\n'])(
    'no other end of a message than CRLF, dot, CRLF: %j smuggles nothing',
    async (mark) => {
      await start();
      const smuggled = `From: a@b.example\r\n\r\none${mark}MAIL FROM:<evil@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nFrom: x`;
      const said = await overSocket([dialogue(smuggled)]);
      expect(codesOf(said)).toEqual(CODES);
      expect(mta.messages.map(({ envelope }) => envelope.from)).toEqual(['a@b.example']);
    },
  );

  test('a message without an end takes no more memory than is allowed', async () => {
    await start('Max_Message_Size = 100000');
    const wire = await dial();
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
    await expectNothingLeft(mta, 1);
  });
});

describe('TLS and AUTH', () => {
  const STARTTLS = `SMTP_Extensions = ("STARTTLS") ${TLS}`;

  test('garbage in place of a handshake closes the connection', async () => {
    await start(STARTTLS);
    const bytes = fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(bytes, async (garbage) => {
        const wire = await dial();
        wire.write('STARTTLS\r\n');
        expect(await wire.replies(2)).toEqual([220, 220]);
        wire.end(String.fromCharCode(...garbage));
        await wire.closed;
        expect(wire.codes).toEqual([220, 220]);
      }),
      { ...RUNS, numRuns: 30 },
    );
    await expectNothingLeft(mta);
  });

  test('commands that are sent along with STARTTLS are refused, and not carried out', async () => {
    await start(STARTTLS);
    for (const injected of [
      'NOOP\r\n',
      'M',
      '\n',
      'MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n',
    ]) {
      const wire = await dial();
      wire.write(`EHLO a\r\nSTARTTLS\r\n${injected}`);
      await wire.closed;
      expect(wire.codes).toEqual([220, 250, 503]);
    }
    await expectNothingLeft(mta, 4);
    expect(mta.messages).toEqual([]);
  });

  test('a client that goes in the middle of a handshake', async () => {
    await start(STARTTLS);
    for (const how of ['end', 'destroy'] as const) {
      const wire = await dial();
      wire.write('STARTTLS\r\n');
      await wire.replies(2);
      wire[how]();
      await wire.closed;
    }
    await expectNothingLeft(mta, 2);
  });

  test('AUTH: every answer that is none', async () => {
    await start(
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
        const said = await overSocket([
          `EHLO a\r\nAUTH ${method}\r\n`,
          ...lines.map((answer) => `${answer}\r\n`),
        ]);
        expectReplies(said);
        expect(codesOf(said)).not.toContain(235);
      }),
      RUNS,
    );
    await expectNothingLeft(mta);
  });
});

describe('many clients', () => {
  test('500 at the same time', async () => {
    await start();
    const clients = await Promise.all(Array.from({ length: 500 }, () => dial()));
    await Promise.all(clients.map((client) => client.replies(1)));
    expect(await inbound(mta)).toBe(500);
    for (const client of clients) client.end(DIALOGUE);
    await Promise.all(clients.map(({ closed }) => closed));
    expect(clients.filter(({ codes }) => codes.join() !== CODES.join())).toEqual([]);
    expect(mta.messages).toHaveLength(500);
    expect(new Set(mta.messages.map(({ id }) => id)).size).toBe(500);
    await expectNothingLeft(mta, 500);
  });

  test('beyond Listener_Sessions each hears 421, and the places are free again afterwards', async () => {
    await start('Listener_Sessions = 40');
    for (let round = 0; round < 3; round++) {
      const clients = await Promise.all(Array.from({ length: 120 }, () => dial()));
      await Promise.all(clients.map((client) => client.replies(1)));
      const served = clients.filter(({ codes }) => codes[0] === 220);
      const refused = clients.filter(({ codes }) => codes[0] === 421);
      expect([served.length, refused.length]).toEqual([40, 80]);
      await Promise.all(refused.map(({ closed }) => closed));
      expect(new Set(refused.map(({ said }) => said))).toEqual(
        new Set(['421 4.4.5 Service unavailable, concurrency limit reached.\r\n']),
      );
      for (const client of served) client.destroy();
      await until('no session is left', async () => (await inbound(mta)) === 0);
    }
    await expectNothingLeft(mta);
    expect(mta.rejectlog).toHaveLength(240);
  });

  test('who sends nothing is dropped after Idle_Time, in every state', async () => {
    await start('Idle_Time = 60');
    const states = ['', 'EHLO a\r\n', 'MAIL FROM:<a@b.example>\r\n', 'EHLO', DIALOGUE.slice(0, COMPLETE - 5)];
    const clients = await Promise.all(states.map(() => dial()));
    await Promise.all(
      clients.map((client, i) => {
        client.write(states[i]!);
        return client.replies(1 + codesOf(comparable(states[i]!)).length);
      }),
    );
    for (let i = 0; i < 50; i++) await turn();
    await mta.clock.advance('59s');
    expect(await inbound(mta)).toBe(5);
    await mta.clock.advance('2s');
    await Promise.all(clients.map(({ closed }) => closed));
    await expectNothingLeft(mta, 5);
  });
});

describe('while a session is open', () => {
  const HALF = DIALOGUE.slice(0, DIALOGUE.indexOf('DATA'));

  test('a reload: the transaction is finished, the next one is told', async () => {
    await start();
    const wire = await dial();
    wire.write(HALF);
    await wire.replies(4);
    expect(await mta.reload()).toMatchObject({ ok: true });
    wire.write(DIALOGUE.slice(HALF.length, COMPLETE));
    expect(await wire.replies(6)).toEqual([220, 250, 250, 250, 354, 250]);
    wire.write('MAIL FROM:<a@b.example>\r\n');
    await wire.closed;
    expect(wire.said).toMatch(/421 4\.3\.2 Reconfiguration in progress\r\n$/);
    expect(mta.messages).toMatchObject([{ disposition: 'queued' }]);
    await until('no session is left', async () => (await inbound(mta)) === 0);
    // Those of before are counted by scripts of before.
    await expectNothingLeft(mta, 0);
  });

  test('a reload within the body, and one that fails', async () => {
    await start('', { callouts: { 'validate_data_spool(msg)': `msg:header("X-Policy", "old") ${CONT}` } });
    const wire = await dial();
    wire.write(DIALOGUE.slice(0, DIALOGUE.indexOf('.hello') - 1));
    await wire.replies(5);
    await mta.reload();
    await mta.reload();
    wire.end(DIALOGUE.slice(DIALOGUE.indexOf('.hello') - 1));
    await wire.closed;
    expect(wire.codes).toEqual(CODES);
    expect(mta.messages[0]!.headers.get('X-Policy')).toBe('old');
    await expectNothingLeft(mta, 0);
  });

  test('mta.stop closes sessions in every state', async () => {
    await start('', {
      callouts: { 'validate_ehlo(str)': `if tostring(str):find("sleepy") then msys.sleep(3600) end ${CONT}` },
    });
    const states = [
      '',
      'EH',
      'EHLO a\r\n',
      'EHLO sleepy\r\n',
      HALF,
      DIALOGUE.slice(0, DIALOGUE.indexOf('.hello')),
      'QUIT\r\n',
    ];
    const clients = await Promise.all(states.map(() => dial()));
    const sessions = states.map(() => mta.smtp.session());
    await Promise.all(sessions.map(({ greeting }) => greeting));
    states.forEach((bytes, i) => {
      clients[i]!.write(bytes);
      sessions[i]!.write(bytes);
    });
    await Promise.all(clients.map((client) => client.replies(1)));
    for (let i = 0; i < 20; i++) await turn();
    await Promise.all([mta.stop(), mta.stop()]);
    await Promise.all(clients.map(({ closed }) => closed));
    expect(sessions.map(({ disconnected }) => disconnected)).toEqual(states.map(() => true));
    expect(mta.takeFailures()).toEqual([]);
  });
});

describe('a callout', () => {
  const HEADS = {
    connect: 'validate_connect(ac, vctx)',
    ehlo: 'validate_ehlo()',
    mailfrom: 'validate_mailfrom()',
    rcptto: 'validate_rcptto()',
    rcptto_list: 'validate_rcptto_list()',
    data: 'validate_data()',
    data_spool: 'validate_data_spool()',
    each_rcpt: 'validate_data_spool_each_rcpt()',
    set_binding: 'validate_set_binding()',
    command: 'core_post_smtp_command()',
    abort: 'core_server_esmtp_session_abort()',
    dealloc: 'validate_dealloc()',
  };
  const GONE = [...Object.values(HEADS)].slice(0, 9);

  test.each(Object.entries(HEADS))('that throws, in %s', async (_phase, head) => {
    await start('', { callouts: { [head]: 'error("thrown")' } });
    const said = await overSocket([DIALOGUE]);
    expectReplies(said);
    const partial = await dial();
    partial.write('EHLO a\r\n');
    await partial.replies(1);
    partial.destroy();
    await until('no session is left', async () => (await inbound(mta)) === 0);
    expect(mta.paniclog.some(({ text }) => text.includes('thrown'))).toBe(true);
    expect(mta.clock.pending).toEqual([]);
  });

  test.each(Object.entries(HEADS).slice(0, 9))('that never returns, in %s', async (_phase, head) => {
    await start('', { callouts: { [head]: 'while true do end' }, limits: { instructions: 10_000 } });
    const said = await overSocket([DIALOGUE]);
    expectReplies(said);
    expect(codesOf(said).some((code) => code >= 400)).toBe(true);
    await until('no session is left', async () => (await inbound(mta)) === 0);
    expect(mta.paniclog.some(({ text }) => text.includes('without returning'))).toBe(true);
  });

  test.each(GONE)('that waits while the client goes, in %s', async (head) => {
    const heads = { [head]: `waiting = true msys.dnsLookup("slow.example", "A") resumed = true ${CONT}` };
    if (head === HEADS.connect)
      heads[head] = `opened = (opened or 0) + 1 counted = ac:inbound_session_count() ${heads[head]!}`;
    await start('', { callouts: heads });
    mta.dns.delay('slow.example', '5s');
    const clients = [await dial(), await dial(), await dial()] as const;
    for (const client of clients) client.write(DIALOGUE.slice(0, COMPLETE));
    await until(
      'the callout waits',
      async () => (await mta.eval('waiting'))[0] === true && (await inbound(mta)) === 3,
    );
    for (let i = 0; i < 50; i++) await turn();
    clients[0].destroy();
    clients[1].socket.resetAndDestroy();
    clients[2].end();
    for (let i = 0; i < 50; i++) await turn();
    await mta.clock.advance('1m');
    await Promise.all(clients.map(({ closed }) => closed));
    await until('no session is left', async () => {
      await mta.clock.advance('1m');
      return (await inbound(mta)) === 0;
    });
    expect(await mta.eval('resumed, opened, closed')).toEqual([true, 3, 3]);
    expect(mta.takeFailures()).toEqual([]);
  });

  test('that holds the session back while the client goes ends with it', async () => {
    await start('', { callouts: { 'validate_mailfrom(str, ac, vctx)': `vctx:tarpit(3600) ${CONT}` } });
    const clients = [await dial(), await dial()] as const;
    for (const client of clients) client.write(HALF_MAIL);
    await until('both are held back', () => mta.clock.pending.length === 2);
    clients[0].destroy();
    await until('one is gone', async () => (await inbound(mta)) === 1);
    clients[1].end();
    await mta.clock.advance('1h');
    await clients[1].closed;
    expect(clients[1].codes).toEqual([220, 250, 250]);
    await expectNothingLeft(mta, 2);
  });
});

const HALF_MAIL = 'EHLO a\r\nMAIL FROM:<a@b.example>\r\n';
