/** Choices about the SMTP listener. */
import path from 'node:path';
import type { Momentum, SmtpSession } from '../../../src';
import { CONT, policy, smtpServer } from '../../listeners/smtp/support';
import type { TestRow } from './support';

let mta: Momentum;

const PEM = path.resolve('fixtures/tls/server.pem');
const TLS = `TLS_Certificate = "${PEM}"`;
const DATA = 'From: a@b.example\r\n\r\nhello\r\n';
const MAIL = { from: 'a@b.example', to: 'c@d.example', data: DATA };

async function greeted(options = '', more: Parameters<typeof smtpServer>[1] = {}): Promise<SmtpSession> {
  mta = await smtpServer(options, more);
  const session = mta.smtp.session();
  await session.ehlo();
  return session;
}

/** Last lines of the replies to commands that come after EHLO. */
async function said(session: SmtpSession, ...commands: string[]): Promise<string[]> {
  const replies = await session.pipeline(...commands);
  return replies.map(({ lines }) => lines.at(-1)!);
}

const setCode = (code: number, text: string) => `vctx:set_code(${code}, "${text}") ${CONT}`;

export function smtpChoices(row: TestRow): void {
  describe('SMTP', () => {
    afterEach(() => mta.stop());

    replies(row);
    greetings(row);
    commands(row);
    limits(row);
    waiting(row);
    security(row);
    extensions(row);
    others(row);
  });
}

function replies(row: TestRow): void {
  row('M10', async () => {
    mta = await smtpServer(
      '',
      policy({
        'validate_ehlo(str, ac, vctx)': setCode(250, 'hello'),
        'validate_mailfrom(str, ac, vctx)': setCode(251, 'fine'),
      }),
    );
    const { transcript, code } = await mta.smtp.send(MAIL);
    expect(code).toBe(250);
    expect(transcript).toEqual(expect.arrayContaining(['S: 250-hello', 'S: 250 PIPELINING', 'S: 251 fine']));
    await mta.stop();
    mta = await smtpServer('', policy({ 'validate_connect(ac, vctx)': setCode(250, 'no') }));
    expect(await mta.smtp.send(MAIL)).toMatchObject({ lines: ['250 no'], disconnected: true, messages: [] });
  });

  row('M13', async () => {
    const session = await greeted(
      '',
      policy({
        'validate_mailfrom(str, ac, vctx)': setCode(550, 'one\\r\\ntwo\\nthree\\rfour\\n'),
      }),
    );
    expect((await session.mail('')).lines).toEqual(['550-one', '550-two', '550-three', '550 four']);
  });

  row('M78', async () => {
    const session = await greeted(`SMTP_Extensions = ("STARTTLS") ${TLS}`);
    expect(await said(session, 'RSET', 'NOOP', 'VRFY a', 'EXPN a', 'HELP')).toEqual([
      '250 2.0.0 OK',
      '250 2.0.0 OK',
      '252 2.5.0 Cannot VRFY user, but will accept message and attempt delivery',
      '502 5.5.1 Command not implemented',
      '214 2.0.0 See RFC 5321',
    ]);
    expect((await session.starttls()).lines).toEqual(['220 2.0.0 Ready to start TLS']);
  });
}

function greetings(row: TestRow): void {
  row('M75', async () => {
    mta = await smtpServer('Banner_Hostname = "edge.example.com"', { now: '2026-03-08T16:21:51Z' });
    expect((await mta.smtp.session().greeting).lines).toEqual([
      '220 edge.example.com ESMTP ecelerity 5.3 Sun, 08 Mar 2026 16:21:51 +0000',
    ]);
    await mta.stop();
    mta = await smtpServer('Static_Banner = "welcome"');
    expect((await mta.smtp.session().greeting).lines).toEqual(['220 welcome']);
  });

  row('M76', async () => {
    const session = await greeted(
      `SMTP_Extensions = ("XDUMPCONTEXT" "AUTH LOGIN" "STARTTLS" "AUTH PLAIN") Max_Message_Size = 9 ${TLS}`,
      policy({ 'validate_ehlo(str, ac)': `ac:esmtp_capability_remove("XDUMPCONTEXT") ${CONT}` }),
    );
    expect(session.capabilities).toEqual([
      '8BITMIME',
      'PIPELINING',
      'SIZE 9',
      'AUTH=LOGIN PLAIN',
      'AUTH LOGIN PLAIN',
      'STARTTLS',
    ]);
    expect(await session.command('XDUMPCONTEXT')).toMatchObject({ code: 250 });
    await session.starttls();
    await session.ehlo();
    expect(session.capabilities).not.toContain('STARTTLS');
  });

  row('M77', async () => {
    const session = await greeted('SMTP_Extensions = ("ENHANCEDSTATUSCODES")');
    expect(await said(session, 'MAIL FROM:<>', 'RCPT TO:<a@b.example>')).toEqual([
      '250 2.1.0 MAIL FROM accepted',
      '250 2.1.5 RCPT TO accepted.',
    ]);
    await session.helo();
    await mta.stop();
    const plain = await greeted();
    expect(await said(plain, 'DATA', 'MAIL FROM:<>', 'QUIT')).toEqual([
      '503 5.5.1 DATA without MAIL FROM',
      '250 MAIL FROM accepted',
      '221 localhost service closing transmission channel',
    ]);
  });
}

