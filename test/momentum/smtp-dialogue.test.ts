import { UsageError, type Momentum } from '../../src';
import { CONT, policy, smtpServer } from '../listeners/smtp/support';

let mta: Momentum;
afterEach(() => mta.stop());

const DATA = 'From: a@example.com\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n\r\nhello\r\n';

test('the dialogue of the documentation', async () => {
  mta = await smtpServer('Banner_Hostname = "edge.example.com"');
  const { transcript, ...outcome } = await mta.smtp.send({
    from: 'sender@mail.example.com',
    to: 'test@example.org',
    data: DATA,
    peer: '192.0.2.100',
    ehlo: 'sender.example.com',
  });
  expect(transcript).toEqual([
    'S: 220 edge.example.com ESMTP ecelerity 5.3 Thu, 01 Jan 2026 00:00:00 +0000',
    'C: EHLO sender.example.com',
    'S: 250-edge.example.com says EHLO to 192.0.2.100',
    'S: 250-8BITMIME',
    'S: 250 PIPELINING',
    'C: MAIL FROM:<sender@mail.example.com>',
    'S: 250 MAIL FROM accepted',
    'C: RCPT TO:<test@example.org>',
    'S: 250 RCPT TO accepted.',
    'C: DATA',
    'S: 354 continue.  finished with "\\r\\n.\\r\\n"',
    `C: (message of ${DATA.length} octets)`,
    expect.stringMatching(/^S: 250 2\.0\.0 OK \S+$/),
    'C: QUIT',
    'S: 221 edge.example.com service closing transmission channel',
  ]);
  expect(outcome).toMatchObject({
    code: 250,
    accepted: ['test@example.org'],
    rejected: [],
    refusal: undefined,
    disconnected: false,
  });
  expect(outcome.messages.map(({ envelope }) => envelope)).toEqual([
    { from: 'sender@mail.example.com', to: 'test@example.org' },
  ]);
});

// What is sent after EHLO, in this order, and the last reply.
test.each<[title: string, commands: string[], reply: string]>([
  ['an unknown command', ['FOO'], '500 5.5.2 unrecognized command'],
  ['an empty line', [''], '500 5.5.2 unrecognized command'],
  ['a NUL', ['NO\0OP'], '500 5.5.2 unrecognized command'],
  ['an extension that is not configured', ['STARTTLS'], '500 5.5.2 unrecognized command'],
  ['EHLO without a name', ['EHLO'], '501 5.5.2 invalid EHLO'],
  ['HELO without a name', ['HELO '], '501 5.5.2 invalid HELO'],
  ['HELO', ['helo there'], '250 localhost says HELO to 127.0.0.1'],
  ['MAIL without FROM', ['MAIL'], '501 5.5.2 MAIL FROM syntax error'],
  ['MAIL without brackets', ['MAIL FROM:a@b.example'], '501 5.5.2 MAIL FROM syntax error'],
  ['MAIL with TO', ['MAIL TO:<a@b.example>'], '501 5.5.2 MAIL FROM syntax error'],
  ['MAIL without a domain', ['MAIL FROM:<a>'], '501 5.5.2 MAIL FROM syntax error'],
  ['MAIL with an unknown parameter', ['MAIL FROM:<a@b.example> X=1'], '501 5.5.2 MAIL FROM syntax error'],
  [
    'MAIL with SIZE that is no number',
    ['MAIL FROM:<a@b.example> SIZE=x'],
    '501 5.5.2 MAIL FROM syntax error',
  ],
  ['blanks within the brackets', ['MAIL FROM:< a@b.example >'], '501 5.5.2 MAIL FROM syntax error'],
  ['MAIL with parameters', ['MAIL FROM:<a@b.example> SIZE=10 BODY=8BITMIME'], '250 MAIL FROM accepted'],
  ['MAIL in any case', ['mail from: <a@b.example> body=7bit '], '250 MAIL FROM accepted'],
  ['the null sender', ['MAIL FROM:<>'], '250 MAIL FROM accepted'],
  ['two MAILs', ['MAIL FROM:<a@b.example>', 'MAIL FROM:<>'], '501 5.5.1 MAIL FROM already established'],
  ['RCPT first', ['RCPT TO:<a@b.example>'], '503 RCPT TO without MAIL FROM'],
  ['RCPT of nobody', ['MAIL FROM:<>', 'RCPT TO:<>'], '501 5.5.2 RCPT TO syntax error'],
  ['RCPT without a domain', ['MAIL FROM:<>', 'RCPT TO:<postmaster>'], '501 5.5.2 RCPT TO syntax error'],
  ['a source route', ['MAIL FROM:<>', 'RCPT TO:<@x.example:a@b.example>'], '250 RCPT TO accepted.'],
  ['an IP literal', ['MAIL FROM:<>', 'RCPT TO:<a@[192.0.2.1]>'], '250 RCPT TO accepted.'],
  ['DATA first', ['DATA'], '503 5.5.1 DATA without MAIL FROM'],
  ['DATA without recipients', ['MAIL FROM:<>', 'DATA'], '503 5.5.1 DATA without RCPT TO'],
  ['DATA with an argument', ['DATA now'], '501 5.5.4 unexpected argument to DATA'],
  ['RSET with an argument', ['RSET now'], '501 5.5.4 invalid arguments to RSET'],
  ['MAIL after RSET', ['MAIL FROM:<>', 'RSET', 'MAIL FROM:<>'], '250 MAIL FROM accepted'],
  ['MAIL after EHLO', ['MAIL FROM:<>', 'EHLO x', 'MAIL FROM:<>'], '250 MAIL FROM accepted'],
  ['QUIT with an argument', ['QUIT now'], '501 5.5.4 Syntax error (no parameters allowed)'],
  ['NOOP', ['NOOP whatever'], '250 2.0.0 OK'],
  ['VRFY', ['VRFY a'], '252 2.5.0 Cannot VRFY user, but will accept message and attempt delivery'],
  ['EXPN', ['EXPN list'], '502 5.5.1 Command not implemented'],
  ['HELP', ['HELP'], '214 2.0.0 See RFC 5321'],
  ['QUIT', ['QUIT'], '221 localhost service closing transmission channel'],
])('%s', async (_title, commands, reply) => {
  mta = await smtpServer();
  const session = mta.smtp.session();
  await session.ehlo();
  const replies = await session.pipeline(...commands);
  expect(replies.at(-1)!.lines).toEqual([reply]);
});

