import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Momentum } from '../../src';
import { CONT, policy, smtpServer } from '../listeners/smtp/support';

let mta: Momentum;
afterEach(() => mta.stop());

const PEM = path.resolve('fixtures/tls/server.pem');
const TLS = `SMTP_Extensions = ("STARTTLS") TLS_Certificate = "${PEM}"`;
const DATA = 'From: a@example.com\r\n\r\nhello\r\n';
const connectionContext = async (session: ReturnType<Momentum['smtp']['session']>) =>
  (await session.command('XDUMPCONTEXT')).text.split('\n').slice(0, -1);

test('capabilities: the usual ones, then those of SMTP_Extensions, once each', async () => {
  mta = await smtpServer(
    'SMTP_Extensions = ("ENHANCEDSTATUSCODES" "AUTH LOGIN" "auth cram-md5" "XDUMPCONTEXT" "STARTTLS" "8BITMIME")',
  );
  const { text } = await mta.smtp.session().ehlo();
  expect(text.split('\n').slice(1)).toEqual([
    '8BITMIME',
    'PIPELINING',
    'ENHANCEDSTATUSCODES',
    'AUTH=LOGIN CRAM-MD5',
    'AUTH LOGIN CRAM-MD5',
    'XDUMPCONTEXT',
  ]);
});

test('scripts change the capabilities; commands do not go with them', async () => {
  mta = await smtpServer(
    'SMTP_Extensions = ("XDUMPCONTEXT")',
    policy({
      'validate_connect(ac)': `ac:esmtp_capability_add("XCUSTOM") ac:esmtp_capability_remove("8BITMIME") ${CONT}`,
      'validate_ehlo(str, ac)': `ac:esmtp_capability_remove("XDUMPCONTEXT") ${CONT}`,
    }),
  );
  const session = mta.smtp.session();
  expect((await session.ehlo()).text.split('\n').slice(1)).toEqual(['PIPELINING', 'XCUSTOM']);
  expect(await session.command('XDUMPCONTEXT')).toMatchObject({ code: 250 });
});

test('enhanced status codes go with the extension', async () => {
  mta = await smtpServer('SMTP_Extensions = ("ENHANCEDSTATUSCODES")');
  const { transcript } = await mta.smtp.send({ from: 'a@b.example', to: 'c@d.example', data: DATA });
  expect(transcript.filter((line) => /^S: 2\d\d 2/.test(line))).toEqual([
    'S: 250 2.1.0 MAIL FROM accepted',
    'S: 250 2.1.5 RCPT TO accepted.',
    expect.stringMatching('S: 250 2.0.0 OK'),
    'S: 221 2.0.0 localhost service closing transmission channel',
  ]);
});

describe('XSETCONTEXT and XDUMPCONTEXT', () => {
  test('set and show both dictionaries', async () => {
    mta = await smtpServer(
      'SMTP_Extensions = ("XDUMPCONTEXT" "XSETCONTEXT") Context = [ listener = "first" ] Pathway = "way"',
    );
    const session = mta.smtp.session();
    await session.helo('there');
    expect((await session.command('XSETCONTEXT one=1 two=a+20b+0Ac')).lines).toEqual([
      '250 XSETCONTEXT complete',
    ]);
    await session.mail('a@b.example');
    expect((await session.command('xdumpcontext')).lines).toEqual([
      '250-[connection] connection_message_count 1',
      '250-[connection] ehlo_domain there',
      '250-[connection] ehlo_string HELO there',
      '250-[connection] listener first',
      '250-[connection] one 1',
      '250-[connection] pathway way',
      '250-[connection] two a b c',
      '250-[message] mailfrom_domain b.example',
      '250-[message] mailfrom_localpart a',
      '250-[message] mailfrom_string MAIL FROM:<a@b.example>',
      '250 XDUMPCONTEXT complete',
    ]);
  });

  test.each(['XSETCONTEXT', 'XSETCONTEXT =x', 'XSETCONTEXT a', 'XSETCONTEXT a=+zz', 'XDUMPCONTEXT x'])(
    '%j is refused',
    async (command) => {
      mta = await smtpServer('SMTP_Extensions = ("XDUMPCONTEXT" "XSETCONTEXT")');
      expect(await mta.smtp.session().command(command)).toMatchObject({ code: 501 });
    },
  );

  test('are no commands unless they are configured', async () => {
    mta = await smtpServer();
    for (const command of [
      'XSETCONTEXT a=b',
      'XDUMPCONTEXT',
      'XCLIENT ADDR=192.0.2.1',
      'XREMOTEIP 192.0.2.1',
    ])
      expect(await mta.smtp.session().command(command)).toMatchObject({ code: 500 });
  });
});

