import { Momentum, MomentumCrash, UsageError } from '../../src';
import { CONT, policy, smtpServer } from '../listeners/smtp/support';

let mta: Momentum;
afterEach(() => mta.stop());

const DATA = 'From: a@example.com\r\n\r\nhello\r\n';
const MAIL = { from: 'a@b.example', to: 'c@d.example', data: DATA };
const setCode = (code: number, text: string) => `vctx:set_code(${code}, "${text}") ${CONT}`;

const HEADS: Readonly<Record<string, string>> = {
  connect: 'validate_connect(ac, vctx)',
  ehlo: 'validate_ehlo(str, ac, vctx)',
  mailfrom: 'validate_mailfrom(str, ac, vctx)',
  rcptto: 'validate_rcptto(msg, str, ac, vctx)',
  data: 'validate_data(msg, ac, vctx)',
  data_spool: 'validate_data_spool(msg, ac, vctx)',
};

test.each(Object.entries(HEADS))('a refusal in %s, in several lines', async (phase, head) => {
  mta = await smtpServer('', policy({ [head]: setCode(550, '5.7.1 first\\nsecond') }));
  const outcome = await mta.smtp.send(MAIL);
  expect(outcome).toMatchObject({
    code: 550,
    text: '5.7.1 first\nsecond',
    lines: ['550-5.7.1 first', '550 second'],
    refusal: { code: 550 },
    disconnected: phase === 'connect',
  });
  expect(outcome.rejected).toHaveLength(phase === 'rcptto' ? 1 : 0);
  expect(mta.rejectlog).toHaveLength(1);
});

test.each(Object.entries(HEADS))(
  'a text with a code below 400 in %s takes the place of the usual one',
  async (phase, head) => {
    const code = phase === 'connect' ? 220 : 250;
    mta = await smtpServer('', policy({ [head]: setCode(code, 'as you like') }));
    const outcome = await mta.smtp.send(MAIL);
    expect(outcome.transcript).toContain(`S: ${code}${phase === 'ehlo' ? '-' : ' '}as you like`);
    expect(outcome).toMatchObject({ refusal: undefined, messages: [{}] });
  },
);

test('vctx:disconnect closes after the reply', async () => {
  mta = await smtpServer(
    '',
    policy({
      'validate_mailfrom(str, ac, vctx)': 'vctx:disconnect(554, "go") return msys.core.VALIDATE_DONE',
    }),
  );
  const outcome = await mta.smtp.send(MAIL);
  expect(outcome).toMatchObject({ code: 554, text: 'go', disconnected: true });
  expect(outcome.transcript.at(-1)).toBe('S: 554 go');
});

test('vctx:tarpit holds the reply back on the virtual clock', async () => {
  mta = await smtpServer('', policy({ 'validate_mailfrom(str, ac, vctx)': `vctx:tarpit(30) ${CONT}` }));
  const session = mta.smtp.session();
  await session.ehlo();
  const replies = session.pipeline('MAIL FROM:<a@b.example>', 'NOOP');
  await mta.clock.advance('29s');
  expect(session.transcript.at(-1)).toBe('C: NOOP');
  await mta.clock.advance('1s');
  expect((await replies).map(({ code }) => code)).toEqual([250, 250]);
});

test('a client that goes while it is held back ends the waiting', async () => {
  mta = await smtpServer('', policy({ 'validate_mailfrom(str, ac, vctx)': `vctx:tarpit(30) ${CONT}` }));
  const session = mta.smtp.session();
  const mail = session.mail('a@b.example');
  for (let i = 0; i < 5; i++) await mta.clock.advance(0);
  await session.disconnect();
  expect(await mail).toMatchObject({ code: 0, lines: [] });
  expect(mta.clock.pending).toEqual([]);
  expect((await mta.console('show inbound')).output).toBe('');
});

