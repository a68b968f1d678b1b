import { createHash } from 'node:crypto';
import type { AuthenticationOptions, HttpAuthentication } from '../../../src/listeners/http/authentication';
import type { HttpLogEntry } from '../../../src/listeners/http/log-line';
import type { HttpRouterOptions } from '../../../src/listeners/http/router';
import { DEFAULT_HTTP_SETTINGS, type HttpSettings } from '../../../src/listeners/http/settings';
import { VirtualClock } from '../../../src/server/clock';
import type { HttpRequest } from '../../../src/server/http/messages';
import { Logs } from '../../../src/server/logs';
import { authenticationOf, NOON, requestOf, rethrow, routerOf } from './support';

const PASSWORDS = { alice: 'secret', 'j\xc3\xb6rg': 'p\xc3\xa4ss:w\xf6rt' };
const plain = { uri: 'file:///etc/passwd' };
const digest = { uri: 'digest:///etc/htdigest', realm: 'the "realm"' };
const basicAuth: Partial<HttpSettings> = { enableAuthentication: true, authPlain: plain };
const digestAuth: Partial<HttpSettings> = { enableAuthentication: true, authDigest: digest };

const basic = (user: string, password: string): [string, string] => [
  'Authorization',
  `Basic ${Buffer.from(`${user}:${password}`, 'latin1').toString('base64')}`,
];

/** A router whose handler says who asks, and ways to ask it. */
function start(
  settings: Partial<HttpSettings>,
  authentication: Partial<AuthenticationOptions> = {},
  options: Partial<HttpRouterOptions> = {},
) {
  const clock = { time: NOON, now: () => clock.time };
  const log: HttpLogEntry[] = [];
  const router = routerOf(
    { 'GET /': (session) => session.append(Buffer.from(session.request.username ?? 'nobody', 'latin1')) },
    {
      clock,
      authentication: authenticationOf(PASSWORDS, authentication),
      log: (entry) => log.push(entry),
      ...options,
    },
  );
  const ask = async (headers: [string, string][] = [], more: Partial<HttpRequest> = {}) => {
    const request = requestOf(more.method ?? 'GET', more.target ?? '/', { headers, ...more });
    const { body, ...response } = await router.handle(request, { ...DEFAULT_HTTP_SETTINGS, ...settings });
    const challenges = response.headers
      .filter(([name]) => name === 'WWW-Authenticate')
      .map(([, value]) => value);
    return { ...response, text: body.toString('latin1'), challenges };
  };
  return { ask, log, clock };
}

describe('access control by address, then authentication', () => {
  const verified = { protocol: 'TLSv1.3', cipher: 'x', verified: true };
  const peerIsAuthorized = { tls: { certificate: 'x', peerIsAuthorized: true } };
  test.each<[string, Partial<HttpSettings>, [string, string][], Partial<HttpRequest>, number]>([
    ['nothing configured', {}, [], {}, 200],
    ['Always_Deny', { alwaysDeny: true }, [], {}, 403],
    ['Always_Deny beats Always_Allow', { alwaysDeny: true, alwaysAllow: true }, [], {}, 403],
    ['Always_Deny beats good credentials', { ...basicAuth, alwaysDeny: true }, [basic('alice', 'secret')], {}, 403],
    ['Always_Deny beats a certificate', { ...peerIsAuthorized, alwaysDeny: true }, [], { tls: verified }, 403],
    ['Always_Deny on an unknown path', { alwaysDeny: true }, [], { target: '/none', method: 'PUT' }, 403],
    ['Always_Allow', { ...basicAuth, alwaysAllow: true }, [], {}, 200],
    ['Always_Allow, wrong credentials', { ...basicAuth, alwaysAllow: true }, [basic('alice', '')], {}, 200],
    ['authentication without a mechanism', { enableAuthentication: true }, [], {}, 403],
    ['no credentials', basicAuth, [], {}, 401],
    ['no credentials, unknown path', basicAuth, [], { target: '/none' }, 401],
    ['good credentials, unknown path', basicAuth, [basic('alice', 'secret')], { method: 'PUT' }, 404],
    ['parameters without Enable_Authentication', { authPlain: plain }, [], {}, 200],
    ['a verified certificate', { ...basicAuth, ...peerIsAuthorized }, [], { tls: verified }, 200],
    ['one that is not verified', { ...basicAuth, ...peerIsAuthorized }, [], { tls: { ...verified, verified: false } }, 401],
    ['one that authorizes nobody', { ...basicAuth, tls: { certificate: 'x' } }, [], { tls: verified }, 401],
  ])('%s: %#', async (_case, settings, headers, more, status) => {
    const { ask, log } = start(settings);
    expect((await ask(headers, more)).status).toBe(status);
    expect(log).toEqual([expect.objectContaining({ status })]);
  }); // prettier-ignore

  test('without an authenticator nobody gets in where authentication is enabled', async () => {
    const { ask } = start(basicAuth, {}, { authentication: undefined });
    expect((await ask([basic('alice', 'secret')])).status).toBe(403);
  });
});