describe('XCLIENT and XREMOTEIP', () => {
  const extensions = `SMTP_Extensions = ("XCLIENT" "XREMOTEIP" "XDUMPCONTEXT" "XSETCONTEXT")
    Peer "198.51.100.0/24" { Max_Message_Size = 5 SMTP_Extensions = ("XDUMPCONTEXT") }`;
  const noted = policy({
    'validate_connect(ac, vctx)': `vctx:set(msys.core.VCTX_CONN, "seen", tostring(ac.remote_addr)) ${CONT}`,
  });

  test('XCLIENT begins the session anew as another client', async () => {
    mta = await smtpServer(extensions, noted);
    const session = mta.smtp.session();
    await session.ehlo();
    const reply = await session.command('XCLIENT NAME=[UNAVAILABLE] ADDR=198.51.100.7 PORT=77 LOGIN=joe');
    expect(reply.lines).toEqual([expect.stringMatching(/^220 localhost ESMTP /)]);
    expect((await session.ehlo()).text.split('\n')).toEqual([
      'localhost says EHLO to 198.51.100.7',
      '8BITMIME',
      'PIPELINING',
      'SIZE 5',
      'XDUMPCONTEXT',
    ]);
    expect(await connectionContext(session)).toEqual(
      expect.arrayContaining(['[connection] auth_user joe', '[connection] seen 198.51.100.7:77']),
    );
    expect((await mta.console('show inbound')).output).toContain(' 198.51.100.7:77 ');
    expect((await mta.console('count SMTP 198.51.100.0/24')).output).toBe('1 sessions\n');
  });

  test('XREMOTEIP only changes who the client is', async () => {
    mta = await smtpServer(extensions, noted);
    const session = mta.smtp.session();
    await session.ehlo('there');
    await session.command('XSETCONTEXT mine=1');
    expect((await session.command('XREMOTEIP 198.51.100.7')).lines).toEqual(['250 XREMOTEIP complete']);
    expect(await connectionContext(session)).toEqual([
      '[connection] ehlo_domain there',
      '[connection] ehlo_string EHLO there',
      '[connection] mine 1',
      '[connection] pathway default',
      '[connection] seen 198.51.100.7:40000',
    ]);
  });

  test('a connect phase that refuses the other client ends the session', async () => {
    mta = await smtpServer(
      extensions,
      policy({
        'validate_connect(ac, vctx)': `if tostring(ac.remote_addr):find("^198") then vctx:set_code(554, "not you") end ${CONT}`,
      }),
    );
    for (const command of ['XCLIENT ADDR=198.51.100.7', 'XREMOTEIP 198.51.100.7']) {
      const session = mta.smtp.session();
      expect((await session.command(command)).lines).toEqual(['554 not you']);
      expect(session.disconnected).toBe(true);
    }
  });

  test.each(['XCLIENT', 'XCLIENT ADDR=x', 'XCLIENT PORT=99999', 'XCLIENT FOO=1', 'XREMOTEIP', 'XREMOTEIP x'])(
    '%j is refused',
    async (command) => {
      mta = await smtpServer(extensions);
      expect(await mta.smtp.session().command(command)).toMatchObject({ code: 501 });
    },
  );
});

