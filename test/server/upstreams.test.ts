import { VirtualClock } from '../../src/server/clock';
import type { UpstreamAnswer, UpstreamRequest, UpstreamsOption } from '../../src/server/upstreams/fixtures';
import { requestUrl, takeCredentials, Upstreams } from '../../src/server/upstreams/upstreams';
import { UsageError } from '../../src/support/errors';

const clock = () => new VirtualClock(Date.UTC(2026, 0, 1));
const upstreams = (option: unknown) => new Upstreams(clock(), option);
const sent = (url: string, headers: [string, string][] = [], body = '') => ({
  method: 'POST',
  url: new URL(url),
  headers,
  body: Buffer.from(body, 'latin1'),
});

describe('the option', () => {
  test.each<[unknown, string]>([
    [[], 'option upstreams: an object'],
    ['http://api.test', 'option upstreams: an object'],
    [null, 'option upstreams: an object'],
    [{ 'api.test': {} }, "option upstreams: the URL of a server expected, such as 'http://api.test'"],
    [{ 'ftp://api.test': {} }, 'not "ftp://api.test"'],
    [{ 'http://api.test/?a=1': {} }, 'the URL of a server expected'],
    [{ 'http://a:b@api.test/': {} }, 'the URL of a server expected'],
    [
      { 'http://api.test': 'ok' },
      'option upstreams, http://api.test: { status, headers, body } or { error } expected',
    ],
    [{ 'http://api.test': null }, 'expected, not null'],
    [{ 'http://api.test': { error: 'down' } }, "{ error: 'refused' | 'timeout' | 'reset' } expected"],
    [
      { 'http://api.test': { error: 'reset', status: 200 } },
      "{ error: 'refused' | 'timeout' | 'reset' } expected",
    ],
    [
      { 'http://api.test': { code: 200 } },
      'one of status, statusText, headers, body, delay expected, not "code"',
    ],
    [{ 'http://api.test': { status: '200' } }, 'a status from 100 to 999 expected, not "200"'],
    [{ 'http://api.test': { statusText: 'a\nb' } }, 'a statusText of one line expected'],
    [{ 'http://api.test': { headers: ['A'] } }, 'an object of headers expected'],
    [{ 'http://api.test': { headers: { A: 1 } } }, 'a text, or several, for the header A expected, not 1'],
  ])('%j', (option, error) => {
    expect(() => upstreams(option)).toThrow(UsageError);
    expect(() => upstreams(option)).toThrow(error);
  });
});

describe('the longest base URL that fits', () => {
  const named = Object.fromEntries(
    [
      'http://api.test',
      'http://api.test/v1/',
      'http://api.test/v1/items',
      'https://api.test',
      'http://api.test:8080',
    ].map((base) => [base, { body: base }]),
  );

  test.each([
    ['http://api.test/', 'http://api.test'],
    ['http://API.test:80/v2?x=/v1/', 'http://api.test'],
    ['http://api.test/v1', 'http://api.test/v1/'],
    ['http://api.test/v1/', 'http://api.test/v1/'],
    ['http://api.test/v10', 'http://api.test'],
    ['http://api.test/v1/items/7', 'http://api.test/v1/items'],
    ['http://api.test/v1/itemsets', 'http://api.test/v1/'],
    ['https://api.test/v1', 'https://api.test'],
    ['http://api.test:8080/v1', 'http://api.test:8080'],
    ['http://other.test/', undefined],
    ['http://api.test.evil.test/', undefined],
    ['https://api.test:8080/', undefined],
  ])('%s', async (url, base) => {
    const outcome = await upstreams(named).ask(sent(url));
    expect(outcome).toMatchObject(
      base === undefined ? { kind: 'refused' } : { kind: 'response', body: Buffer.from(base) },
    );
  });

  test('set replaces, remove takes away', async () => {
    const all = upstreams({ 'http://api.test': { status: 200 } });
    let changes = 0;
    all.onChanged = () => changes++;
    all.set('http://api.test/', { status: 201 });
    expect(await all.ask(sent('http://api.test/'))).toMatchObject({ status: 201 });
    expect([all.remove('http://api.test'), all.remove('http://api.test')]).toEqual([true, false]);
    expect(await all.ask(sent('http://api.test/'))).toMatchObject({ kind: 'refused' });
    expect(changes).toBe(1);
    expect(() => all.set('api.test', {})).toThrow('upstreams.set: the URL of a server expected');
    expect(() => all.remove('api.test')).toThrow('upstreams.remove: the URL of a server expected');
  });

  test('what is missing is said once for each path', () => {
    const all = upstreams({ 'http://api.test/v1': {} });
    expect(all.missing(new URL('http://api.test/v1/x'))).toBeUndefined();
    expect(all.missing(new URL('http://api.test/v2?a'))).toContain(
      'no upstream for http://api.test/v2: the connection is refused. The option upstreams',
    );
    expect(all.missing(new URL('http://api.test/v2?b'))).toBeUndefined();
    expect(upstreams({}).missing(new URL('http://api.test/'))).toContain('there is none');
  });

  test('who accepts connections', () => {
    const all = upstreams({
      'http://a.test': {},
      'http://b.test': { error: 'refused' },
      'http://c.test': { error: 'reset' },
    });
    const accepted = ['a', 'b', 'c', 'd'].filter((name) => all.accepts(new URL(`http://${name}.test/`)));
    expect(accepted).toEqual(['a', 'c']);
  });
});