describe('Basic', () => {
  test('asks, and tells the handler the name, as bytes', async () => {
    const { ask } = start(basicAuth);
    const refused = await ask();
    expect(refused).toMatchObject({ status: 401, statusText: 'Unauthorized', text: 'Unauthorized\n' });
    expect(refused.challenges).toEqual(['Basic realm="mta.example.com"']);
    expect(await ask([basic('alice', 'secret')])).toMatchObject({ status: 200, text: 'alice' });
    const [name, password] = Object.entries(PASSWORDS)[1]!;
    expect(await ask([basic(name, password)])).toMatchObject({ status: 200, text: name });
  });

  test('nobody where nothing asks', async () => {
    expect(await start({}).ask([basic('alice', 'secret')])).toMatchObject({ text: 'nobody' });
  });

  test('the name of a certificate that authorizes', async () => {
    const { ask } = start({ tls: { certificate: 'x', peerIsAuthorized: true } });
    const tls = { protocol: 'TLSv1.3', cipher: 'x', verified: true };
    expect(await ask([], { tls, subjectCn: 'Client' })).toMatchObject({ text: 'Client' });
  });

  test.each<[string, [string, string][], number]>([
    ['a wrong password', [basic('alice', 'Secret')], 401],
    ['an unknown user', [basic('bob', 'secret')], 401],
    ['no Base64', [['Authorization', 'Basic !']], 401],
    ['another scheme', [['Authorization', 'Bearer c2VjcmV0']], 401],
    ['Digest, which is not offered', [['Authorization', 'Digest username="alice"']], 401],
    ['the header twice', [basic('alice', 'secret'), basic('alice', 'secret')], 401],
    ['an error verdict', [basic('broken', '')], 500],
  ])('%s: %#', async (_case, headers, status) => {
    expect((await start(basicAuth).ask(headers)).status).toBe(status);
  });

  test('what the authenticator throws is a 500, told to onError; what that throws is a crash', async () => {
    const boom = new Error('boom');
    const authenticator = { plain: () => Promise.reject(boom), ha1: () => Promise.reject(boom) };
    const seen: unknown[] = [];
    const { ask, log } = start(basicAuth, { authenticator }, { onError: (error) => void seen.push(error) });
    expect((await ask([basic('alice', 'secret')])).status).toBe(500);
    expect([seen, log.map(({ status }) => status)]).toEqual([[boom], [500]]);
    const fatal = start(basicAuth, { authenticator }, { onError: rethrow });
    await expect(fatal.ask([basic('alice', 'secret')])).rejects.toBe(boom);
  });

  test('authentications are recorded when the parameters say so', async () => {
    const record: HttpAuthentication[] = [];
    const onAuthentication = (one: HttpAuthentication) => void record.push(one);
    const logged = start(
      { ...basicAuth, authPlain: { ...plain, log_authentication: 'true' } },
      { onAuthentication },
    );
    await logged.ask();
    await logged.ask([basic('alice', 'secret')]);
    await logged.ask([basic('alice', 'wrong')]);
    await logged.ask([basic('broken', '')]);
    expect(record.map(({ mechanism, user, outcome }) => [mechanism, user, outcome])).toEqual([
      ['Basic', 'alice', 'ok'],
      ['Basic', 'alice', 'fail'],
      ['Basic', 'broken', 'error'],
    ]);
    expect(record[0]!.request.remote.address).toBe('192.0.2.1');
    await start(basicAuth, { onAuthentication }).ask([basic('alice', 'secret')]);
    expect(record).toHaveLength(3);
  });
});

