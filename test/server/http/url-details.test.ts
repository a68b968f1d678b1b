import { parseUrl } from '../../../src/server/http/url-details';

const attributes = (target: string, plusIsSpace?: boolean) =>
  parseUrl(target, { plusIsSpace }).attrs?.entries();

describe('the query as attributes', () => {
  test.each<[string, [string, string][] | undefined]>([
    ['/p', undefined],
    ['/p?', undefined],
    ['/p?&', undefined],
    ['/p?=v', undefined],
    ['/p?a=1&=v', undefined],
    ['/p?a=1', [['a', '1']]],
    ['/p?a', [['a', '']]],
    ['/p?a=', [['a', '']]],
    ['/p?a=b=c', [['a', 'b=c']]],
    ['/p?a=1&a=2', [['a', '2']]],
    [
      '/p?a=1&&b=2&',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['/p?a%3Db=%26%3d', [['a=b', '&=']]],
    ['/p?a=1+2', [['a', '1+2']]],
    ['/p?a=100%&b=%zz&c=%4', [['a', '100%'], ['b', '%zz'], ['c', '%4']]], // prettier-ignore
    ['/p?a=%C3%A9', [['a', '\xc3\xa9']]],
    ['/p?a=%00%ff', [['a', '\x00\xff']]],
    ['/p?a=x?y/z', [['a', 'x?y/z']]],
    ['/p?__proto__=x', [['__proto__', 'x']]],
    ['/p?a=1#b=2', [['a', '1']]],
  ])('%s', (target, expected) => {
    expect(attributes(target)).toEqual(expected);
  });

  test('plusIsSpace reads forms, and a coded plus stays one', () => {
    expect(attributes('/p?a+b=c+d%2B', true)).toEqual([['a b', 'c d+']]);
  });
});

describe('the parts of a target', () => {
  const nothing = {
    scheme: undefined,
    userinfo: { user: undefined, pass: undefined },
    host: undefined,
    port: 0,
    path: '',
    raw_query: undefined,
    query: undefined,
    fragment: undefined,
  };
  test.each<[string, Partial<typeof nothing> | Record<string, unknown>]>([
    ['/', { path: '/' }],
    ['', {}],
    ['*', { path: '*' }],
    ['/a%20b/%2F', { path: '/a b//' }],
    ['/a?x=%20', { path: '/a', raw_query: 'x=%20', query: 'x= ' }],
    ['/a?', { path: '/a', raw_query: '', query: '' }],
    ['/a#f%41', { path: '/a', fragment: 'fA' }],
    ['/a#f?q', { path: '/a', fragment: 'f?q' }],
    ['//host/a', { path: '//host/a' }],
    ['/a:b//c', { path: '/a:b//c' }],
    ['http://example.com', { scheme: 'http', host: 'example.com' }],
    ['HTTP://example.com:8080/x', { scheme: 'HTTP', host: 'example.com', port: 8080, path: '/x' }],
    ['http://h?q=1', { scheme: 'http', host: 'h', raw_query: 'q=1', query: 'q=1' }],
    ['http://u%40:p:w@h/', { scheme: 'http', userinfo: { user: 'u@', pass: 'p:w' }, host: 'h', path: '/' }],
    ['http://u@h', { scheme: 'http', userinfo: { user: 'u', pass: undefined }, host: 'h' }],
    ['http://[2001:db8::1]:81/', { scheme: 'http', host: '[2001:db8::1]', port: 81, path: '/' }],
    ['http://h:99999/', { scheme: 'http', host: 'h', path: '/' }],
    ['http://h:/', { scheme: 'http', host: 'h', path: '/' }],
    ['mailto:a@b', { scheme: 'mailto', path: 'a@b' }],
  ])('%s', (target, expected) => {
    const details = parseUrl(target);
    expect(details).toEqual({ ...nothing, ...expected, url: target, attrs: details.attrs });
  });

  test('bytes are kept one character each', () => {
    const bytes = Buffer.from('/é?ü=%f0', 'utf8');
    const details = parseUrl(bytes);
    expect(Buffer.from(details.url, 'latin1')).toEqual(bytes);
    expect(details.path).toBe('/\xc3\xa9');
    expect(details.attrs?.entries()).toEqual([['\xc3\xbc', '\xf0']]);
  });
});