function commands(row: TestRow): void {
  row('M79', async () => {
    const session = await greeted();
    session.write('NOOP\nNOOP \r\n');
    expect([await session.reply(), await session.reply()]).toMatchObject([{ code: 250 }, { code: 250 }]);
    expect(await said(session, `NOOP ${'x'.repeat(16_380)}`, 'NO\0OP', 'NOOP')).toEqual([
      '500 5.5.2 unrecognized command',
      '500 5.5.2 unrecognized command',
      '250 2.0.0 OK',
    ]);
    await said(session, 'MAIL FROM:<>', 'RCPT TO:<a@b.example>', 'DATA');
    session.write('A: b\r\n\r\na\n.\nb\r.\rc\r\n.\nMAIL FROM:<x@y.example>\r\n.\r\n');
    expect(await session.reply()).toMatchObject({ code: 250 });
    expect(mta.messages).toHaveLength(1);
    expect(mta.messages[0]!.raw.toString()).toContain('a\n.\nb\r.\rc\r\n\nMAIL FROM:<x@y.example>\r\n');
  });

  row('M80', async () => {
    const session = await greeted('Allow_IP_Literal = false SMTP_Extensions = ("DSN")');
    const syntax = '501 5.5.2 MAIL FROM syntax error';
    const reset = '250 2.0.0 OK';
    const accepted = '250 MAIL FROM accepted';
    expect(
      await said(
        session,
        ...['MAIL FROM:a@b.example', 'MAIL FROM:<a>', 'MAIL FROM:<a@[192.0.2.1]>', 'MAIL FROM:<> SMTPUTF8'],
        ...['MAIL FROM: <a@b.example> SIZE=1 RET=HDRS', 'RSET'],
      ),
    ).toEqual([syntax, syntax, syntax, syntax, accepted, reset]);
  });

  row('M81', async () => {
    mta = await smtpServer('Require_EHLO = true');
    const session = mta.smtp.session();
    const needed = '550 5.5.1 RFC2821 HELO/EHLO needed';
    expect(await said(session, 'MAIL FROM:<>', 'NOOP', 'FOO', 'HELO a', 'NOOP')).toEqual([
      needed,
      needed,
      needed,
      '250 localhost says HELO to 127.0.0.1',
      '250 2.0.0 OK',
    ]);
  });
}

function limits(row: TestRow): void {
  row('M82', async () => {
    const session = await greeted('Max_Receptions_Per_Connection = 1 Max_Recipients_Per_Message = 1');
    expect(
      await said(
        session,
        'MAIL FROM:<',
        'MAIL FROM:<>',
        'RCPT TO:<a@b.example>',
        'RCPT TO:<a@b.example>',
        'RSET',
        'MAIL FROM:<>',
        'NOOP',
      ),
    ).toEqual([
      '501 5.5.2 MAIL FROM syntax error',
      '250 MAIL FROM accepted',
      '250 RCPT TO accepted.',
      '452 4.5.3 Service unavailable, recipients per message limit reached',
      '250 2.0.0 OK',
      '452 4.5.3 Service unavailable, batch limit reached',
      '250 2.0.0 OK',
    ]);
  });

  row('M83', async () => {
    const session = await greeted('Max_Message_Size = 10');
    const tooLarge = '552 5.3.4 message size limit exceeded';
    expect(await said(session, 'MAIL FROM:<> SIZE=11', 'MAIL FROM:<>', 'RCPT TO:<a@b.example>')).toContain(
      tooLarge,
    );
    expect((await session.data(DATA)).lines).toEqual([tooLarge]);
    expect(mta.messages).toHaveLength(0);
  });

  row('M84', async () => {
    mta = await smtpServer(`Listener_Sessions = 1 Service_Sessions = 9
    Peer "192.0.2.0/24" { Listener_Sessions = 1 }`);
    const codes = [];
    for (const peer of ['127.0.0.1', '127.0.0.2', '192.0.2.1', '192.0.2.2'])
      codes.push((await mta.smtp.session({ peer }).greeting).code);
    expect(codes).toEqual([220, 421, 220, 421]);
  });
}