describe('Digest', () => {
  const md5 = (text: string) => createHash('md5').update(text, 'latin1').digest('hex');
  const nonceOf = (challenge: string) => /nonce="([^"]+)"/.exec(challenge)![1]!;
  const quote = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;

  interface Client {
    readonly user?: string;
    readonly password?: string;
    readonly realm?: string;
    readonly method?: string;
    readonly uri?: string;
    readonly nc?: string;
    readonly cnonce?: string;
    readonly qop?: string;
    readonly algorithm?: string;
  }

  /** What a client sends, by RFC 7616, 3.4. */
  function answer(nonce: string, client: Client = {}): [string, string] {
    const { user = 'alice', password = 'secret', realm = digest.realm, method = 'GET', uri = '/' } = client;
    const { nc = '00000001', cnonce = 'c', qop = 'auth', algorithm } = client;
    const plainA1 = md5(`${user}:${realm}:${password}`);
    const a1 = algorithm?.toLowerCase() === 'md5-sess' ? md5(`${plainA1}:${nonce}:${cnonce}`) : plainA1;
    const response = md5(`${a1}:${nonce}:${nc}:${cnonce}:${qop}:${md5(`${method}:${uri}`)}`);
    const quotedOnes = Object.entries({ username: user, realm, nonce, uri, response, cnonce });
    const parts = quotedOnes.map(([name, value]) => `${name}=${quote(value)}`);
    parts.push(`qop=${qop}`, `nc=${nc}`, ...(algorithm ? [`algorithm=${algorithm}`] : []));
    return ['Authorization', `Digest ${parts.join(', ')}`];
  }

  async function challenged(settings = digestAuth, authentication: Partial<AuthenticationOptions> = {}) {
    const server = start(settings, authentication);
    const { challenges } = await server.ask();
    return { ...server, nonce: nonceOf(challenges[0]!) };
  }

  test('the challenge', async () => {
    const { challenges } = await start(digestAuth).ask();
    expect(challenges).toEqual([
      expect.stringMatching(
        /^Digest realm="the \\"realm\\"", qop="auth", algorithm=MD5, nonce="[0-9a-z.]+"$/,
      ),
    ]);
    const both = await start({ ...digestAuth, authDigest: { uri: 'x://' }, authPlain: plain }).ask();
    expect(both.challenges).toEqual([
      expect.stringMatching(/^Digest realm="mta.example.com", /),
      'Basic realm="mta.example.com"',
    ]);
  });

  test('a realm cannot break the header', async () => {
    const { challenges } = await start({
      ...digestAuth,
      authDigest: { uri: 'x://', realm: 'a\r\nb\u0394' },
    }).ask();
    expect(challenges[0]).toContain('realm="ab", ');
  });

  test.each<[string, Client, Partial<HttpRequest>]>([
    ['by the book', {}, {}],
    ['MD5 by name', { algorithm: 'md5' }, {}],
    ['MD5-sess', { algorithm: 'MD5-sess' }, {}],
    ['another counter', { nc: '000000fF' }, {}],
    ['bytes', { user: 'j\xc3\xb6rg', password: 'p\xc3\xa4ss:w\xf6rt' }, {}],
    ['a query', { uri: '/?a="b"&c=d' }, { target: '/?a="b"&c=d' }],
    ['absolute form asked, path signed', { uri: '/x' }, { target: 'http://h:1/x' }],
    ['path asked, absolute form signed', { uri: 'http://h/' }, {}],
  ])('good: %s', async (_case, client, request) => {
    const { ask, nonce } = await challenged();
    expect(await ask([answer(nonce, client)], request)).toMatchObject({
      status: 200,
      text: client.user ?? 'alice',
    });
  });

  test.each<[string, Client, number]>([
    ['a wrong password', { password: 'Secret' }, 401],
    ['an unknown user', { user: 'bob' }, 401],
    ['another realm', { realm: 'mta.example.com' }, 401],
    ['the signature of another method', { method: 'POST' }, 401],
    ['the signature of another path', { uri: '/other' }, 401],
    ['qop=auth-int', { qop: 'auth-int' }, 401],
    ['SHA-256, which was not offered', { algorithm: 'SHA-256' }, 401],
    ['a counter of another form', { nc: '1' }, 401],
    ['no cnonce', { cnonce: '' }, 401],
    ['an error verdict', { user: 'broken' }, 500],
  ])('bad: %s', async (_case, client, status) => {
    const { ask, nonce } = await challenged();
    const response = await ask([answer(nonce, client)]);
    expect(response.status).toBe(status);
    expect(response.challenges.join()).not.toContain('stale');
  });

  test('a nonce serves with rising counters; a replay and an old nonce are stale', async () => {
    const { ask, nonce, clock } = await challenged();
    const statusAndStale = async (nc: string, used = nonce) => {
      const { status, challenges } = await ask([answer(used, { nc })]);
      return [status, challenges.join().includes('stale=true')];
    };
    expect(await statusAndStale('00000001')).toEqual([200, false]);
    expect(await statusAndStale('00000002')).toEqual([200, false]);
    expect(await statusAndStale('00000002')).toEqual([401, true]);
    clock.time += 301_000;
    expect(await statusAndStale('00000003')).toEqual([401, true]);
    expect(await statusAndStale('00000001', 'made up')).toEqual([401, true]);
  });

  test('a wrong password with an old nonce is told to ask the user', async () => {
    const { ask } = await challenged();
    const { challenges } = await ask([answer('made up', { password: 'wrong' })]);
    expect(challenges[0]).not.toContain('stale');
  });

  test('equal seeds give equal nonces', async () => {
    expect((await challenged()).nonce).toBe((await challenged()).nonce);
  });

  test('is recorded when the parameters say so, stale ones are not', async () => {
    const record: unknown[] = [];
    const { ask, nonce } = await challenged(
      { ...digestAuth, authDigest: { ...digest, log_authentication: 'TRUE' } },
      { onAuthentication: ({ mechanism, user, outcome }) => record.push([mechanism, user, outcome]) },
    );
    await ask([answer(nonce)]);
    await ask([answer(nonce)]);
    await ask([answer(nonce, { password: 'wrong' })]);
    expect(record).toEqual([
      ['Digest', 'alice', 'ok'],
      ['Digest', 'alice', 'fail'],
    ]);
  });
});