describe('AUTH', () => {
  const ALL = ['LOGIN', 'PLAIN', 'CRAM-MD5'];
  const FILES = { '/etc/passwords': 'joe:secret\njörg:geheim\n' };
  const auth = (...mechanisms: string[]) => `SMTP_Extensions = ("AUTH ${mechanisms.join(' ')}" "XDUMPCONTEXT")
    AuthLoginParameters = [ uri = "file:///etc/passwords" log_authentication = "true" ]
    AuthPlainParameters = [ uri = "file:///etc/passwords" ]
    AuthCramMD5Parameters = [ uri = "file:///etc/passwords" ]
    AuthDigestMD5Parameters = [ uri = "file:///etc/passwords" realm = "here" ]`;
  const PASS = ['235 2.7.0 Authentication successful'];
  const FAIL = ['535 5.7.8 Authentication failed'];

  test.each(ALL)('%s', async (method) => {
    mta = await smtpServer(auth(...ALL), { files: FILES });
    const session = mta.smtp.session();
    await session.ehlo();
    expect((await session.auth({ method, user: 'joe', password: 'wrong' })).lines).toEqual(FAIL);
    expect((await session.auth({ method, user: 'nobody', password: 'secret' })).lines).toEqual(FAIL);
    expect((await session.auth({ method, user: 'jörg', password: 'geheim' })).lines).toEqual(PASS);
    expect(await connectionContext(session)).toEqual(
      expect.arrayContaining([
        `[connection] auth_name ${method}`,
        '[connection] auth_status pass',
        '[connection] auth_user jörg',
        '[connection] can_relay true',
      ]),
    );
    expect(await session.command('AUTH PLAIN')).toMatchObject({ code: 503 });
  });

  test('DIGEST-MD5, as RFC 2831 computes it', async () => {
    mta = await smtpServer(auth('DIGEST-MD5'), { files: FILES });
    const md5 = (text: string | Buffer) => createHash('md5').update(text);
    const attempt = async (password: string) => {
      const session = mta.smtp.session();
      await session.ehlo();
      const { text } = await session.command('AUTH DIGEST-MD5');
      const challenge = Buffer.from(text, 'base64').toString();
      expect(challenge).toMatch(/^realm="here",nonce="\w+",qop="auth",algorithm=md5-sess,charset=utf-8$/);
      const nonce = /nonce="(\w+)"/.exec(challenge)![1]!;
      const secret = md5(`joe:here:${password}`).digest();
      const a1 = md5(Buffer.concat([secret, Buffer.from(`:${nonce}:abc`)])).digest('hex');
      const proof = (a2: string) =>
        md5(`${a1}:${nonce}:00000001:abc:auth:${md5(a2).digest('hex')}`).digest('hex');
      const response = `username="joe",realm="here",nonce="${nonce}",cnonce="abc",nc=00000001,qop=auth,digest-uri="smtp/localhost",response=${proof('AUTHENTICATE:smtp/localhost')}`;
      const reply = await session.command(Buffer.from(response).toString('base64'));
      if (reply.code !== 334) return reply.lines;
      expect(Buffer.from(reply.text, 'base64').toString()).toBe(`rspauth=${proof(':smtp/localhost')}`);
      return (await session.command('')).lines;
    };
    expect(await attempt('secret')).toEqual(PASS);
    expect(await attempt('wrong')).toEqual(FAIL);
  });

  const plain = Buffer.from('\0joe\0secret').toString('base64');
  test.each<[title: string, commands: string[], last: string]>([
    ['an initial response', [`AUTH PLAIN ${plain}`], '235'],
    ['an initial user', [`AUTH LOGIN ${Buffer.from('joe').toString('base64')}`, 'c2VjcmV0'], '235'],
    ['no mechanism', ['AUTH'], '501'],
    ['too many words', ['AUTH PLAIN a b'], '501'],
    ['an unknown mechanism', ['AUTH GSSAPI'], '504'],
    ['one that is not offered', ['AUTH DIGEST-MD5'], '504'],
    ['no base64', ['AUTH PLAIN %%'], '501'],
    ['a response that is no base64', ['AUTH LOGIN', '%%'], '501'],
    ['a PLAIN message without NULs', ['AUTH PLAIN', 'c2VjcmV0'], '501'],
    ['a CRAM-MD5 answer that is none', ['AUTH CRAM-MD5', 'c2VjcmV0'], '501'],
    ['cancelling', ['AUTH PLAIN', '*'], '501'],
    ['a transaction', ['MAIL FROM:<>', 'AUTH PLAIN'], '503'],
  ])('%s', async (_title, commands, last) => {
    mta = await smtpServer(auth(...ALL), { files: FILES });
    const session = mta.smtp.session();
    await session.ehlo();
    const replies = await session.pipeline(...commands);
    expect(String(replies.at(-1)!.code)).toBe(last);
    expect(await session.noop()).toMatchObject({ code: 250 });
  });

  test('what cannot be checked is an error; log_authentication tells the acctlog', async () => {
    mta = await smtpServer(auth('LOGIN'));
    const login = { user: 'joe', password: 'secret' };
    expect(await mta.smtp.session({ auth: login }).ehlo()).toMatchObject({ code: 454 });
    expect(mta.acctlog.map(({ text }) => text)).toEqual(['1767225600@N@*:25@127.0.0.1:40000@joe@0']);
    expect(mta.paniclog).toHaveLength(1);
  });

  test.each([
    ['Always_Allow = true', '[connection] auth_user anonymous', 503],
    ['Always_Deny = true', '[connection] pathway default', 535],
    ['Always_Allow = true\nAlways_Deny = true', '[connection] pathway default', 535],
  ])('%s', async (option, line, code) => {
    mta = await smtpServer(`${auth('PLAIN')}\n${option}`, { files: FILES });
    const session = mta.smtp.session();
    await session.ehlo();
    expect(await connectionContext(session)).toContain(line);
    expect(await session.auth({ user: 'joe', password: 'secret' })).toMatchObject({ code });
  });
});