test('a command line without an end is swallowed', async () => {
  mta = await smtpServer();
  const session = mta.smtp.session();
  await session.ehlo();
  expect(await session.command(`NOOP ${'x'.repeat(100_000)}`)).toMatchObject({ code: 500 });
  expect(await session.noop()).toMatchObject({ code: 250 });
});

test('mail without EHLO; Require_EHLO does not take it', async () => {
  mta = await smtpServer();
  expect(await mta.smtp.session().mail('a@b.example')).toMatchObject({ code: 250 });
  await mta.stop();
  mta = await smtpServer('Require_EHLO = true');
  const session = mta.smtp.session();
  expect((await session.mail('a@b.example')).lines).toEqual(['550 5.5.1 RFC2821 HELO/EHLO needed']);
  expect(await session.helo()).toMatchObject({ code: 250 });
  expect(await session.mail('a@b.example')).toMatchObject({ code: 250 });
  expect(mta.rejectlog.map(({ text }) => text)).toEqual([expect.stringContaining('E=550')]);
});

test('addresses as the options want them', async () => {
  mta = await smtpServer(
    `Allow_IP_Literal = false
     Allow_Trailing_Whitespace_In_Commands = true
     Domain_For_Unqualified_Recipient_Addresses = "example.com"
     Domain_For_Unqualified_Sender_Address = "example.org"`,
  );
  const session = mta.smtp.session();
  await session.ehlo();
  expect(await session.command('MAIL FROM:< root >')).toMatchObject({ code: 250 });
  expect(await session.rcpt('postmaster')).toMatchObject({ code: 250 });
  expect(await session.rcpt('a@[192.0.2.1]')).toMatchObject({ code: 501 });
  expect(await session.data(DATA)).toMatchObject({ code: 250 });
  expect(mta.messages.map(({ envelope }) => envelope)).toEqual([
    { from: 'root@example.org', to: 'postmaster@example.com' },
  ]);
});

test('limits of connections and messages', async () => {
  mta = await smtpServer(
    'Max_Receptions_Per_Connection = 2\nMax_Recipients_Per_Connection = 3\nMax_Recipients_Per_Message = 2',
  );
  const session = mta.smtp.session();
  await session.ehlo();
  const [mail, to] = ['MAIL FROM:<>', 'RCPT TO:<a@b.example>'];
  const replies = await session.pipeline(mail, to, to, to, 'RSET', mail, to, to, 'RSET', mail);
  expect(replies.map(({ lines }) => lines[0]).filter((line) => line!.startsWith('4'))).toEqual([
    '452 4.5.3 Service unavailable, recipients per message limit reached',
    '452 4.5.3 Service unavailable, recipients per connection limit reached',
    '452 4.5.3 Service unavailable, batch limit reached',
  ]);
  expect(mta.rejectlog).toHaveLength(3);
});