test('commands wait for a callout, and are answered in their order', async () => {
  mta = await smtpServer('', policy({ 'validate_mailfrom()': `msys.sleep(5) ${CONT}` }));
  const session = mta.smtp.session();
  await session.ehlo();
  const replies = session.pipeline('MAIL FROM:<a@b.example>', 'RCPT TO:<c@d.example>', 'FOO', 'NOOP');
  await mta.clock.advance('4s');
  expect((await mta.console('show inbound')).output).toMatch(
    /^\d+: \[inbound\/esmtp_message_factory\] IPv4 127\.0\.0\.1:40000 awaiting mailfrom \(for 4\.000s\)\n$/,
  );
  await mta.clock.advance('1s');
  expect((await replies).map(({ lines }) => lines[0])).toEqual([
    '250 MAIL FROM accepted',
    '250 RCPT TO accepted.',
    '500 5.5.2 unrecognized command',
    '250 2.0.0 OK',
  ]);
});

test('core_post_smtp_command sees every line', async () => {
  mta = await smtpServer('', policy({ 'core_post_smtp_command(b, mc, vctx)': 'print("command")' }));
  const session = mta.smtp.session();
  await session.helo();
  await session.command('FOO');
  await session.quit();
  expect(mta.paniclog.map(({ text }) => text.replace(/^\d+:/, ''))).toEqual(
    Array(3).fill('scriptlet: command'),
  );
});

test.each([
  ['QUIT', () => mta.smtp.send(MAIL), 0],
  [
    'hanging up',
    async () => {
      const session = mta.smtp.session();
      await session.mail('a@b.example');
      await session.disconnect();
    },
    1,
  ],
])('core_server_esmtp_session_abort after %s', async (_title, act, count) => {
  mta = await smtpServer('', policy({ 'core_server_esmtp_session_abort(ac)': 'print("aborted")' }));
  await act();
  expect(mta.paniclog).toHaveLength(count);
});

test.each([
  ['pass', 'msys.core.EC_AUTH_OK', 235],
  ['fail', 'msys.core.EC_AUTH_FAIL', 535],
  ['be left to the server', '-1', 454],
])('core_pre_esmtp_auth lets AUTH %s', async (_title, result, code) => {
  mta = await smtpServer(
    'SMTP_Extensions = ("AUTH PLAIN")',
    policy({ 'core_pre_esmtp_auth()': `return ${result}` }),
  );
  const session = mta.smtp.session();
  await session.ehlo();
  expect(await session.command('AUTH PLAIN AGEAYg==')).toMatchObject({ code });
});

test('a crash rejects the step, and closes the other sessions', async () => {
  mta = await smtpServer('', policy({ 'validate_ehlo()': 'os.exit(1)' }));
  const other = mta.smtp.session();
  await other.greeting;
  await expect(mta.smtp.send(MAIL)).rejects.toThrow(MomentumCrash);
  expect(mta.crashed).toBeInstanceOf(MomentumCrash);
  expect(() => mta.smtp.session()).toThrow(MomentumCrash);
  expect(other.disconnected).toBe(true);
});

test('stop ends the sessions that are open', async () => {
  mta = await smtpServer();
  const session = mta.smtp.session();
  await session.ehlo();
  await mta.stop();
  expect(session.disconnected).toBe(true);
  expect(() => mta.smtp.session()).toThrow(UsageError);
});

test('stop does not wait for a callout that sleeps', async () => {
  mta = await smtpServer('', policy({ 'validate_ehlo()': `msys.sleep(5) ${CONT}` }));
  const session = mta.smtp.session();
  const ehlo = session.ehlo();
  await mta.clock.advance('1s');
  await mta.stop();
  expect(session.disconnected).toBe(true);
  expect(await ehlo).toMatchObject({ code: 0 });
});

