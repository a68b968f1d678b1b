import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import type { Momentum } from '../../../src';
import { CONT, policy, smtpServer } from './support';

let mta: Momentum;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await mta.stop();
});

const PEM = path.resolve('fixtures/tls/server.pem');
const DIALOGUE = [
  'EHLO client.test',
  'MAIL FROM:<a@b.example>',
  'RCPT TO:<c@d.example>',
  'DATA',
  'From: a@b.example',
  '',
  'hello',
  '.',
  'QUIT',
]
  .map((line) => `${line}\r\n`)
  .join('');
const CODES = ['220', '250', '250', '250', '354', '250', '221'];

async function dial(): Promise<Socket> {
  const { smtp } = await mta.listen({ smtp: 0 });
  return open(smtp!.port);
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** However the connection ends. */
function closed(socket: Socket): Promise<void> {
  socket.resume().once('end', () => socket.end());
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** Codes of the replies' last lines. */
const codes = (text: string) => [...text.matchAll(/^(\d{3}) /gm)].map(([, code]) => code);

test('a client that sends everything at once and ends still gets all replies', async () => {
  mta = await smtpServer();
  const socket = await dial();
  socket.end(DIALOGUE);
  expect(codes(await textOf(socket))).toEqual(CODES);
  expect(mta.messages).toMatchObject([{ envelope: { from: 'a@b.example', to: 'c@d.example' } }]);
});

test('byte by byte', async () => {
  mta = await smtpServer();
  const socket = await dial();
  socket.setNoDelay(true);
  const said = textOf(socket);
  for (const byte of Buffer.from(DIALOGUE)) {
    socket.write(Buffer.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(codes(await said)).toEqual(CODES);
});

test('a client that goes at any byte leaves nothing open; a complete message is kept', async () => {
  mta = await smtpServer();
  const { smtp } = await mta.listen({ smtp: 0 });
  const complete = DIALOGUE.indexOf('.\r\nQUIT') + 3;
  for (let length = 0; length <= DIALOGUE.length; length += 3) {
    const socket = await open(smtp!.port);
    const said = textOf(socket).catch(() => '');
    socket.end(DIALOGUE.slice(0, length));
    await said;
    const half = await open(smtp!.port);
    half.write(DIALOGUE.slice(0, length));
    half.destroy();
  }
  await untilQuiet();
  expect(mta.messages.length).toBeGreaterThanOrEqual(Math.floor((DIALOGUE.length - complete) / 3));
  expect(mta.messages.every(({ text }) => text === 'hello\r\n')).toBe(true);
});

/** Until no session is left. */
async function untilQuiet(): Promise<void> {
  for (let i = 0; (await mta.console('show inbound')).output !== ''; i++) {
    if (i > 10_000) throw new Error('sessions stay open');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('STARTTLS, and what a real certificate says', async () => {
  mta = await smtpServer(
    `SMTP_Extensions = ("STARTTLS" "XDUMPCONTEXT") TLS_Certificate = "${PEM}"
     TLS_Client_CA = "${path.resolve('fixtures/tls/ca.pem')}"`,
  );
  const socket = await dial();
  socket.write('EHLO client.test\r\nSTARTTLS\r\n');
  let plain = '';
  while (!plain.includes('220 2.0.0')) plain += String(((await once(socket, 'data')) as [Buffer])[0]);
  socket.removeAllListeners('data');
  const { readFileSync } = await import('node:fs');
  const client = readFileSync('fixtures/tls/client.pem');
  const secure = connectTls({
    socket,
    ca: readFileSync('fixtures/tls/ca.pem'),
    cert: client,
    key: client,
    servername: 'localhost',
  });
  secure.on('error', () => undefined);
  await once(secure, 'secureConnect');
  secure.end('EHLO client.test\r\nXDUMPCONTEXT\r\nQUIT\r\n');
  const said = await textOf(secure);
  expect(said).not.toContain('STARTTLS');
  expect(said).toContain('[connection] tls on\r\n');
  expect(said).toMatch(/\[connection\] tls_cipher TLS_AES_\S+\r\n/);
  expect(said).toContain('[connection] tls_client_cert_subject_cn Jörg Client\r\n');
  expect(said).toContain('[connection] tls_client_verified yes\r\n');
});

test('a handshake that fails closes the connection', async () => {
  mta = await smtpServer(`SMTP_Extensions = ("STARTTLS") TLS_Certificate = "${PEM}"`);
  const socket = await dial();
  socket.write('STARTTLS\r\n');
  let plain = '';
  while (!plain.includes('220 2.0.0')) plain += String(((await once(socket, 'data')) as [Buffer])[0]);
  socket.write('this is no handshake\r\n');
  await closed(socket);
  await untilQuiet();
});

test('a certificate that is missing is said in the paniclog', async () => {
  mta = await smtpServer('SMTP_Extensions = ("STARTTLS") TLS_Certificate = "/no/such.pem"');
  const socket = await dial();
  socket.write('STARTTLS\r\n');
  await closed(socket);
  await untilQuiet();
  expect(mta.paniclog.map(({ text }) => text)).toEqual([
    expect.stringContaining('TLS_Certificate: there is no file'),
  ]);
});

test('Use_SSL', async () => {
  mta = await smtpServer(`TLS_Certificate = "${PEM}" Use_SSL = true`);
  const { smtp } = await mta.listen({ smtp: 0 });
  const socket = connectTls({ port: smtp!.port, host: '127.0.0.1', rejectUnauthorized: false });
  sockets.push(socket);
  socket.end(DIALOGUE);
  expect(codes(await textOf(socket))).toEqual(CODES);
});

test('a PROXY header names the client; without one there is no banner', async () => {
  mta = await smtpServer('Proxy_Protocol = true');
  const { smtp } = await mta.listen({ smtp: 0 });
  const socket = await open(smtp!.port);
  socket.end('PROXY TCP4 192.0.2.7 192.0.2.1 4711 25\r\nEHLO a\r\n');
  expect(await textOf(socket)).toContain('says EHLO to 192.0.2.7');
  const other = await open(smtp!.port);
  other.end('EHLO a\r\n');
  expect(await textOf(other)).toBe('');
});

test('a Unix socket', async () => {
  mta = await smtpServer();
  const directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-smtp-'));
  const file = path.join(directory, 'smtp');
  await mta.listen({ smtp: file });
  const socket = connect({ path: file, allowHalfOpen: true });
  sockets.push(socket);
  socket.end(DIALOGUE);
  expect(codes(await textOf(socket))).toEqual(CODES);
  await mta.stop();
  expect(existsSync(file)).toBe(false);
  rmSync(directory, { recursive: true });
});

test('Listener_Sessions counts sockets, until they are closed', async () => {
  mta = await smtpServer('Listener_Sessions = 1');
  const { smtp } = await mta.listen({ smtp: 0 });
  const first = await open(smtp!.port);
  await once(first, 'data');
  const second = await open(smtp!.port);
  expect(await textOf(second)).toBe('421 4.4.5 Service unavailable, concurrency limit reached.\r\n');
  first.destroy();
  await untilQuiet();
  const third = await open(smtp!.port);
  expect(String(((await once(third, 'data')) as [Buffer])[0])).toMatch(/^220 /);
});

test('Enable closes the listening socket, not the sessions, and opens it again', async () => {
  mta = await smtpServer();
  const { smtp } = await mta.listen({ smtp: 0 });
  const socket = await open(smtp!.port);
  await once(socket, 'data');
  const set = (value: boolean) => mta.console(`config set esmtp_listener enable = ${value}`);
  expect(await set(false)).toMatchObject({ status: 'COMPLETED' });
  const refused = connect(smtp!.port, '127.0.0.1');
  expect(await once(refused, 'error').catch((error: unknown) => [error])).toMatchObject([
    { code: 'ECONNREFUSED' },
  ]);
  socket.write('NOOP\r\n');
  expect(String(((await once(socket, 'data')) as [Buffer])[0])).toBe('250 2.0.0 OK\r\n');
  await set(true);
  await open(smtp!.port);
});

test('a client that takes no replies is waited for, and does not fill the memory', async () => {
  mta = await smtpServer('SMTP_Extensions = ("XDUMPCONTEXT" "XSETCONTEXT")');
  const socket = await dial();
  socket.pause();
  socket.write(`XSETCONTEXT big=${'x'.repeat(15_000)}\r\n`);
  const commands = 'XDUMPCONTEXT\r\n'.repeat(4000);
  let isTaken = false;
  socket.write(commands, () => (isTaken = true));
  for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve));
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 2000; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
  let received = 0;
  socket.on('data', (chunk: Buffer) => (received += chunk.length)).resume();
  socket.end('QUIT\r\n');
  await once(socket, 'end');
  expect({ isTaken, isMuch: received > 4000 * 15_000 }).toEqual({ isTaken: true, isMuch: true });
});

test('a crash resets the connections', async () => {
  mta = await smtpServer('', policy({ 'validate_ehlo()': `os.exit(1) ${CONT}` }));
  const { smtp } = await mta.listen({ smtp: 0 });
  const [one, other] = [await open(smtp!.port), await open(smtp!.port)];
  await once(other, 'data');
  const ends = [one, other].map(closed);
  one.write('EHLO a\r\n');
  await Promise.all(ends);
  expect(mta.crashed).toBeDefined();
});

test('stop closes everything', async () => {
  mta = await smtpServer();
  const socket = await dial();
  await once(socket, 'data');
  socket.write('MAIL FROM:<>\r\n');
  await Promise.all([closed(socket), mta.stop()]);
});