function waiting(row: TestRow): void {
  row('M85', async () => {
    const session = await greeted(
      'Idle_Time = 10',
      policy({ 'core_server_esmtp_session_abort()': 'print("aborted")' }),
    );
    const { length } = session.transcript;
    await mta.clock.advance('10s');
    await mta.clock.advance(0);
    expect({ disconnected: session.disconnected, more: session.transcript.length - length }).toEqual({
      disconnected: true,
      more: 0,
    });
    expect(mta.paniclog).toHaveLength(1);
  });

  row('M86', async () => {
    mta = await smtpServer('', policy({ 'validate_ehlo(str, ac, vctx)': `vctx:tarpit(60) ${CONT}` }));
    let isDone = false;
    const sent = mta.smtp.send(MAIL).finally(() => (isDone = true));
    await mta.clock.advance('59s');
    expect(isDone).toBe(false);
    await mta.clock.advance('1s');
    expect(await sent).toMatchObject({ code: 250 });
  });
}

function security(row: TestRow): void {
  row('M87', async () => {
    const session = await greeted('SMTP_Extensions = ("AUTH PLAIN")');
    const plain = Buffer.from('\0a\0b').toString('base64');
    expect(await said(session, `AUTH PLAIN ${plain}`, 'AUTH LOGIN', 'MAIL FROM:<>', 'AUTH PLAIN')).toEqual([
      '454 4.7.0 Temporary authentication failure',
      '504 5.5.4 Unrecognized authentication type',
      '250 MAIL FROM accepted',
      '503 5.5.1 bad sequence of commands',
    ]);
    await mta.stop();
    const anonymous = await greeted('SMTP_Extensions = ("XDUMPCONTEXT" "AUTH PLAIN") Always_Allow = true');
    expect((await anonymous.command('XDUMPCONTEXT')).text).toContain('auth_user anonymous');
    await mta.stop();
    const denied = await greeted('SMTP_Extensions = ("AUTH PLAIN") Always_Deny = true');
    expect(await said(denied, 'AUTH PLAIN')).toEqual(['535 5.7.8 Authentication failed']);
  });

  row('M88', async () => {
    const session = await greeted(`SMTP_Extensions = ("STARTTLS" "XDUMPCONTEXT") ${TLS}`);
    await session.mail('a@b.example');
    await session.starttls();
    const { text } = await session.command('XDUMPCONTEXT');
    expect(text).toContain('[connection] ehlo_domain client.test');
    expect(text).not.toContain('[message]');
    for (const [policyName, replies, disconnected] of [
      ['reject', ['503 5.5.1 bad sequence of commands'], true],
      ['ignore', ['220 2.0.0 Ready to start TLS'], false],
      ['allow', ['220 2.0.0 Ready to start TLS', '250 2.0.0 OK'], false],
    ] as const) {
      await mta.stop();
      const other = await greeted(
        `SMTP_Extensions = ("STARTTLS") Starttls_Injection_Policy = "${policyName}" ${TLS}`,
      );
      const { length } = other.transcript;
      other.write('STARTTLS\r\nRSET\r\n');
      for (const [i] of replies.entries()) expect(await other.reply()).toMatchObject({ lines: [replies[i]] });
      await new Promise((resolve) => setImmediate(resolve));
      expect(other.transcript.slice(length + 1)).toEqual(replies.map((line) => `S: ${line}`));
      expect(other.disconnected).toBe(disconnected);
    }
  });

  row('M89', async () => {
    mta = await smtpServer(`SMTP_Extensions = ("STARTTLS" "XDUMPCONTEXT") ${TLS}`);
    const tls = { cipher: 'ECDHE-RSA-AES128-GCM-SHA256', subject: '/C=DE/CN=client', issuer: '/CN=ca' };
    const session = mta.smtp.session({ tls });
    await session.ehlo();
    const { lines } = await session.command('XDUMPCONTEXT');
    expect(lines.map((line) => line.slice('250-[connection] '.length))).toEqual(
      expect.arrayContaining([
        'tls_cipher_algbits 128',
        'tls_cipher_usebits 128',
        'tls_client_cert_issuer_cn ca',
        'tls_client_cert_subject /C=DE/CN=client',
      ]),
    );
  });
}