describe('STARTTLS', () => {
  test('the session begins again, with what the handshake found in the context', async () => {
    mta = await smtpServer(TLS.replace('"STARTTLS"', '"STARTTLS" "XDUMPCONTEXT"'));
    const session = mta.smtp.session({
      tls: { subject: '/C=DE/CN=client', issuer: '/CN=ca', verified: true },
    });
    const { text } = await session.ehlo();
    expect(text).not.toContain('STARTTLS');
    expect(session.transcript).toContain('S: 220 2.0.0 Ready to start TLS');
    expect(await connectionContext(session)).toEqual(
      expect.arrayContaining([
        '[connection] tls on',
        '[connection] tls_cipher TLS_AES_256_GCM_SHA384',
        '[connection] tls_cipher_algbits 256',
        '[connection] tls_client_cert_subject /C=DE/CN=client',
        '[connection] tls_client_cert_subject_cn client',
        '[connection] tls_client_verified yes',
      ]),
    );
    expect((await session.starttls()).lines).toEqual(['503 5.5.1 bad sequence of commands']);
  });

  test('a verified client may relay where TLS_Verified_Peer_Can_Relay says so', async () => {
    mta = await smtpServer(`${TLS} TLS_Verified_Peer_Can_Relay = true Open_Relay = false`);
    const tls = { subject: '/CN=client', verified: true };
    const mail = { from: 'a@b.example', to: 'c@d.example', data: DATA };
    expect(await mta.smtp.send({ ...mail, tls })).toMatchObject({ code: 250 });
    expect(await mta.smtp.send({ ...mail, tls: true })).toMatchObject({
      code: 550,
      text: '5.7.1 relaying denied',
    });
  });

  test('a transaction does not survive it; it takes no argument', async () => {
    mta = await smtpServer(TLS);
    const session = mta.smtp.session();
    await session.mail('a@b.example');
    expect(await session.command('STARTTLS now')).toMatchObject({ code: 501 });
    await session.starttls();
    expect(await session.rcpt('c@d.example')).toMatchObject({ code: 503 });
  });

  test.each([
    ['', ['503 5.5.1 bad sequence of commands'], true],
    ['Starttls_Injection_Policy = "ignore"', ['220 2.0.0 Ready to start TLS'], false],
    ['Starttls_Injection_Policy = "allow"', ['220 2.0.0 Ready to start TLS', '250 2.0.0 OK'], false],
  ])('commands that came with it: %s', async (option, replies, disconnected) => {
    mta = await smtpServer(`${TLS}\n${option}`);
    const session = mta.smtp.session();
    await session.ehlo();
    const before = session.transcript.length;
    session.write('STARTTLS\r\nNOOP\r\n');
    for (const [i] of replies.entries()) expect(await session.reply()).toMatchObject({ lines: [replies[i]] });
    await new Promise((resolve) => setImmediate(resolve));
    const said = session.transcript.slice(before).filter((line) => line.startsWith('S: '));
    expect(said).toEqual(replies.map((line) => `S: ${line}`));
    expect(session.disconnected).toBe(disconnected);
    expect(mta.rejectlog).toHaveLength(disconnected ? 1 : 0);
  });

  test('a script that does not like the handshake ends the session', async () => {
    mta = await smtpServer(
      TLS,
      policy({
        'core_inbound_smtp_tls_post_accept(mc)': 'mc.ctx.code = 420 mc.ctx.disconnect = 1',
      }),
    );
    const session = mta.smtp.session();
    await session.ehlo();
    await session.starttls();
    expect((await session.reply()).lines).toEqual(['421 4.7.0 TLS Negotiation failed.']);
    expect(session.disconnected).toBe(true);
  });

  test('Use_SSL: TLS from the start, and no STARTTLS', async () => {
    mta = await smtpServer(`${TLS.replace('"STARTTLS"', '"STARTTLS" "XDUMPCONTEXT"')} Use_SSL = true`);
    const session = mta.smtp.session();
    expect((await session.ehlo()).text).not.toContain('STARTTLS');
    expect(await connectionContext(session)).toContain('[connection] tls on');
  });
});

