import type { HttpLogEntry } from '../../../src/listeners/http/log-line';
import type { HttpRouterOptions } from '../../../src/listeners/http/router';
import type { HttpRequest } from '../../../src/server/http/messages';
import { NOON, registryOf, requestOf, routerOf, says, type Endpoints } from './support';

async function ask(
  endpoints: Endpoints,
  method: string,
  target: string,
  options?: Partial<HttpRouterOptions>,
) {
  const { body, ...rest } = await routerOf(endpoints, options).handle(requestOf(method, target));
  return { ...rest, text: body.toString() };
}

describe('finding the endpoint', () => {
  const endpoints = { 'GET /somepath': says('get'), 'POST /somepath': says('post'), '* /any': says('any') };
  test.each<[string, string, number, { method: string | null; path: string } | undefined]>([
    ['GET', '/somepath', 200, { method: 'GET', path: '/somepath' }],
    ['POST', '/somepath/?a=/x', 200, { method: 'POST', path: '/somepath' }],
    ['GET', '/some%70ath', 200, { method: 'GET', path: '/somepath' }],
    ['GET', '/somepath%2Fx', 200, { method: 'GET', path: '/somepath' }],
    ['GET', 'http://example.com/somepath', 200, { method: 'GET', path: '/somepath' }],
    ['BREW', '/any/thing', 200, { method: null, path: '/any' }],
    ['GET', '/somepathology', 404, undefined],
    ['GET', '/', 404, undefined],
    ['DELETE', '/somepath', 404, undefined],
    ['HEAD', '/somepath', 404, undefined],
  ])('%s %s: %d', async (method, target, status, handler) => {
    expect(await ask(endpoints, method, target)).toMatchObject({ status, handler });
  });

  test('the text of a 404 is short, and absent for HEAD', async () => {
    const found = await ask({}, 'GET', '/');
    expect(found).toMatchObject({ statusText: 'Not Found', text: 'Not Found\n', defaultResponse: false });
    expect(found.headers).toContainEqual(['Content-Length', '10']);
    expect(await ask({}, 'HEAD', '/')).toMatchObject({ text: '', headers: found.headers });
  });

  test('the registry is the current one at each request', async () => {
    let current = registryOf({ 'GET /': says('old') });
    const router = routerOf({}, { registry: () => current });
    expect((await router.handle(requestOf('GET', '/'))).body.toString()).toBe('old');
    current = registryOf({ 'GET /': says('new') });
    expect((await router.handle(requestOf('GET', '/'))).body.toString()).toBe('new');
  });
});

describe('the response', () => {
  test('carries the virtual date, unless the handler set one', async () => {
    const dated: Endpoints = { 'GET /': (session) => session.headerSet('date', 'today') };
    expect((await ask({ 'GET /': says('') }, 'GET', '/')).headers).toContainEqual([
      'Date',
      'Thu, 01 Jan 2026 12:00:00 GMT',
    ]);
    expect((await ask(dated, 'GET', '/')).headers).toEqual([
      ['date', 'today'],
      ['Content-Length', '0'],
    ]);
  });

  test('follows the options', async () => {
    const endpoints: Endpoints = { 'GET /': (session) => session.statusSetStd(200, 'hello') };
    expect(await ask(endpoints, 'GET', '/')).toMatchObject({ text: 'hello' });
    expect(await ask(endpoints, 'GET', '/', { statusMessageAsBody: 'never' })).toMatchObject({ text: '' });
    expect(
      await ask({ 'GET /': () => undefined }, 'GET', '/', { defaultResponse: { status: 202 } }),
    ).toMatchObject({ status: 202, defaultResponse: true });
  });

  test('waits for an asynchronous handler', async () => {
    const endpoints: Endpoints = {
      'GET /': async (session) => {
        await Promise.resolve();
        session.append(Buffer.from('late'));
      },
    };
    expect(await ask(endpoints, 'GET', '/')).toMatchObject({ text: 'late' });
  });
});

describe('errors', () => {
  const boom = new Error('boom');
  const endpoints: Endpoints = {
    'GET /sync': (session) => {
      session.statusSetStd(201, 'half done', 'text/plain');
      session.append(Buffer.from('partial'));
      throw boom;
    },
    'GET /async': () => Promise.reject(boom),
  };

  test.each(['/sync', '/async'])('%s: an empty 500, nothing of what was prepared', async (target) => {
    expect(await ask(endpoints, 'GET', target)).toMatchObject({
      status: 500,
      statusText: 'Internal Server Error',
      text: '',
      headers: [
        ['Content-Length', '0'],
        ['Date', expect.any(String)],
      ],
    });
  });

  test('onError is told, and may answer otherwise', async () => {
    const seen: unknown[] = [];
    const onError: HttpRouterOptions['onError'] = (error, session) => {
      seen.push(error);
      session.statusSet(503, 'Busy');
    };
    expect(await ask(endpoints, 'GET', '/sync', { onError })).toMatchObject({ status: 503 });
    expect(seen).toEqual([boom]);
  });

  test('what onError throws, and what registry throws, is a crash', async () => {
    const rethrow = (error: unknown) => {
      throw error;
    };
    await expect(ask(endpoints, 'GET', '/async', { onError: rethrow })).rejects.toBe(boom);
    await expect(ask({}, 'GET', '/', { registry: () => rethrow(boom) })).rejects.toBe(boom);
  });

  test('problems are reported, and may be made an error', async () => {
    const injecting: Endpoints = { 'GET /': (session) => session.headerSet('X-A', 'b\nc') };
    const problems: string[] = [];
    const onProblems: HttpRouterOptions['onProblems'] = (session) => problems.push(...session.problems);
    expect(await ask(injecting, 'GET', '/', { onProblems })).toMatchObject({ status: 200 });
    expect(problems).toEqual([expect.stringContaining('X-A')]);

    const refuse = () => {
      throw boom;
    };
    expect(await ask(injecting, 'GET', '/', { onProblems: refuse })).toMatchObject({ status: 500 });
  });
});

describe('the httplog', () => {
  async function logged(
    more: Partial<HttpRequest>,
    endpoints: Endpoints = { '* /somepath': says('fifteen bytes!!') },
  ) {
    const entries: HttpLogEntry[] = [];
    let now = NOON;
    const clock = { now: () => (now += 0.75) - 0.75 };
    await routerOf(endpoints, { log: (entry) => entries.push(entry), clock }).handle(
      requestOf('GET', '/somepath', more),
    );
    return entries.map(({ text }) => text);
  }

  test.each<[Partial<HttpRequest>, string]>([
    [{}, '1767268800 192.0.2.1:40000 *:2081 "GET somepath HTTP/1.1" 200 15 0.750'],
    [
      { method: 'PUT', target: '/somepath/a%20b?x=1', httpVersion: '1.0', listener: '127.0.0.1:8081' },
      '1767268800 192.0.2.1:40000 127.0.0.1:8081 "PUT somepath/a%20b HTTP/1.0" 200 15 0.750',
    ],
    [
      { target: 'http://example.com/nowhere', remote: { address: '::1', port: 5 } },
      '1767268800 [::1]:5 *:2081 "GET nowhere HTTP/1.1" 404 10 0.750',
    ],
  ])('%#', async (more, line) => {
    expect(await logged(more)).toEqual([line]);
  });

  test('has a line for an error too', async () => {
    const failing: Endpoints = { 'GET /somepath': () => Promise.reject(new Error()) };
    expect(await logged({}, failing)).toEqual([expect.stringMatching(/ 500 0 0\.750$/)]);
  });
});
