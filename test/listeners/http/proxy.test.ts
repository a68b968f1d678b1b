import { once } from 'node:events';
import type { HttpLogEntry } from '../../../src/listeners/http/log-line';
import { DEFAULT_HTTP_SETTINGS, type HttpSettings } from '../../../src/listeners/http/settings';
import { closeListeners, listen, listenerOf, RawClient, routerOf } from './support';

const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
const HEADER = 'PROXY TCP4 192.0.2.1 198.51.100.1 40000 80\r\n';
const BINARY = '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x01\x9c\x40\0\x50';

afterEach(closeListeners);

/** A listener behind a proxy, whose handler says who asks. */
async function start(settings: Partial<HttpSettings> | ((peerIp: string) => Partial<HttpSettings>) = {}) {
  const log: HttpLogEntry[] = [];
  const router = routerOf(
    {
      'GET /who': (session) => {
        const { address, port } = session.request.remote;
        session.append(Buffer.from(`${address} ${port};`));
      },
    },
    { log: (entry) => log.push(entry) },
  );
  const settingsFor = (peerIp: string) => (typeof settings === 'function' ? settings(peerIp) : settings);
  const listener = listenerOf(router, (peerIp) => ({
    ...DEFAULT_HTTP_SETTINGS,
    proxyProtocol: true,
    ...settingsFor(peerIp),
  }));
  const port = await listen(listener.server);
  return { log, port, connect: () => RawClient.connect(port) };
}

const WHO = GET.replace('/', '/who');

describe('the header is read', () => {
  test.each([
    ['text', HEADER],
    ['binary', BINARY],
  ])('%s: together with the request, apart from it, and byte by byte', async (_case, header) => {
    const { connect, log } = await start();
    const together = await connect();
    await together.send(header + WHO).until('192.0.2.1 40000;');
    await together.send(WHO + WHO).until('192.0.2.1 40000;HTTP');

    const apart = await connect();
    apart.send(header);
    await new Promise(setImmediate);
    await apart.send(WHO).until('192.0.2.1 40000;');

    const slow = await connect();
    slow.socket.setNoDelay(true);
    for (const byte of header + WHO) {
      slow.send(byte);
      await new Promise(setImmediate);
    }
    await slow.until('192.0.2.1 40000;');
    expect(log.map(({ remote }) => remote)).toEqual(Array(5).fill('192.0.2.1:40000'));
  });

  test.each(['PROXY UNKNOWN\r\n', '\r\n\r\n\0\r\nQUIT\n\x20\0\0\0'])(
    '%j leaves the real client',
    async (header) => {
      const { connect } = await start();
      const client = await connect();
      await client.send(header + WHO).until(`127.0.0.1 ${client.socket.localPort};`);
    },
  );

  test('the address it names decides about Peer scopes', async () => {
    const asked: string[] = [];
    const { connect } = await start((peerIp) => {
      asked.push(peerIp);
      return { alwaysDeny: peerIp === '192.0.2.1' };
    });
    const denied = await connect();
    expect(await denied.send(HEADER + WHO).text()).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(asked[0]).toBe('127.0.0.1');
    await (await connect()).send(HEADER.replace('192.0.2.1', '192.0.2.2') + WHO).until('192.0.2.2');
  });

  test('a large body behind it arrives whole', async () => {
    const bodies: Buffer[] = [];
    const router = routerOf({ 'POST /': ({ request }) => void bodies.push(request.body) });
    const listener = listenerOf(router, { proxyProtocol: true });
    const client = await RawClient.connect(await listen(listener.server));
    const body = 'x'.repeat(300_000);
    client.send(`${HEADER}POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await client.until('200 OK');
    expect(bodies.map(String)).toEqual([body]);
  });
});

describe('refused without an answer', () => {
  test.each<[string, string, Partial<HttpSettings>]>([
    ['no header', WHO, {}],
    ['a malformed header', `PROXY TCP4 nonsense\r\n${WHO}`, {}],
    ['a second header', HEADER + HEADER, {}],
    ['the binary header before Momentum 5.4', BINARY + WHO, { proxyProtocolVersions: [1] }],
  ])('%s', async (name, text, settings) => {
    const { connect, log } = await start(settings);
    const client = await connect();
    const received = await client.send(text).text();
    // The second one is not a header any more but a malformed request.
    expect(received.slice(0, 12)).toBe(name === 'a second header' ? 'HTTP/1.1 400' : '');
    expect(log).toEqual([]);
  });

  test('a header that is not complete in time', async () => {
    const { connect } = await start({ proxyProtocolTimeout: 0.05 });
    const client = await connect();
    expect(await client.send('PROXY TCP4').text()).toBe('');
  });

  test('a client that ends in the middle of the header', async () => {
    const { connect } = await start();
    const client = await connect();
    client.socket.end('PROXY TCP4');
    expect(await client.text()).toBe('');
  });

  test('a client that is gone in the middle of the header leaves nothing behind', async () => {
    const { connect, port } = await start();
    const client = await connect();
    client.send('PROXY TCP4').socket.resetAndDestroy();
    await once(client.socket, 'close');
    await (await RawClient.connect(port)).send(HEADER + WHO).until('192.0.2.1');
  });

  test('closing the listener ends those that wait', async () => {
    const { connect } = await start();
    const client = await connect();
    client.send('PROXY');
    await closeListeners();
    expect(['closed', 'ECONNRESET']).toContain(await client.fate());
  });
});