describe('answers', () => {
  const answer = async (given: UpstreamAnswer) =>
    upstreams({ 'http://a.test': () => given }).ask(sent('http://a.test/'));

  test.each<[UpstreamAnswer, object]>([
    [
      {},
      {
        kind: 'response',
        status: 200,
        reason: 'OK',
        headers: [['Content-Length', '0']],
        body: Buffer.alloc(0),
        millis: 0,
      },
    ],
    [{ status: 299 }, { reason: '' }],
    [{ status: 404, statusText: 'Nö' }, { reason: 'N\u00c3\u00b6' }],
    [{ body: 'ä' }, { body: Buffer.from('ä'), headers: [['Content-Length', '2']] }],
    [{ body: Buffer.from([255]) }, { body: Buffer.from([255]) }],
    [
      { body: { a: [1] } },
      {
        body: Buffer.from('{"a":[1]}'),
        headers: [
          ['Content-Type', 'application/json'],
          ['Content-Length', '9'],
        ],
      },
    ],
    [
      { body: {}, headers: { 'content-type': 'text/x', 'Transfer-Encoding': 'chunked', 'X-A': ['1', '2'] } },
      {
        headers: [
          ['content-type', 'text/x'],
          ['Transfer-Encoding', 'chunked'],
          ['X-A', '1'],
          ['X-A', '2'],
        ],
      },
    ],
    [{ delay: '2s' }, { millis: 2000 }],
    [{ error: 'reset' }, { kind: 'reset', millis: 0 }],
    [{ error: 'timeout' }, { kind: 'timeout', millis: Infinity }],
  ])('%j', async (given, outcome) => {
    expect(await answer(given)).toMatchObject(outcome);
  });

  test.each<[unknown, string]>([
    [undefined, 'upstream http://a.test: { status, headers, body } or { error } expected, not undefined'],
    [{ headers: { 'a b': '1' } }, 'no header can be "a b: 1"'],
    [{ headers: { a: '1\r\nb: 2' } }, 'no header can be'],
    [{ delay: 'soon' }, '"soon" is not a duration'],
  ])('%j is none', async (given, error) => {
    const fixtures = [() => given, () => Promise.resolve(given)] as unknown as UpstreamsOption[string][];
    for (const fixture of fixtures) {
      const all = upstreams({ 'http://a.test': fixture });
      await expect((async () => all.ask(sent('http://a.test/')))()).rejects.toThrow(error);
    }
  });

  test('an exception breaks the connection, and is kept', async () => {
    const error = new Error('down');
    const throwing = [
      () => {
        throw error;
      },
      () => Promise.reject(error),
    ];
    for (const fixture of throwing) {
      const all = upstreams({ 'http://a.test': fixture });
      expect(await all.ask(sent('http://a.test/'))).toEqual({ kind: 'reset', millis: 0 });
      expect(all.requests).toMatchObject([{ error: 'reset', thrown: error }]);
    }
  });

  test('virtual time stands still while a promise is waited for', async () => {
    const time = clock();
    let resolve: (answer: UpstreamAnswer) => void = () => undefined;
    const all = new Upstreams(time, {
      'http://a.test': () => new Promise<UpstreamAnswer>((done) => (resolve = done)),
    });
    const outcome = all.ask(sent('http://a.test/'));
    let isOver = false;
    const advanced = time.advance('1s').then(() => (isOver = true));
    await new Promise((done) => setImmediate(done));
    expect(isOver).toBe(false);
    resolve({ status: 202 });
    expect(await outcome).toMatchObject({ status: 202 });
    await advanced;
  });
});

test('what an upstream is asked, and what is recorded', async () => {
  const asked: UpstreamRequest[] = [];
  const all = upstreams({
    'http://a.test': (request: UpstreamRequest) => (asked.push(request), { status: 201 }),
  });
  await all.ask(
    sent(
      'http://a.test/x?y=1',
      [
        ['X-A', '1'],
        ['x-a', '\u00c3\u00bc'],
      ],
      '\u00c3\u00a4',
    ),
  );
  await all.ask(sent('http://b.test/', [], '\u00ff'));
  const first = {
    method: 'POST',
    url: 'http://a.test/x?y=1',
    headers: { 'x-a': '1, ü' },
    body: 'ä',
    raw: Buffer.from('ä'),
    at: new Date('2026-01-01T00:00:00Z'),
  };
  expect(asked).toEqual([first]);
  expect(all.requests).toEqual([
    { ...first, status: 201 },
    expect.objectContaining({ url: 'http://b.test/', body: 'ÿ', raw: Buffer.from([255]), error: 'refused' }),
  ]);
});

test('the newest requests are remembered', async () => {
  const all = upstreams({ 'http://a.test': {} });
  for (let i = 0; i < 20_001; i++) await all.ask(sent(`http://a.test/${i}`));
  expect(all.requests).toHaveLength(10_001);
  expect(all.requests.at(-1)!.url).toBe('http://a.test/20000');
});

test.each<{ text: string; href?: string; credentials?: string }>([
  { text: 'http://a.test', href: 'http://a.test/' },
  { text: 'a.test/x#y', href: 'http://a.test/x' },
  { text: 'http://a.test/\u00c3\u00a4 b', href: 'http://a.test/%C3%A4%20b' },
  { text: 'http://u:p%40@a.test/', href: 'http://a.test/', credentials: 'u:p@' },
  { text: 'http://u@a.test/', href: 'http://a.test/', credentials: 'u:' },
  { text: 'http://u:%zz@a.test/', href: 'http://a.test/', credentials: 'u:%zz' },
  { text: '' },
  { text: 'http://' },
  { text: 'http://a b/' },
])('the URL of a request: $text', ({ text, href, credentials }) => {
  const url = requestUrl(text);
  const taken = url && takeCredentials(url);
  expect([url?.href, taken]).toEqual([href, credentials]);
});
