import { once } from 'node:events';
import type { HttpLogEntry } from '../../../src/listeners/http/log-line';
import { HttpRouter } from '../../../src/listeners/http/router';
import { DEFAULT_HTTP_SETTINGS, type HttpSettings } from '../../../src/listeners/http/settings';
import type { HttpResponseData } from '../../../src/server/http/messages';
import {
  authenticationOf,
  closeListeners,
  echo,
  listen,
  listenerOf,
  NOON,
  RawClient,
  registryOf,
  routerOf,
  says,
  type Endpoints,
} from './support';

const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
const POST = (rest: string) => `POST / HTTP/1.1\r\nHost: h\r\n${rest}`;
const statuses = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

afterEach(closeListeners);

async function start(endpoints: Endpoints, settings: Partial<HttpSettings> = {}) {
  const log: HttpLogEntry[] = [];
  const router = routerOf(endpoints, {
    authentication: authenticationOf({ alice: 'secret' }),
    log: (entry) => log.push(entry),
  });
  const port = await listen(listenerOf(router, settings).server);
  return { log, port, connect: () => RawClient.connect(port) };
}

describe('shapes that parties on the way could read differently: 400, close, no handler, no log', () => {
  const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n';
  test.each<[string, string]>([
    [
      'length and chunked',
      POST(`Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`),
    ],
    [
      'chunked and length',
      POST(`Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${smuggled}`),
    ],
    ['two lengths', POST(`Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde${smuggled}`)],
    ['two lengths in one', POST(`Content-Length: 5, 6\r\n\r\nabcde${smuggled}`)],
    ['a signed length', POST(`Content-Length: +5\r\n\r\nabcde${smuggled}`)],
    ['a negative length', POST(`Content-Length: -5\r\n\r\n${smuggled}`)],
    ['a hexadecimal length', POST(`Content-Length: 0x5\r\n\r\nabcde${smuggled}`)],
    ['an enormous length', POST(`Content-Length: ${'9'.repeat(40)}\r\n\r\nabcde`)],
    ['an unknown coding', POST(`Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`)],
    ['chunked is not last', POST(`Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`)],
    ['chunked twice', POST(`Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n${smuggled}`)],
    ['a space before the colon', POST(`Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`)],
    ['a folded header', POST(`X: a\r\n b: c\r\nContent-Length : 5\r\n\r\nabcde${smuggled}`)],
    ['a NUL', POST(`X: a\0b\r\n\r\n${smuggled}`)],
    ['a bare CR', POST(`X: a\rContent-Length: 5\r\n\r\nabcde${smuggled}`)],
    ['two hosts', `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${smuggled}`],
    ['no host', `GET / HTTP/1.1\r\n\r\n${smuggled}`],
    ['chunked in HTTP/1.0', `POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    [
      'a chunk size with a sign',
      POST(`Transfer-Encoding: chunked\r\n\r\n+5\r\nabcde\r\n0\r\n\r\n${smuggled}`),
    ],
    [
      'a chunk longer than it says',
      POST(`Transfer-Encoding: chunked\r\n\r\n2\r\nabcde\r\n0\r\n\r\n${smuggled}`),
    ],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/0.9', 'GET /\r\n\r\n'],
    ['a space in the target', `GET /a b HTTP/1.1\r\nHost: h\r\n\r\n`],
    ['CONNECT', `CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n${smuggled}`],
    ['a TLS handshake', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'],
  ])('%s', async (_case, text) => {
    const handler = jest.fn();
    const { connect, log } = await start({ '* /': handler });
    const received = await (await connect()).send(text).text();
    expect(statuses(received)).toEqual([400]);
    expect(received).toContain('\r\nConnection: close\r\n');
    expect([handler.mock.calls, log]).toEqual([[], []]);
  });

  test('an upgrade is not taken up: the request is an ordinary one', async () => {
    const { connect } = await start({ 'GET /': says('plain') });
    const upgrade = GET.replace('\r\n\r\n', '\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const client = await connect();
    expect(statuses(await client.send(upgrade).until('plain'))).toEqual([200]);
    client.clear();
    await client.send(GET).until('plain');
  });
});

describe('refusals leave connections as they should', () => {
  const authenticated: Partial<HttpSettings> = {
    enableAuthentication: true,
    authPlain: { uri: 'file:///x' },
  };
  const credentials = `Authorization: Basic ${Buffer.from('alice:secret').toString('base64')}\r\n`;

  test('401: the same connection asks again, bodies and all', async () => {
    const { connect, log } = await start({ 'POST /': echo }, authenticated);
    const client = await connect();
    await client.send(POST('Content-Length: 3\r\n\r\nabc')).until('Unauthorized\n');
    client.clear();
    await client.send(POST(`${credentials}Content-Length: 3\r\n\r\nabc`)).until('abc');
    expect(log.map(({ status }) => status)).toEqual([401, 200]);
  });

  test('401 before a body that the client holds back closes', async () => {
    const { connect } = await start({ 'POST /': echo }, authenticated);
    const text = await (
      await connect()
    )
      .send(POST('Expect: 100-continue\r\nContent-Length: 3\r\n\r\n'))
      .text();
    expect(statuses(text)).toEqual([401]);
  });

  test('100 Continue comes after authentication', async () => {
    const { connect } = await start({ 'POST /': echo }, authenticated);
    const client = await connect();
    client.send(POST(`${credentials}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`));
    await client.until('HTTP/1.1 100 Continue\r\n\r\n');
    await client.send('abc').until('\r\n\r\nabc');
  });

  test('an unknown expectation is ignored', async () => {
    const { connect } = await start({ 'GET /': says('fine') });
    await (await connect()).send(GET.replace('\r\n\r\n', '\r\nExpect: miracles\r\n\r\n')).until('fine');
  });

  test('403 closes, also on an upload', async () => {
    const { connect, log } = await start({ 'POST /': echo }, { alwaysDeny: true });
    const text = await (await connect()).send(POST('Content-Length: 3\r\n\r\nabc') + GET).text();
    expect(statuses(text)).toEqual([403]);
    expect(log).toHaveLength(1);
  });

  test('an upload that never ends is cut off after the answer', async () => {
    const { connect } = await start({ 'POST /': echo }, { maxRequestSize: 2 });
    const client = await connect();
    client.send(POST('Transfer-Encoding: chunked\r\n\r\n'));
    const endless = setInterval(() => client.send('3\r\nabc\r\n'), 50);
    await client.until('Request Entity Too Large\n');
    expect(['closed', 'ECONNRESET', 'EPIPE']).toContain(await client.fate());
    clearInterval(endless);
  });

  test('pipelined requests are answered in order, whatever becomes of each', async () => {
    const { connect } = await start({
      'GET /slow': async (session) => {
        await new Promise(setImmediate);
        session.append(Buffer.from('slow'));
      },
      'GET /': says('fast'),
      'POST /': echo,
    });
    const requests = [
      GET.replace('/', '/slow'),
      GET,
      GET.replace('GET', 'PUT'),
      POST('Transfer-Encoding: chunked\r\n\r\n1;x=y\r\na\r\n2\r\nbc\r\n0\r\nTrailer: t\r\n\r\n'),
      'nonsense\r\n\r\n',
    ];
    const text = await (await connect()).send(requests.join('')).text();
    expect(statuses(text)).toEqual([200, 200, 404, 200, 400]);
    expect(text).toMatch(/slow[^]*fast[^]*Not Found[^]*abc[^]*Bad Request/);
  });
});

describe('clients that go away', () => {
  test('while the handler is at work: nothing breaks, the request is logged', async () => {
    let finish: () => void = () => undefined;
    const working = new Promise<void>((resolve) => (finish = resolve));
    let began: () => void = () => undefined;
    const atWork = new Promise<void>((resolve) => (began = resolve));
    const { connect, log } = await start({
      'GET /slow': async (session) => {
        began();
        await working;
        session.append(Buffer.alloc(100_000));
      },
      'GET /': says('still here'),
    });
    const client = await connect();
    client.send(GET.replace('/', '/slow'));
    await atWork;
    client.socket.resetAndDestroy();
    await once(client.socket, 'close');
    const other = await connect();
    await other.send(GET).until('still here');
    finish();
    other.clear();
    await other.send(GET).until('still here');
    expect(log.map(({ path }) => path)).toEqual(['', 'slow', '']);
  });

  test.each(['reset', 'half'] as const)('in the middle of a head, a body, a chunk: %s', async (how) => {
    const handler = jest.fn();
    const { connect, log } = await start({ 'POST /': handler, 'GET /': says('still here') });
    const starts = [
      '',
      'PO',
      POST(''),
      POST('Content-Length: 9\r\n\r\nabc'),
      POST('Transfer-Encoding: chunked\r\n\r\n5\r\nab'),
    ];
    const clients = await Promise.all(starts.map(connect));
    clients.forEach((client, i) => client.send(starts[i]!));
    await (await connect()).send(GET).until('still here');
    for (const { socket } of clients)
      (how === 'half' ? () => socket.end() : () => socket.resetAndDestroy())();
    await Promise.all(clients.map((client) => client.fate()));
    await (await connect()).send(GET).until('still here');
    expect([handler.mock.calls, log.length]).toEqual([[], 2]);
  });

  test('a body byte by byte', async () => {
    const { connect } = await start({ 'POST /': echo });
    const client = await connect();
    client.socket.setNoDelay(true);
    for (const byte of POST('Content-Length: 5\r\n\r\nhello')) {
      client.send(byte);
      await new Promise(setImmediate);
    }
    await client.until('\r\n\r\nhello');
  });

  test('a large response to a client that reads late', async () => {
    const { connect } = await start({ 'GET /': (session) => session.append(Buffer.alloc(5_000_000, 'x')) });
    const client = await connect();
    client.socket.pause();
    client.send(GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    await new Promise(setImmediate);
    client.socket.resume();
    expect((await client.text()).split('\r\n\r\n')[1]).toHaveLength(5_000_000);
  });
});

describe('Idle_Time', () => {
  test('drops clients that sent nothing, half a head, half a body', async () => {
    const { connect } = await start({ 'POST /': echo }, { idleTime: 0.05 });
    const clients = await Promise.all(
      ['', 'GET /', POST('Content-Length: 9\r\n\r\nabc')].map(async (text) => (await connect()).send(text)),
    );
    expect(await Promise.all(clients.map((client) => client.text()))).toEqual(['', '', '']);
  });

  test('spares a request that is parked for asynchronous work, and counts again after it', async () => {
    let finish: () => void = () => undefined;
    const { connect } = await start(
      { 'GET /': () => new Promise<void>((resolve) => (finish = resolve)) },
      { idleTime: 0.05 },
    );
    const [parked, idle] = [await connect(), await connect()];
    parked.send(GET);
    expect(await idle.fate()).toBe('closed');
    finish();
    expect(statuses(await parked.until('200 OK'))).toEqual([200]);
    expect(await parked.fate()).toBe('closed');
  });
});

test('settings may change at any time and apply to the next request', async () => {
  let settings: HttpSettings = DEFAULT_HTTP_SETTINGS;
  const listener = listenerOf(routerOf({ 'POST /': echo }), () => settings);
  const client = await RawClient.connect(await listen(listener.server));
  const post = POST('Content-Length: 3\r\n\r\nabc');
  await client.send(post).until('abc');
  settings = { ...settings, maxRequestSize: 2 };
  expect(await client.send(post).until('Too Large\n')).toContain('HTTP/1.1 413');
  settings = { ...settings, alwaysDeny: true };
  const denied = await RawClient.connect(listeningPort(listener.server.address()));
  expect(statuses(await denied.send(post).text())).toEqual([403]);
});

const listeningPort = (address: unknown) => (address as { port: number }).port;

describe('responses without an announced length', () => {
  /** A router that leaves the framing to the listener. */
  class Streaming extends HttpRouter {
    override open(...args: Parameters<HttpRouter['open']>) {
      const exchange = super.open(...args);
      const answer = exchange.answer.bind(exchange);
      exchange.answer = async (body) => {
        const response = await answer(body);
        return { ...response, headers: withoutLength(response) };
      };
      return exchange;
    }
  }
  const withoutLength = ({ headers }: HttpResponseData) =>
    headers.filter(([name]) => name !== 'Content-Length');

  test.each([
    [false, /\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/],
    [true, /\r\nConnection: close\r\n\r\nhello$/],
  ])('Disable_Chunked = %s', async (disableChunked, expected) => {
    const registry = registryOf({ 'GET /': says('hello') });
    const router = new Streaming({ registry: () => registry, clock: { now: () => NOON } });
    const client = await RawClient.connect(await listen(listenerOf(router, { disableChunked }).server));
    client.send(GET);
    if (!disableChunked) await client.until('0\r\n\r\n');
    else await client.fate();
    expect(client.soFar).toMatch(expected);
  });
});