describe('logs', () => {
  test('Log_Requests_to_Paniclog, in the layout of Momentum 4', async () => {
    const logs = new Logs(new VirtualClock(NOON));
    const options: Partial<HttpRouterOptions> = { paniclog: (message) => void logs.panicAccess(message) };
    await start({ logRequestsToPaniclog: true }, {}, options).ask([], { target: '/some/path?a=b' });
    await start({}, {}, options).ask();
    expect(logs.paniclog).toEqual([
      {
        text: `${NOON / 1000}:192.0.2.1 "GET some/path HTTP/1.1" 200 6 0.000`,
        at: new Date(NOON),
        subsystem: 'http_listener',
        level: 'info',
        message: '192.0.2.1 "GET some/path HTTP/1.1" 200 6 0.000',
      },
    ]);
  });

  test('httplog: false writes none', async () => {
    const { ask, log } = start({}, {}, { httplog: false });
    expect((await ask()).status).toBe(200);
    expect(log).toEqual([]);
  });
});

test('a request above Max_Request_Size is refused without a socket, too, and after authentication', async () => {
  const body = Buffer.from('12345');
  expect(await start({ maxRequestSize: 5 }).ask([], { body })).toMatchObject({ status: 200 });
  expect(await start({ maxRequestSize: 4 }).ask([], { body })).toMatchObject({
    status: 413,
    handler: undefined,
  });
  expect(await start({ ...basicAuth, maxRequestSize: 4 }).ask([], { body })).toMatchObject({ status: 401 });
});