describe('conntrol', () => {
  const stanzas = `conntrol "conntrol1" {
    banner = "220-Welcome to Momentum!\\r\\n"
    pause_time = 2
    IGNORED = 1
  }`;
  const xdump = 'SMTP_Extensions = ("XDUMPCONTEXT")';

  test('the banner comes late, and who does not wait is noted', async () => {
    mta = await smtpServer(xdump, { stanzas: stanzas.replace('IGNORED = 1', '') });
    const session = mta.smtp.session();
    session.write('EHLO early\r\n');
    await mta.clock.advance('1999ms');
    expect(session.transcript).toEqual(['C: (12 octets)']);
    await mta.clock.advance('1ms');
    expect((await session.greeting).lines).toEqual([
      '220-Welcome to Momentum!',
      expect.stringMatching('^220 localhost'),
    ]);
    await session.reply();
    await session.command('FOO');
    await session.command('RSET 1');
    expect(await connectionContext(session)).toEqual(
      expect.arrayContaining([
        '[connection] early_talker yes',
        '[connection] conntrol_bad_commands 1',
        '[connection] conntrol_unrecognized_commands 1',
      ]),
    );
  });

  test('disconnect_ratware', async () => {
    mta = await smtpServer('', {
      stanzas: stanzas.replace('IGNORED = 1', 'disconnect_ratware = "421 service denied\\r\\n"'),
    });
    const [early, patient] = [mta.smtp.session(), mta.smtp.session()];
    early.write('EHLO early\r\n');
    const greetings = Promise.all([early.greeting, patient.greeting]);
    await mta.clock.advance('2s');
    expect((await greetings).map(({ code }) => code)).toEqual([421, 220]);
    expect(early.disconnected).toBe(true);
  });
});
