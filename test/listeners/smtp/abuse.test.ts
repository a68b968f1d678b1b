import fc from 'fast-check';
import type { Momentum, SmtpSession } from '../../../src';
import { smtpServer } from './support';

let mta: Momentum;
beforeEach(async () => {
  mta = await smtpServer(
    `SMTP_Extensions = ("STARTTLS" "AUTH LOGIN PLAIN CRAM-MD5 DIGEST-MD5" "XDUMPCONTEXT" "XSETCONTEXT" "XCLIENT" "XREMOTEIP")
     TLS_Certificate = "/any.pem" Max_Message_Size = 2000 Starttls_Injection_Policy = "allow"
     AuthLoginParameters = [ uri = "file:///p" ] AuthPlainParameters = [ uri = "file:///p" ]
     AuthCramMD5Parameters = [ uri = "file:///p" ] AuthDigestMD5Parameters = [ uri = "file:///p" ]`,
    { files: { '/p': 'joe:secret\n' } },
  );
});
afterEach(() => mta.stop());

const REPLY_LINE = /^S: (\d{3})[ -]/;

const command = fc.oneof(
  fc.constantFrom(
    'EHLO a',
    'HELO a',
    'MAIL FROM:<a@b.example>',
    'MAIL FROM:<>',
    'RCPT TO:<c@d.example>',
    'DATA',
    'From: a@b.example',
    '',
    'body',
    '.',
    '..',
    'RSET',
    'NOOP',
    'VRFY a',
    'STARTTLS',
    'AUTH LOGIN',
    'AUTH PLAIN AGpvZQBzZWNyZXQ=',
    'AUTH CRAM-MD5',
    'AUTH DIGEST-MD5',
    'XDUMPCONTEXT',
    'XSETCONTEXT a=b+0D+0Ac',
    'XCLIENT ADDR=192.0.2.1',
    'XREMOTEIP 192.0.2.1',
    '*',
    '=',
  ),
  fc.string({ maxLength: 40 }),
  fc
    .tuple(
      fc.constantFrom('MAIL FROM:', 'RCPT TO:', 'EHLO ', 'AUTH ', 'XCLIENT ', 'HELO'),
      fc.string({ maxLength: 60 }),
    )
    .map((parts) => parts.join('')),
  fc.integer({ min: 1, max: 40_000 }).map((length) => 'x'.repeat(length)),
);
const lineEnd = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r', '');

/** Writes bytes in pieces, and gives the server turns between them. */
async function write(session: SmtpSession, bytes: Buffer, pieces: readonly number[]): Promise<void> {
  let at = 0;
  for (const size of [...pieces, bytes.length]) {
    if (at < bytes.length) session.write(bytes.subarray(at, at + size));
    at += size;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What was said is replies of SMTP, and nothing else. */
function checkReplies(session: SmtpSession): void {
  const said = session.transcript.filter((line) => !line.startsWith('C: '));
  expect(said.filter((line) => !REPLY_LINE.test(line))).toEqual([]);
  const codes = said.map((line) => Number(REPLY_LINE.exec(line)![1]));
  expect(codes.filter((code) => code < 200 || code > 599)).toEqual([]);
}

test('whatever a client sends, in whatever pieces, and wherever it goes away', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(command, lineEnd), { maxLength: 25 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 10 }),
      fc.boolean(),
      async (lines, pieces, saysQuit) => {
        const session = mta.smtp.session();
        await session.greeting;
        const bytes = Buffer.from(lines.map((parts) => parts.join('')).join(''));
        await write(session, bytes, pieces);
        checkReplies(session);
        if (saysQuit) session.write('\r\n.\r\nRSET\r\nQUIT\r\n');
        await session.disconnect();
        checkReplies(session);
      },
    ),
    { numRuns: 300 },
  );
  expect((await mta.console('show inbound')).output).toBe('');
  expect(mta.takeFailures()).toEqual([]);
  expect(mta.diagnostics.length).toBe(0);
});

test('addresses that make regular expressions slow', async () => {
  const session = mta.smtp.session();
  await session.ehlo();
  const begin = process.hrtime.bigint();
  for (const filler of ['a-', 'a.', '-', '"\\', '@a,', 'a@', '<', '[', '\\"'])
    for (const length of [2000, 8000])
      expect(await session.command(`MAIL FROM:<${filler.repeat(length / filler.length)}!>`)).toMatchObject({
        code: 501,
      });
  expect(Number(process.hrtime.bigint() - begin) / 1e6).toBeLessThan(5000);
});

test('10,000 messages over 50 connections at a time: none is lost, and nothing of a session stays', async () => {
  await mta.stop();
  mta = await smtpServer();
  const sessions: WeakRef<SmtpSession>[] = [];
  let sent = 0;
  const client = async () => {
    while (sent < 10_000) {
      const session = mta.smtp.session();
      sessions.push(new WeakRef(session));
      await session.ehlo();
      for (let i = 0; i < 10; i++) {
        const number = sent++;
        await session.mail('a@b.example');
        await session.rcpt(`user${number}@d.example`);
        expect(await session.data(`From: a@b.example\r\n\r\n${number}\r\n`)).toMatchObject({ code: 250 });
      }
      await session.quit();
    }
  };
  await Promise.all(Array.from({ length: 50 }, client));
  expect(new Set(mta.messages.map(({ envelope }) => envelope.to)).size).toBe(sent);
  expect(mta.mainlog).toHaveLength(sent);
  expect(mta.clock.pending).toEqual([]);
  const collect = await collector();
  const alive = () => sessions.filter((session) => session.deref() !== undefined).length;
  for (let turn = 0; turn < 20 && alive() > 50; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  expect(alive()).toBeLessThanOrEqual(50);
}, 240_000);

/** The garbage collector, without a command-line flag. */
async function collector(): Promise<() => void> {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