function extensions(row: TestRow): void {
  row('M90', async () => {
    const session = await greeted('SMTP_Extensions = ("XDUMPCONTEXT" "XSETCONTEXT")');
    expect(await said(session, 'XSETCONTEXT z=1+0D+0A2 a=+2B', 'XSETCONTEXT b=1 c=+1')).toEqual([
      '250 XSETCONTEXT complete',
      '501 5.5.2 XSETCONTEXT syntax error',
    ]);
    expect((await session.command('XDUMPCONTEXT')).lines).toEqual([
      '250-[connection] a +',
      '250-[connection] ehlo_domain client.test',
      '250-[connection] ehlo_string EHLO client.test',
      '250-[connection] pathway default',
      '250-[connection] z 1 2',
      '250 XDUMPCONTEXT complete',
    ]);
  });

  row('M91', async () => {
    const session = await greeted(
      'SMTP_Extensions = ("XCLIENT" "XREMOTEIP" "XDUMPCONTEXT") Peer "192.0.2.2" { Require_EHLO = true }',
      policy({ 'validate_connect()': `print("connect") ${CONT}` }),
    );
    expect(
      await said(
        session,
        'MAIL FROM:<>',
        'XCLIENT ADDR=192.0.2.1',
        'XREMOTEIP 192.0.2.1',
        'RCPT TO:<a@b.example>',
      ),
    ).toEqual([
      '250 MAIL FROM accepted',
      '503 5.5.1 bad sequence of commands',
      '250 XREMOTEIP complete',
      '503 RCPT TO without MAIL FROM',
    ]);
    expect((await session.command('XDUMPCONTEXT')).text).toContain('ehlo_domain client.test');
    expect(await said(session, 'XCLIENT ADDR=192.0.2.2 LOGIN=joe', 'NOOP')).toEqual([
      expect.stringMatching(/^220 localhost ESMTP/),
      '550 5.5.1 RFC2821 HELO/EHLO needed',
    ]);
    await session.helo();
    expect((await session.command('XDUMPCONTEXT')).text).toContain('auth_user joe');
    expect(mta.paniclog).toHaveLength(3);
  });
}

function others(row: TestRow): void {
  row('M92', async () => {
    const session = await greeted('SMTP_Extensions = ("AUTH PLAIN")');
    await said(session, 'FOO', 'AUTH FOO', 'NOOP', 'RSET x');
    expect(mta.rejectlog).toHaveLength(0);
    await said(session, 'EHLO', 'MAIL FROM:<', 'RCPT TO:<>', 'DATA');
    expect(mta.rejectlog.map(({ text }) => /E=(\d+)/.exec(text)?.[1])).toEqual(['501', '501', '503', '503']);
  });

  row('M93', async () => {
    mta = await smtpServer(
      'Listen ":587" { SMTP_Extensions = ("XDUMPCONTEXT") }',
      policy({ 'validate_mailfrom(str, ac, vctx)': `vctx:tarpit(9) ${CONT}` }),
    );
    const [first, second] = [
      mta.smtp.session(),
      mta.smtp.session({ listener: ':587', peer: '192.0.2.1:25' }),
    ];
    await Promise.all([first.ehlo(), second.ehlo()]);
    const inbound = (await mta.console('show inbound')).output;
    expect(inbound).toContain(' 127.0.0.1:40000 ');
    expect(inbound).toContain(' 192.0.2.1:25 ');
    const mail = first.mail('');
    await mta.clock.advance(0);
    await first.disconnect();
    expect(await mail).toEqual({ code: 0, text: '', lines: [] });
    await mta.stop();
    mta = await smtpServer();
    for (const data of ['A: b\n\na\n', 'A: b\r\n\r\na\nb', Buffer.from('A: b\r\n\r\n\xff', 'latin1')])
      await mta.smtp.send({ ...MAIL, data });
    expect(mta.messages.map(({ raw }) => raw.toString('latin1').split('\r\n\r\n')[1])).toEqual([
      'a\r\n',
      'a\nb\r\n',
      '\xff\r\n',
    ]);
  });

  row('M94', async () => {
    mta = await smtpServer('SMTP_Extensions = ("XDUMPCONTEXT")', {
      stanzas: 'conntrol "c" { banner = "220-Wait\\r\\n" pause_time = 2 }',
    });
    const session = mta.smtp.session();
    session.write('FOO\r\nRSET x\r\n');
    await mta.clock.advance('2s');
    expect((await session.greeting).lines[0]).toBe('220-Wait');
    await session.reply();
    await session.reply();
    const { text } = await session.command('XDUMPCONTEXT');
    for (const entry of ['early_talker yes', 'conntrol_bad_commands 1', 'conntrol_unrecognized_commands 1'])
      expect(text).toContain(entry);
  });
}