test('Max_Message_Size: announced, and as it comes', async () => {
  mta = await smtpServer('Max_Message_Size = 1000');
  const session = mta.smtp.session();
  expect((await session.ehlo()).lines).toContain('250 SIZE 1000');
  const tooLarge = { lines: ['552 5.3.4 message size limit exceeded'] };
  expect(await session.mail('', 'SIZE=1001')).toMatchObject(tooLarge);
  expect(await session.mail('', 'SIZE=1000')).toMatchObject({ code: 250 });
  await session.rcpt('a@b.example');
  expect(await session.data(`${DATA}${'x'.repeat(950)}`)).toMatchObject(tooLarge);
  expect(await session.mail('')).toMatchObject({ code: 250 });
  await session.rcpt('a@b.example');
  expect(await session.data(DATA)).toMatchObject({ code: 250 });
  expect(mta.messages).toHaveLength(1);
});

test('concurrency limits, and the slot of who goes', async () => {
  mta = await smtpServer(`Listener_Sessions = 2
    Peer "192.0.2.0/24" { Listener_Sessions = 1 Service_Sessions = 1 }`);
  const first = mta.smtp.session();
  mta.smtp.session();
  const third = mta.smtp.session();
  expect((await third.ehlo()).lines).toEqual(['421 4.4.5 Service unavailable, concurrency limit reached.']);
  expect(third.disconnected).toBe(true);
  await expect(third.noop()).rejects.toThrow(UsageError);
  const other = mta.smtp.session({ peer: '192.0.2.7' });
  expect(await other.ehlo()).toMatchObject({ code: 250 });
  expect(await mta.smtp.session({ peer: '192.0.2.8' }).ehlo()).toMatchObject({ code: 421 });
  await first.quit();
  await other.disconnect();
  expect(await mta.smtp.session().ehlo()).toMatchObject({ code: 250 });
  expect(await mta.smtp.session({ peer: '192.0.2.8' }).ehlo()).toMatchObject({ code: 250 });
});

test.each([
  ['220 mail.example.com ESMTP', ['220 mail.example.com ESMTP']],
  ['mail.example.com', ['220 mail.example.com']],
])('Static_Banner %j', async (banner, lines) => {
  mta = await smtpServer(`Static_Banner = "${banner}"`);
  expect(await mta.smtp.session().greeting).toMatchObject({ lines });
});

test.each([
  ['Static_Banner = "welcome"', /Static_Banner = "welcome" does not begin with 220/],
  ['SMTP_Extensions = ("STARTTLS")', /there is no TLS_Certificate: it is not offered/],
  ['Use_SSL = true', /there is no TLS_Certificate: no client can connect/],
  ['SMTP_Extensions = ("AUTH LOGIN")', /AUTH LOGIN, and there are no Auth…Parameters for it/],
  ['SMTP_Extensions = ("AUTH GSSAPI")', /AUTH GSSAPI, which is no mechanism of the product/],
])('a listener that promises what it cannot keep: %s', async (option, message) => {
  mta = await smtpServer(option);
  expect([...mta.diagnostics]).toMatchObject([
    { code: 'CONFIG_OPTION', severity: 'warning', message: expect.stringMatching(message) },
  ]);
});

test('a session is told of a new configuration at MAIL and RSET', async () => {
  mta = await smtpServer('Reconfig_Message = "4.3.2 Come again"');
  const [one, other, idle] = [mta.smtp.session(), mta.smtp.session(), mta.smtp.session()];
  for (const session of [one, other, idle]) await session.ehlo();
  await other.mail('');
  expect(await mta.reload()).toMatchObject({ ok: true });
  expect((await one.mail('')).lines).toEqual(['421 4.3.2 Come again']);
  expect(one.disconnected).toBe(true);
  expect(await other.rcpt('a@b.example')).toMatchObject({ code: 250 });
  expect(await other.data(DATA)).toMatchObject({ code: 250 });
  expect((await other.rset()).lines).toEqual(['421 4.3.2 Come again']);
  expect(await idle.noop()).toMatchObject({ code: 250 });
  expect(await mta.smtp.session().mail('')).toMatchObject({ code: 250 });
});

test('Idle_Time closes a session that the server waits for, and no other', async () => {
  mta = await smtpServer('Idle_Time = 60', policy({ 'validate_mailfrom()': `msys.sleep(300) ${CONT}` }));
  const [quiet, busy] = [mta.smtp.session(), mta.smtp.session()];
  await quiet.ehlo();
  await busy.ehlo();
  await mta.clock.advance('59s');
  await quiet.noop();
  const mail = busy.mail('');
  await mta.clock.advance('59s');
  expect(quiet.disconnected).toBe(false);
  await mta.clock.advance('1s');
  expect(quiet.disconnected).toBe(true);
  await expect(quiet.noop()).rejects.toThrow(/the connection was closed after '250 2\.0\.0 OK'/);
  await mta.clock.advance('5m');
  expect(await mail).toMatchObject({ code: 250 });
});