describe('what is sent', () => {
  test('dots, line ends, bytes', async () => {
    mta = await smtpServer();
    const bodies: (string | Buffer)[] = [
      'A: b\n\n.one\n..two\n.\n',
      Buffer.from('A: b\r\n\r\n\xff\0\r\n', 'latin1'),
      'A: ä\r\n\r\nno end',
    ];
    for (const data of bodies) await mta.smtp.send({ ...MAIL, data });
    expect(mta.messages.map(({ raw }) => raw.toString('latin1').split('\r\n\r\n')[1])).toEqual([
      '.one\r\n..two\r\n.\r\n',
      '\xff\0\r\n',
      'no end\r\n',
    ]);
    expect(mta.messages[2]!.raw.includes('A: ä')).toBe(true);
  });

  test('a message by what is in it', async () => {
    mta = await smtpServer();
    const { messages } = await mta.smtp.send({
      from: 'a@b.example',
      to: ['c@d.example', 'e@f.example'],
      message: {
        subject: 'Grüße',
        headers: { 'X-One': ['1', '2'], To: 'Jörg <c@d.example>' },
        text: 'Hallo\nDu',
        html: '<p>ä</p>',
        attachments: [{ filename: 'a.txt', type: 'text/plain', content: 'attached' }],
      },
    });
    expect(messages).toHaveLength(2);
    expect(messages[0]).toMatchObject({ text: 'Hallo\r\nDu\r\n', parts: [{}, {}, {}] });
    const raw = messages[0]!.raw.toString();
    expect(raw).toMatch(/^Date: Thu, 01 Jan 2026 00:00:00 \+0000\r\n/m);
    expect(raw).toMatch(/^From: a@b\.example\r\n/m);
    expect(raw).toMatch(/^To: =\?UTF-8\?.*<c@d\.example>\r\n/m);
    expect(raw).toMatch(/^X-One: 1\r\nX-One: 2\r\n/m);
    expect(raw).toMatch(/^Content-Disposition: attachment; filename="a\.txt"\r\n/m);
  });

  test('recipients, each for itself', async () => {
    mta = await smtpServer(
      '',
      policy({
        'validate_rcptto(msg, str, ac, vctx)': `if msg:rcptto():find("^bad") then vctx:set_code(550, "no") end ${CONT}`,
      }),
    );
    const outcome = await mta.smtp.send({ ...MAIL, to: ['bad@d.example', 'good@d.example'] });
    expect(outcome).toMatchObject({
      code: 250,
      accepted: ['good@d.example'],
      rejected: [{ address: 'bad@d.example', code: 550, text: 'no' }],
      refusal: { code: 550, text: 'no' },
      messages: [{ envelope: { to: 'good@d.example' } }],
    });
    expect(await mta.smtp.send({ ...MAIL, to: ['bad@d.example'] })).toMatchObject({
      code: 550,
      accepted: [],
    });
  });
});

test.each<[title: string, options: object, message: RegExp]>([
  ['no sender', { to: 'a@b.example', data: '' }, /from is an address/],
  ['no recipient', { from: '', to: [], data: '' }, /to is an address/],
  ['neither data nor message', { from: '', to: 'a@b.example' }, /either data/],
  ['both', { ...MAIL, message: {} }, /either data/],
  ['an unknown option', { ...MAIL, helo: 'x' }, /unknown option 'helo'/],
  [
    'an unknown option of the message',
    { from: '', to: 'a@b.example', message: { body: '' } },
    /unknown option 'body'/,
  ],
  ['a peer that is none', { ...MAIL, peer: 'localhost' }, /peer: an IP address/],
  [
    'a listener that there is not',
    { ...MAIL, listener: ':587' },
    /no ESMTP_Listener with Listen ":587"; it has ":25"/,
  ],
  ['an address in two lines', { ...MAIL, from: 'a\r\nb' }, /one line expected/],
])('send: %s', async (_title, options, message) => {
  mta = await smtpServer();
  const sent = mta.smtp.send(options as never);
  await expect(sent).rejects.toThrow(UsageError);
  await expect(sent).rejects.toThrow(message);
});

test.each([
  ['192.0.2.1', '192.0.2.1:40000'],
  ['192.0.2.1:25', '192.0.2.1:25'],
  ['2001:db8::1', '[2001:db8::1]:40000'],
  ['[2001:db8::1]:25', '[2001:db8::1]:25'],
])('peer %j', async (peer, shown) => {
  mta = await smtpServer();
  const session = mta.smtp.session({ peer });
  await session.greeting;
  expect((await mta.console('show inbound')).output).toContain(` ${shown} `);
});

test('a configuration without ESMTP_Listener', async () => {
  mta = await Momentum.start({ config: { text: 'alerting {}' } });
  expect(() => mta.smtp.session()).toThrow(/Add ESMTP_Listener/);
  await expect(mta.listen({ smtp: 0 })).rejects.toThrow(UsageError);
});
