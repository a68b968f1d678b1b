import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import type { HttpLogEntry } from '../../../src/listeners/http/log-line';
import type { HttpListenerContext } from '../../../src/listeners/http/listener';
import type { HttpRouterOptions } from '../../../src/listeners/http/router';
import type { HttpSettings } from '../../../src/listeners/http/settings';
import {
  closeListeners,
  echo,
  listen,
  listenerOf,
  RawClient,
  rethrow,
  routerOf,
  says,
  type Endpoints,
} from './support';

function serverOf(
  endpoints: Endpoints,
  settings: Partial<HttpSettings> = {},
  routerOptions: Partial<HttpRouterOptions> = {},
  context: Partial<HttpListenerContext> = {},
): Server {
  return listenerOf(routerOf(endpoints, routerOptions), settings, context).server;
}

afterEach(closeListeners);

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

describe('through supertest', () => {
  test('a server that does not listen serves many requests in a row', async () => {
    const server = serverOf({ 'GET /': says('hello') });
    for (let i = 0; i < 5; i++) await request(server).get('/').expect(200, 'hello');
    expect(server.listening).toBe(false);
  });

  test('200 at the same time, each with its own answer', async () => {
    const server = serverOf({ 'POST /': echo });
    const bodies = Array.from({ length: 200 }, (_, i) => `body ${i}`);
    const responses = await Promise.all(
      bodies.map((body) => request(server).post('/').set('Content-Type', 'text/plain').send(body)),
    );
    expect(responses.map(({ text }) => text)).toEqual(bodies);
  });

  test('200 at the same time, the first of which closes the server', async () => {
    const server = serverOf({ 'GET /': says('x') });
    server.listen(0);
    const { port } = server.address() as AddressInfo;
    const ask = async () => (await request(`http://127.0.0.1:${port}`).get('/')).text;
    const first = ask().then((text) => {
      server.close();
      return text;
    });
    const texts = await Promise.all([first, ...Array.from({ length: 199 }, ask)]);
    expect(texts.filter((text) => text === 'x')).toHaveLength(200);
  });

  test('every byte of a body goes in and out', async () => {
    const server = serverOf({
      'POST /': (session) => {
        echo(session);
        session.headerSet('Content-Type', 'application/octet-stream');
      },
    });
    const response = await request(server).post('/').type('application/octet-stream').send(everyByte);
    expect(response.body).toEqual(everyByte);
  });

  test('two servers do not know each other', async () => {
    const [one, other] = [serverOf({ 'GET /': says('one') }), serverOf({ 'GET /': says('other') })];
    const responses = await Promise.all([request(one).get('/'), request(other).get('/')]);
    expect(responses.map(({ text }) => text)).toEqual(['one', 'other']);
  });

  test('a crash resets the connection and is reported', async () => {
    const crash = new Error('crash');
    const crashes: unknown[] = [];
    const server = serverOf(
      { 'GET /': () => Promise.reject(crash) },
      {},
      { onError: rethrow },
      { onCrash: (error) => crashes.push(error) },
    );
    await expect(request(server).get('/')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(crashes).toEqual([crash]);
  });

  test('a body above Max_Request_Size is a 413, in the log, and never reaches the handler', async () => {
    const log: HttpLogEntry[] = [];
    const handler = jest.fn(echo);
    const server = serverOf(
      { 'POST /': handler },
      { maxRequestSize: 10 },
      { log: (entry) => log.push(entry) },
    );
    await request(server).post('/').type('text/plain').send('0123456789').expect(200, '0123456789');
    const refused = await request(server).post('/').type('text/plain').send('x'.repeat(2_000_000));
    expect(refused.status).toBe(413);
    expect(refused.headers.connection).toBe('close');
    expect(handler).toHaveBeenCalledTimes(1);
    expect(log.map(({ status }) => status)).toEqual([200, 413]);
  });

  test('HEAD has the length and no body', async () => {
    const response = await request(serverOf({ 'HEAD /': says('four') })).head('/');
    expect([response.headers['content-length'], response.text]).toEqual(['4', undefined]);
  });
});

describe('on the wire', () => {
  const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
  const LAST = 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';

  async function talk(server: Server, text: string): Promise<string> {
    const client = await RawClient.connect(await listen(server));
    return client.send(text).text();
  }

  test('exactly these bytes', async () => {
    const server = serverOf({
      'GET /': (session) => {
        session.statusSetStd(299, 'd\xe9j\xe0 vu', 'text/plain');
        session.headerSet('x-MixedCase', '\xff\xfe');
      },
    });
    expect(await talk(server, LAST)).toBe(
      [
        'HTTP/1.1 299 d\xe9j\xe0 vu',
        'Content-Type: text/plain',
        'x-MixedCase: \xff\xfe',
        'Content-Length: 7',
        'Date: Thu, 01 Jan 2026 12:00:00 GMT',
        'Connection: close',
        '',
        'd\xe9j\xe0 vu',
      ].join('\r\n'),
    );
  });

  test('the request arrives byte by byte as sent', async () => {
    const seen: unknown[] = [];
    const server = serverOf({
      '* /': ({ request: { method, target, headers, httpVersion, remote, listener } }) => {
        seen.push({ method, target, headers, httpVersion, address: remote.address, listener });
      },
    });
    await talk(server, 'PROPFIND /%C3%A9//?a=%zz&&b HTTP/1.0\r\nX-a: \xfc\r\nx-A: 2\r\n\r\n');
    expect(seen).toEqual([
      {
        method: 'PROPFIND',
        target: '/%C3%A9//?a=%zz&&b',
        headers: [
          ['X-a', '\xfc'],
          ['x-A', '2'],
        ],
        httpVersion: '1.0',
        address: '127.0.0.1',
        listener: '*:2081',
      },
    ]);
  });

  test('keeps the connection for further requests, also pipelined ones, in order', async () => {
    let count = 0;
    const server = serverOf({
      'GET /': async (session) => {
        const turn = ++count;
        if (turn === 2) await new Promise(setImmediate);
        session.append(Buffer.from(`answer ${turn}`));
      },
    });
    const client = await RawClient.connect(await listen(server));
    await client.send(GET).until('answer 1');
    const text = await client.send(GET + LAST).text();
    expect(text.match(/answer \d/g)).toEqual(['answer 1', 'answer 2', 'answer 3']);
  });

  test('a chunked upload is decoded', async () => {
    const server = serverOf({ 'POST /': echo });
    const text = await talk(
      server,
      'POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    );
    expect(text).toMatch(/\r\n\r\nabcde$/);
  });

  test('a client may close its half after the request', async () => {
    const server = serverOf({
      'GET /': async (session) => {
        await new Promise(setImmediate);
        session.append(Buffer.from('late'));
      },
    });
    const client = await RawClient.connect(await listen(server));
    client.socket.end(GET);
    expect(await client.text()).toMatch(/\r\n\r\nlate$/);
  });

  describe('malformed', () => {
    test.each<[string, string, RegExp]>([
      ['nonsense', 'nonsense\r\n\r\n', /^HTTP\/1\.1 400 Bad Request\r\n/],
      ['a header without a colon', 'GET / HTTP/1.1\r\nHost h\r\n\r\n', /^HTTP\/1\.1 400 /],
      ['no host', 'GET / HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
      ['a bad length', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n', /^HTTP\/1\.1 400 /],
      [
        'a bad chunk',
        'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
        /^HTTP\/1\.1 400 /,
      ],
      ['CONNECT', 'CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n', /^HTTP\/1\.1 400 /],
      ['an endless head', `GET / HTTP/1.1\r\nX: ${'x'.repeat(1_100_000)}`, /^HTTP\/1\.1 431 /],
    ])('%s: refused and closed, no handler, no log', async (_name, text, expected) => {
      const [handler, log] = [jest.fn(), jest.fn()];
      const server = serverOf({ '* /': handler }, {}, { log });
      const answer = await talk(server, text);
      expect(answer).toMatch(expected);
      expect(answer).toContain('\r\nDate: Thu, 01 Jan 2026 12:00:00 GMT\r\nConnection: close\r\n');
      expect([handler.mock.calls, log.mock.calls]).toEqual([[], []]);
    });

    test('after a good request: that one is answered first', async () => {
      const server = serverOf({ 'POST /': echo });
      const text = await talk(
        server,
        'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nhel\x01lo\r\n\r\n',
      );
      expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
      expect(text).toContain('\r\n\r\nhel');
    });
  });

  describe('Expect: 100-continue', () => {
    const head = (length: number) =>
      `POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;

    test('is answered', async () => {
      const client = await RawClient.connect(await listen(serverOf({ 'POST /': echo })));
      await client.send(head(2)).until('HTTP/1.1 100 Continue\r\n\r\n');
      expect(await client.send('ab').text()).toMatch(/\r\n\r\nab$/);
    });

    test('is refused when the body would be too large', async () => {
      const text = await talk(serverOf({ 'POST /': echo }, { maxRequestSize: 1 }), head(2));
      expect(text).toMatch(/^HTTP\/1\.1 413 /);
    });
  });

  test.each([204, 304])('%d has no body and leaves the connection usable', async (status) => {
    const server = serverOf({
      'GET /ok': says('fine'),
      'GET /': (session) => session.statusSet(status, 'x'),
    });
    const text = await talk(server, GET + LAST.replace('/', '/ok'));
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`, 'HTTP/1.1 200']);
  });

  test('a status that promises a further response closes the connection', async () => {
    const text = await talk(serverOf({ 'GET /': (session) => session.statusSet(103, 'Early Hints') }), GET);
    expect(text).toMatch(/^HTTP\/1\.1 103 Early Hints\r\n/);
  });

  test('an upload above the limit is answered before its end', async () => {
    const client = await RawClient.connect(await listen(serverOf({ 'POST /': echo }, { maxRequestSize: 1 })));
    const text = await client
      .send('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n')
      .until('Request Entity Too Large\n');
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    client.send('0\r\n\r\n');
    expect(await client.fate()).toBe('closed');
  });

  test('a client that gives up in the middle of its upload reaches no handler', async () => {
    const handler = jest.fn();
    const server = serverOf({ 'POST /': handler });
    const client = await RawClient.connect(await listen(server));
    const arrival = once(server, 'request') as Promise<[IncomingMessage]>;
    client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc');
    const [upload] = await arrival;
    const gone = new Promise((resolve) => upload.once('close', resolve));
    client.socket.destroy();
    await gone;
    expect(handler).not.toHaveBeenCalled();
  });

  test('an idle client is dropped after Idle_Time', async () => {
    const client = await RawClient.connect(
      await listen(serverOf({ 'GET /': says('x') }, { idleTime: 0.05 })),
    );
    await client.send(GET).until('\r\n\r\nx');
    expect(await client.fate()).toBe('closed');
  });

  test('a crash resets every client of the server', async () => {
    const crashes: unknown[] = [];
    const server = serverOf(
      { 'GET /crash': () => Promise.reject(new Error('crash')), 'GET /': says('x') },
      {},
      { onError: rethrow },
      { onCrash: (error) => crashes.push(error) },
    );
    const port = await listen(server);
    const [idle, fatal] = await Promise.all([RawClient.connect(port), RawClient.connect(port)]);
    await idle.send(GET).until('\r\n\r\nx');
    fatal.send(GET.replace('/', '/crash'));
    expect(await Promise.all([idle.fate(), fatal.fate()])).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(crashes).toHaveLength(1);
  });
});
