/** Far sides that are real SMTP servers. */
import { once } from 'node:events';
import net from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { Momentum, type MomentumOptions } from '../../src';
import '../../src/jest';

const DOMAIN = 'example.com';
const RAW = 'Subject: hello\r\n\r\n.one\r\n..two\r\nthree\r\n.\r\nlast';
const MESSAGE = { from: 'a@sender.test', to: `one@${DOMAIN}`, raw: Buffer.from(RAW) };

interface Received {
  readonly from: string;
  readonly to: string[];
  readonly raw: string;
  readonly hostname: string;
  readonly secure: boolean;
  readonly from8Bit: unknown;
}

const servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A real server on a port of its own, and what it has taken. */
async function smtpServer(options: SMTPServerOptions = {}) {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('latin1'),
          hostname: session.hostNameAppearsAs,
          secure: session.secure,
          from8Bit: mailFrom && mailFrom.args ? (mailFrom.args as { BODY?: unknown }).BODY : undefined,
        });
        callback();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  servers.push(server);
  return { server, received, port: (server.server.address() as net.AddressInfo).port };
}

/** A server that says these lines, one after each line that it hears. `undefined`: it closes. */
async function talker(...says: (string | undefined)[]): Promise<number> {
  const server = net.createServer((socket) => {
    const queue = [...says];
    const say = () => {
      const next = queue.shift();
      if (next === undefined) socket.end();
      else socket.write(next);
    };
    socket.on('data', say);
    socket.on('error', () => undefined);
    say();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as net.AddressInfo).port;
}

const start = (config = '', options: MomentumOptions = {}, raw: Buffer | undefined = MESSAGE.raw) =>
  Momentum.start({
    config: {
      text: `ec_logger "e" { }\nbounce_logger "b" { }\nhostname = mta.test\ngenerate_bounces = false\n${config}`,
    },
    domains: { [DOMAIN]: { active: [{ ...MESSAGE, raw }] } },
    ...options,
  });

test('a message is handed over, byte for byte', async () => {
  const { received, port } = await smtpServer();
  const mta = await start();
  const remote = mta.remote(DOMAIN).smtp({ port });
  const before = mta.clock.now();
  const { events } = await mta.clock.advance(0);
  expect(received).toMatchObject([
    { from: MESSAGE.from, to: [MESSAGE.to], raw: `${RAW}\r\n`, hostname: 'mta.test', secure: false },
  ]);
  expect(events).toMatchObject([{ type: 'delivered', note: expect.stringMatching(/^250 /) as string }]);
  expect(remote.deliveries).toMatchObject([{ to: MESSAGE.to, at: before }]);
  expect(mta.mainlog).toMatchObject([{ type: 'D', retries: 0 }]);
  expect(mta.clock.now()).toEqual(before);
});

test.each([
  ['a port', (port: number) => port],
  ['host and port', (port: number) => `127.0.0.1:${port}`],
  ['parts', (port: number) => ({ host: 'localhost', port, timeout: 5000 })],
])('the server is given by %s', async (_, option) => {
  const { received, port } = await smtpServer();
  const mta = await start();
  mta.remote('*').smtp(option(port));
  await mta.clock.advance(0);
  expect(received).toHaveLength(1);
});

test.each([
  ['no address', ''],
  ['no port', 'host'],
  ['port 0', 0],
  ['a port that is none', 70_000],
  ['a negative time-out', { port: 25, timeout: -1 }],
  ['a host that is no text', { host: 5, port: 25 }],
  ['null', null],
])('%s is refused', async (_, option) => {
  const mta = await start();
  expect(() => mta.remote(DOMAIN).smtp(option as never)).toThrow(/^remote\.smtp: a port, 'host:port'/);
});

test('several messages and several domains, each over a connection of its own', async () => {
  const { received, port } = await smtpServer();
  const mta = await start();
  mta.domains.add('b.test', {
    active: [
      { ...MESSAGE, to: 'x@b.test' },
      { ...MESSAGE, to: 'y@b.test', from: '' },
    ],
  });
  mta.remote('*').smtp(port);
  await mta.clock.advance(0);
  expect(
    received
      .map(({ to }) => to)
      .flat()
      .sort(),
  ).toEqual([MESSAGE.to, 'x@b.test', 'y@b.test']);
  expect(received.map(({ from }) => from)).toContain('');
  expect(new Set(mta.mainlog.map(({ connectionId }) => connectionId)).size).toBe(3);
});

const refusal = (code: number, text: string) => Object.assign(new Error(text), { responseCode: code });

test.each<[string, SMTPServerOptions, object]>([
  [
    'MAIL FROM',
    { onMailFrom: (_address, _session, callback) => callback(refusal(451, '4.7.1 later')) },
    { type: 'T', stage: 3, note: '451 4.7.1 later' },
  ],
  [
    'RCPT TO',
    { onRcptTo: (_address, _session, callback) => callback(refusal(550, '5.1.1 no such user')) },
    { type: 'P', stage: 5, note: '550 5.1.1 no such user' },
  ],
  [
    'the message',
    {
      onData: (stream, _session, callback) => {
        stream.resume();
        stream.on('end', () => callback(refusal(552, '5.3.4 too large')));
      },
    },
    { type: 'P', stage: 9, note: '552 5.3.4 too large' },
  ],
])('a refusal of %s counts', async (_, options, entry) => {
  const { port } = await smtpServer(options);
  const mta = await start();
  mta.remote(DOMAIN).smtp(port);
  await mta.clock.advance(0);
  expect(mta.mainlog).toMatchObject([entry]);
});

test('a message that is put off goes to the server again, or to what is scripted then', async () => {
  let isBusy = true;
  const { received, port } = await smtpServer({
    onMailFrom: (_address, _session, callback) => callback(isBusy ? refusal(451, 'busy') : null),
  });
  const mta = await start('retry_interval = 60');
  mta.remote(DOMAIN).smtp(port);
  await mta.clock.advance(0);
  expect(mta.domain(DOMAIN)!.delayedCount).toBe(1);
  isBusy = false;
  await mta.clock.advance('60s');
  expect(received).toHaveLength(1);
  mta.domains.add('b.test', { active: 2 });
  mta.remote('b.test').smtp(port).once.reply(550);
  await mta.clock.advance(0);
  expect(mta.mainlog.slice(-2).map(({ type }) => type)).toEqual(['P', 'D']);
});

test('a server that cannot be connected to', async () => {
  const { server, port } = await smtpServer();
  await new Promise<void>((resolve) => server.close(resolve));
  const mta = await start();
  mta.remote(DOMAIN).smtp(port);
  await mta.clock.advance(0);
  expect(mta.mainlog).toMatchObject([
    { type: 'T', stage: 0, note: '451 4.4.1 [internal] No valid hosts (unable to make any connections)' },
  ]);
  expect(mta.domain(DOMAIN)!.connectionFailures).toBe(1);
});

const CLOSED = '451 4.4.2 [internal] connection closed by remote host';

test.each<[string, (string | undefined)[], object]>([
  ['is silent', [''], { type: 'T', stage: 12, note: '451 4.4.2 [internal] no banner' }],
  ['closes at once', [undefined], { type: 'T', stage: 12, note: CLOSED }],
  ['refuses the session', ['554 5.7.1 go away\r\n'], { type: 'P', stage: 12, note: '554 5.7.1 go away' }],
  ['closes after EHLO', ['220 x\r\n', undefined], { type: 'T', stage: 10, note: CLOSED }],
  [
    'is silent after EHLO',
    ['220 x\r\n', ''],
    { stage: 10, note: '451 4.4.2 [internal] no HELO/EHLO response' },
  ],
  [
    'knows HELO only',
    ['220 x\r\n', '502 what?\r\n', '250 x\r\n', '450-one\r\n450 two\r\n'],
    { type: 'T', stage: 3, note: '450 one two' },
  ],
  ['says what is no reply', ['220 x\r\n', 'nonsense\r\n'], { type: 'T', stage: 11, note: '451 nonsense' }],
  [
    'replies in pieces',
    ['220 x\r\n', '250-x\r\n250 PIPE', ''],
    { type: 'T', stage: 10, note: '451 4.4.2 [internal] no HELO/EHLO response' },
  ],
])('a server that %s', async (_, says, entry) => {
  const port = await talker(...says);
  const mta = await start();
  mta.remote(DOMAIN).smtp({ port, timeout: 100 });
  await mta.clock.advance(0);
  expect(mta.mainlog).toMatchObject([entry]);
});

test('a message with bytes above 127 says so where the server allows it', async () => {
  const { received, port } = await smtpServer();
  const mta = await start('', {}, Buffer.from('Subject: x\r\n\r\nä\r\n'));
  mta.remote(DOMAIN).smtp(port);
  await mta.clock.advance(0);
  expect(received).toMatchObject([{ from8Bit: '8BITMIME' }]);
});

describe('TLS', () => {
  const withTls = { disabledCommands: ['AUTH'] };

  test('is used where the configuration and the server want it', async () => {
    const { received, port } = await smtpServer(withTls);
    for (const config of ['tls = no', 'tls = ifavailable', 'tls = required']) {
      const mta = await start(config);
      mta.remote(DOMAIN).smtp(port);
      await mta.clock.advance(0);
    }
    expect(received.map(({ secure }) => secure)).toEqual([false, true, true]);
  });

  test('that is required and not offered puts the message off', async () => {
    const { port } = await smtpServer();
    const mta = await start('tls = required');
    mta.remote(DOMAIN).smtp(port);
    await mta.clock.advance(0);
    expect(mta.mainlog).toMatchObject([
      { type: 'T', stage: 11, note: '451 4.7.6 [internal] STARTTLS required but not advertised' },
    ]);
  });

  test('that fails is an end where it is required, and plain text where it is not', async () => {
    const { received, port } = await smtpServer(withTls);
    const note = '451 4.7.5 [internal] TLS negotiation failed';
    const verified = 'tls_verify = ca\n';
    const required = await start(`${verified}tls = required`);
    required.remote(DOMAIN).smtp(port);
    await required.clock.advance(0);
    expect(required.mainlog).toMatchObject([{ type: 'T', stage: 17, note }]);
    const opportunistic = await start(`${verified}tls = ifavailable`);
    opportunistic.remote(DOMAIN).smtp(port);
    await opportunistic.clock.advance(0);
    expect(received.map(({ secure }) => secure)).toEqual([false]);
  });
});

test('hooks and the trace see the real dialogue', async () => {
  const { port } = await smtpServer();
  const source = `require("msys.core")
    local mod, core = {}, msys.core
    function mod:core_smtp_client_mailfrom_args(dc, args) core.smtp_client_args_add(args, "SIZE", "7") return 0 end
    function mod:core_inc_outbound_connections(connh) print("opened") end
    function mod:core_dec_outbound_connections(connh) print("closed") end
    msys.registerModule("mod", mod)`;
  const mta = await start('', { modules: [{ name: 'mod', source }], files: { '/trace': '' } });
  mta.remote(DOMAIN).smtp(port);
  await mta.console('trace smtp add default example.com /trace');
  await mta.clock.advance(0);
  const trace = mta.files.get('/trace')!.toString();
  const lines = [
    '< 220 ',
    '> EHLO mta.test',
    '> MAIL FROM:<a@sender.test> SIZE=7',
    '> DATA',
    '> QUIT',
    '< 221 ',
  ];
  for (const line of lines) expect(trace).toContain(` ${line}`);
  expect(mta.paniclog.map(({ message }) => message)).toEqual(['opened', 'closed']);
});

test('a server that is stopped lets go of its connections', async () => {
  const port = await talker('220 x\r\n', '');
  const mta = await start();
  mta.remote(DOMAIN).smtp({ port, timeout: 60_000 });
  const advanced = mta.clock.advance(0);
  await new Promise((resolve) => setImmediate(resolve));
  await mta.stop();
  await advanced;
  expect(mta.mainlog).toEqual([]);
});
