import { readFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import path from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import request from 'supertest';
import {
  DEFAULT_HTTP_SETTINGS,
  type HttpSettings,
  type TlsSettings,
} from '../../../src/listeners/http/settings';
import type { HttpRequest } from '../../../src/server/http/messages';
import { ROOT } from '../../helpers/cli';
import { closeListeners, listen, listenerOf, RawClient, rethrow, routerOf } from './support';

const file = (name: string) => path.join(ROOT, 'fixtures/tls', `${name}.pem`);
const pem = (name: string) => readFileSync(file(name));
const as = (name: string) => ({ cert: pem(name), key: pem(name) });
const tls: TlsSettings = { certificate: file('server-cert'), key: file('server-key'), clientCa: file('ca') };
const GET = 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';
const CLIENT_CN = Buffer.from('Jörg Client').toString('latin1');

afterEach(closeListeners);

/** An HTTPS listener and the requests that reach its handler. */
function start(more: Partial<TlsSettings> = {}, settings: Partial<HttpSettings> = {}) {
  const requests: HttpRequest[] = [];
  const problems: string[] = [];
  const router = routerOf({
    'GET /': (session) => {
      requests.push(session.request);
      session.append(Buffer.from('secret'));
    },
  });
  const listener = listenerOf(
    router,
    { ...settings, tls: { ...tls, ...more } },
    { onProblem: (message) => problems.push(message) },
  );
  const talk = async (options: ConnectionOptions = {}, text = GET) => {
    const port = listener.server.listening ? bound(listener.server.address()) : await listen(listener.server);
    const socket = connect({ port, host: '127.0.0.1', ca: pem('ca'), ...options });
    return new RawClient(socket).send(text).text();
  };
  return { listener, requests, problems, talk };
}

const bound = (address: unknown) => (address as { port: number }).port;

test('requests over TLS say so', async () => {
  const { talk, requests } = start();
  expect(await talk()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nsecret$/);
  expect(requests).toMatchObject([
    { tls: { protocol: 'TLSv1.3', cipher: expect.stringMatching(/^TLS_/), verified: false } },
  ]);
  expect(requests[0]).toMatchObject({
    username: undefined,
    subjectCn: undefined,
    remote: { address: '127.0.0.1' },
  });
});

test('supertest finds out that it has to speak HTTPS', async () => {
  const { server } = start().listener;
  await request(server).get('/').ca(pem('ca')).expect(200);
  await request(server).get('/').trustLocalhost().expect(200);
  await expect(request(server).get('/')).rejects.toThrow(/certificate/);
});

test('one file may hold certificate and key', async () => {
  const { talk } = start({ certificate: file('server'), key: undefined });
  expect(await talk()).toMatch(/secret$/);
});

describe('client certificates', () => {
  test.each<[string, Partial<TlsSettings>, ConnectionOptions, Partial<HttpRequest> | undefined]>([
    ['optional: none', {}, {}, { subjectCn: undefined, username: undefined }],
    ['optional: good', {}, as('client'), { subjectCn: CLIENT_CN, username: undefined }],
    ['optional: bad', {}, as('stranger'), { subjectCn: undefined }],
    ['optional: no authority', { clientCa: undefined }, as('client'), { subjectCn: undefined }],
    ['none: good, ignored', { verifyMode: 'none' }, as('client'), { subjectCn: undefined }],
    ['require: none', { verifyMode: 'require' }, {}, undefined],
    ['require: good', { verifyMode: 'require' }, as('client'), { subjectCn: CLIENT_CN }],
    ['require: bad goes on, unverified', { verifyMode: 'require' }, as('stranger'), { subjectCn: undefined }],
    [
      'authorizing: good',
      { peerIsAuthorized: true },
      as('client'),
      { subjectCn: CLIENT_CN, username: CLIENT_CN },
    ],
    [
      'authorizing: bad',
      { peerIsAuthorized: true },
      as('stranger'),
      { subjectCn: undefined, username: undefined },
    ],
  ])('%s', async (_case, settings, client, expected) => {
    const { talk, requests, problems } = start(settings);
    const text = await talk(client);
    if (expected) expect(requests).toMatchObject([expected]);
    else expect([text, requests]).toEqual(['', []]);
    expect(problems).toEqual([]);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    '%s: a verified one opens what asks for authentication',
    async (version) => {
      const { talk, requests } = start({ peerIsAuthorized: true }, { enableAuthentication: true });
      const at = { minVersion: version, maxVersion: version };
      expect(await talk({ ...as('client'), ...at })).toMatch(/^HTTP\/1\.1 200 /);
      expect(await talk({ ...as('stranger'), ...at })).toMatch(/^HTTP\/1\.1 403 /);
      expect(requests.map(({ tls }) => tls?.protocol)).toEqual([version]);
    },
  );
});

describe('protocols and ciphers', () => {
  test.each<[string, Partial<TlsSettings>, ConnectionOptions, boolean]>([
    ['TLS 1.2 is on', {}, { maxVersion: 'TLSv1.2' }, true],
    ['TLS 1.2 is off', { protocols: '+ALL:-TLSv1.2' }, { maxVersion: 'TLSv1.2' }, false],
    ['TLS 1.3 is off', { protocols: '+TLSv1.2' }, { minVersion: 'TLSv1.3' }, false],
    [
      'ciphers are for TLS 1.2',
      { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      { minVersion: 'TLSv1.3' },
      true,
    ],
    ['DEFAULT', { ciphers: 'DEFAULT' }, { maxVersion: 'TLSv1.2' }, true],
    [
      'no common cipher',
      { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
      false,
    ],
  ])('%s', async (_case, settings, client, works) => {
    const { talk, requests } = start(settings);
    const text = await talk(client);
    expect([text.endsWith('secret'), requests.length]).toEqual([works, works ? 1 : 0]);
  });
});

describe('settings that cannot work', () => {
  test.each<[string, Partial<TlsSettings>, string]>([
    ['no certificate', { certificate: '/no/such.pem' }, 'TLS_Certificate: there is no file /no/such.pem'],
    ['no key', { key: '/no/such.pem' }, 'TLS_Key: there is no file /no/such.pem'],
    ['no authority', { clientCa: '/no/such.pem' }, 'TLS_Client_CA: there is no file /no/such.pem'],
    ['a file that is no certificate', { certificate: file('server-key') }, 'TLS cannot work with'],
    ['the key of another certificate', { key: file('client') }, 'TLS cannot work with'],
    ['no such protocol', { protocols: '+TLSv9' }, 'TLS_Protocols'],
    ['no such cipher', { ciphers: 'NORMAL' }, 'TLS cannot work with'],
  ])('%s: the connection is closed, and the reason told', async (_case, settings, problem) => {
    const { talk, problems } = start(settings);
    expect(await talk()).toBe('');
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });
});

describe('connections', () => {
  test('keep-alive and pipelining work over TLS', async () => {
    const { talk } = start();
    const text = await talk({}, GET.replace('Connection: close\r\n', '') + GET);
    expect(text.match(/secret/g)).toHaveLength(2);
  });

  test('a client may close its half after the request', async () => {
    const { listener } = start();
    const socket: TLSSocket = connect({
      port: await listen(listener.server),
      host: '127.0.0.1',
      ca: pem('ca'),
    });
    const client = new RawClient(socket);
    socket.end(GET.replace('Connection: close\r\n', ''));
    expect(await client.text()).toMatch(/secret$/);
  });

  test('plain HTTP on a TLS port is refused without an answer', async () => {
    const { listener, requests } = start();
    const client = await RawClient.connect(await listen(listener.server));
    expect(await client.send(GET).text()).not.toContain('HTTP/1');
    expect(requests).toEqual([]);
  });

  test('behind a proxy: the PROXY header comes before the handshake', async () => {
    const { listener, requests } = start({}, { proxyProtocol: true });
    for (const isSlow of [false, true]) {
      const raw = connectPlain(
        await (listener.server.listening ? bound(listener.server.address()) : listen(listener.server)),
        '127.0.0.1',
      );
      raw.write('PROXY TCP4 192.0.2.1 198.51.100.1 40000 80\r\n');
      if (isSlow) await new Promise(setImmediate);
      const client = new RawClient(connect({ socket: raw, ca: pem('ca'), servername: 'localhost' }));
      expect(await client.send(GET).text()).toMatch(/secret$/);
    }
    expect(requests.map(({ remote }) => remote)).toEqual(
      Array(2).fill({ address: '192.0.2.1', port: 40000 }),
    );
  });

  test('Peer scopes decide whether a client speaks TLS', async () => {
    const router = routerOf({ 'GET /': (session) => session.append(Buffer.from('open')) });
    const listener = listenerOf(router, (peerIp) => ({
      ...DEFAULT_HTTP_SETTINGS,
      proxyProtocol: true,
      ...(peerIp === '192.0.2.1' && { tls }),
    }));
    const client = await RawClient.connect(await listen(listener.server));
    expect(await client.send(`PROXY TCP4 192.0.2.2 198.51.100.1 40000 80\r\n${GET}`).text()).toMatch(/open$/);
  });

  test('closing the listener ends those that have not shaken hands and those that have', async () => {
    const { listener } = start();
    const port = await listen(listener.server);
    const silent = await RawClient.connect(port);
    const idle = new RawClient(connect({ port, host: '127.0.0.1', ca: pem('ca') }));
    await idle.send(GET.replace('Connection: close\r\n', '')).until('secret');
    await listener.close();
    for (const client of [silent, idle]) expect(['closed', 'ECONNRESET']).toContain(await client.fate());
  });

  test('a client that does not shake hands is dropped after Idle_Time', async () => {
    const { listener } = start({}, { idleTime: 0.05 });
    const client = await RawClient.connect(await listen(listener.server));
    expect(await client.text()).toBe('');
  });

  test('a crash resets clients over TLS', async () => {
    const crashes: unknown[] = [];
    const router = routerOf({ 'GET /': () => Promise.reject(new Error('crash')) }, { onError: rethrow });
    const listener = listenerOf(router, { tls }, { onCrash: (error) => crashes.push(error) });
    const client = new RawClient(
      connect({ port: await listen(listener.server), host: '127.0.0.1', ca: pem('ca') }),
    );
    expect(await client.send(GET).fate()).toBe('ECONNRESET');
    expect(crashes).toHaveLength(1);
  });
});
