/** Mail clients that people use deliver through the listener, and see what policy decided. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createTransport, type SentMessageInfo } from 'nodemailer';
import type { Momentum } from '../../src';
import { counterpart } from '../helpers/counterparts';
import { CONT, policy, smtpServer } from '../listeners/smtp/support';

const PEM = path.resolve('fixtures/tls/server.pem');
const OPTIONS = `SMTP_Extensions = ("ENHANCEDSTATUSCODES" "STARTTLS" "AUTH LOGIN" "AUTH PLAIN" "AUTH CRAM-MD5")
  TLS_Certificate = "${PEM}"
  AuthLoginParameters = [ uri = "file:///etc/passwords" ]
  AuthPlainParameters = [ uri = "file:///etc/passwords" ]
  AuthCramMD5Parameters = [ uri = "file:///etc/passwords" ]`;
const FILES = { '/etc/passwords': 'joe:secret\n' };
const REFUSALS = policy({
  'validate_rcptto(msg, str, ac, vctx)': `if msg:rcptto():find("^bad") then vctx:set_code(550, "5.1.1 nobody here") end ${CONT}`,
  'validate_data_spool(msg, ac, vctx)': `if msg:header("Subject")[1] == "spam" then vctx:set_code(554, "5.7.1 line one\\nline two") end ${CONT}`,
});

let mta: Momentum;
let port: number;
beforeEach(async () => {
  mta = await smtpServer(OPTIONS, { files: FILES, ...REFUSALS });
  const { smtp } = await mta.listen({ smtp: 0 });
  port = smtp!.port;
});
afterEach(() => mta.stop());

const MAIL = { from: 'a@b.example', to: 'c@d.example', subject: 'hello', text: 'hi' };

describe('nodemailer', () => {
  const client = (options: object = {}) =>
    createTransport({
      host: '127.0.0.1',
      port,
      ignoreTLS: true,
      tls: { rejectUnauthorized: false },
      ...options,
    });
  async function send(mail: object, options: object = {}): Promise<SentMessageInfo> {
    const transport = client(options);
    try {
      return await transport.sendMail(mail);
    } finally {
      transport.close();
    }
  }

  test('plain', async () => {
    expect(await send({ ...MAIL, text: '.dot\n..dots\nfrom ä' })).toMatchObject({
      accepted: ['c@d.example'],
      response: expect.stringMatching(/^250 2\.0\.0 OK /),
    });
    expect(mta.messages).toMatchObject([{ text: '.dot\r\n..dots\r\nfrom ä\r\n' }]);
    expect(mta.messages[0]!.raw.toString()).toMatch(/with ESMTP\b/);
  });

  test('STARTTLS', async () => {
    await send(MAIL, { ignoreTLS: false, requireTLS: true });
    expect(mta.messages[0]!.context.connection).toMatchObject({ tls: 'on' });
    expect(mta.messages[0]!.raw.toString()).toMatch(/with ESMTPS/);
  });

  test.each(['LOGIN', 'PLAIN', 'CRAM-MD5'])('AUTH %s', async (method) => {
    const auth = (pass: string) => ({ auth: { user: 'joe', pass, method }, authMethod: method });
    await send(MAIL, auth('secret'));
    expect(mta.messages[0]!.context.connection).toMatchObject({ auth_user: 'joe', auth_name: method });
    await expect(send(MAIL, auth('wrong'))).rejects.toMatchObject({ code: 'EAUTH', responseCode: 535 });
  });

  test('what policy refuses', async () => {
    expect(await send({ ...MAIL, to: ['bad@d.example', 'c@d.example'] })).toMatchObject({
      accepted: ['c@d.example'],
      rejected: ['bad@d.example'],
      rejectedErrors: [{ response: '550 5.1.1 nobody here' }],
    });
    await expect(send({ ...MAIL, subject: 'spam' })).rejects.toMatchObject({
      responseCode: 554,
      response: '554-5.7.1 line one\n554 line two',
    });
  });

  test('30 MB, byte for byte', async () => {
    const content = Buffer.alloc(30_000_000);
    for (let i = 0; i < content.length; i += 4) content.writeUInt32LE((i * 2654435761) >>> 0, i);
    const raw = Buffer.concat([
      Buffer.from('From: a@b.example\r\nSubject: large\r\n\r\n'),
      Buffer.from(content.toString('base64').replace(/.{76}/g, '$&\r\n')),
      Buffer.from('\r\n'),
    ]);
    await send({ envelope: { from: 'a@b.example', to: ['c@d.example'] }, raw });
    const received = mta.messages[0]!.raw;
    const body = (bytes: Buffer) => bytes.subarray(bytes.indexOf('\r\n\r\n'));
    expect(body(received).equals(body(raw))).toBe(true);
  });

  test('1,000 recipients', async () => {
    const to = Array.from({ length: 1000 }, (_, i) => `user${i}@d.example`);
    expect(await send({ ...MAIL, to })).toMatchObject({ accepted: to, rejected: [] });
    expect(mta.messages.map(({ envelope }) => envelope.to)).toEqual(to);
    expect(mta.mainlog.filter(({ text }) => text.includes('@R@'))).toHaveLength(1000);
  });

  test('a pool of connections with many messages each', async () => {
    const transport = client({ pool: true, maxConnections: 10, maxMessages: 20 });
    await Promise.all(
      Array.from({ length: 500 }, (_, i) => transport.sendMail({ ...MAIL, to: `user${i}@d.example` })),
    );
    transport.close();
    expect(new Set(mta.messages.map(({ envelope }) => envelope.to)).size).toBe(500);
  });
});

describe('swaks', () => {
  const withSwaks = counterpart('swaks');
  const swaks = (...args: string[]) =>
    new Promise<{ status: number | null; output: string }>((resolve) => {
      const child = spawn('swaks', [
        ...['--server', '127.0.0.1', '--port', String(port), '--from', 'a@b.example', '--to', 'c@d.example'],
        ...args,
      ]);
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk) => (output += String(chunk)));
      child.on('close', (status) => resolve({ status, output }));
    });

  withSwaks('delivers plainly and pipelined', async () => {
    expect(await swaks('--body', 'hello')).toMatchObject({ status: 0 });
    expect(await swaks('--body', '.hello', '--pipeline')).toMatchObject({ status: 0 });
    expect(mta.messages.map(({ text }) => text!.trim())).toEqual(['hello', '.hello']);
  });

  withSwaks('delivers with STARTTLS', async () => {
    const { status, output } = await swaks('--tls');
    expect({ status, missing: /module .* not (?:found|available)/i.test(output) }).toEqual({
      status: 0,
      missing: false,
    });
    expect(mta.messages[0]!.context.connection).toMatchObject({ tls: 'on' });
  });

  withSwaks('logs in', async () => {
    const login = ['--auth-user', 'joe', '--auth-password'];
    for (const method of ['LOGIN', 'PLAIN', 'CRAM-MD5']) {
      expect(await swaks('--auth', method, ...login, 'secret')).toMatchObject({ status: 0 });
      expect(await swaks('--auth', method, ...login, 'wrong')).toMatchObject({ status: 28 });
    }
    expect(mta.messages.map(({ context }) => context.connection.auth_name)).toEqual([
      'LOGIN',
      'PLAIN',
      'CRAM-MD5',
    ]);
  });

  withSwaks('sees refusals', async () => {
    const { status, output } = await swaks('--to', 'bad@d.example');
    expect({ status }).toEqual({ status: 24 });
    expect(output).toContain('<** 550 5.1.1 nobody here');
    expect((await swaks('--header', 'Subject: spam')).output).toMatch(
      /<\*\* 554-5\.7\.1 line one\s+<\*\* 554 line two/,
    );
  });
});
