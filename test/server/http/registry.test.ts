import { EndpointRegistry } from '../../../src/server/http/registry';

function registryOf(...endpoints: [method: string | undefined, path: string][]): EndpointRegistry<number> {
  const registry = new EndpointRegistry<number>();
  endpoints.forEach(([method, path], index) => registry.register(method, path, index));
  return registry;
}

describe('one endpoint', () => {
  test.each<[registered: string, requested: string, matches: boolean]>([
    ['/somepath', '/somepath', true],
    ['/somepath', '/somepath/', true],
    ['/somepath', '/somepath/x', true],
    ['/somepath', '/somepath//x', true],
    ['/somepath', '/somepathology', false],
    ['/somepath', '/somepat', false],
    ['/somepath', '/Somepath', false],
    ['/somepath', '/x/somepath', false],
    ['/somepath', '/', false],
    ['/somepath', '', false],
    ['/somepath/', '/somepath', true],
    ['/somepath/', '/somepath/x', true],
    ['/somepath/', '/somepathology', false],
    ['/a/b', '/a', false],
    ['/a/b', '/a/b/c', true],
    ['/a b', '/a b', true],
    ['/', '/', true],
    ['/', '', true],
    ['/', '/anything/at/all', true],
    ['/', '*', false],
    ['', '/x', true],
  ])('registered %j, requested %j: %p', (registered, requested, matches) => {
    expect(registryOf(['GET', registered]).match('GET', requested) !== undefined).toBe(matches);
  });

  test.each<[registered: string | undefined, requested: string, matches: boolean]>([
    ['GET', 'GET', true],
    ['GET', 'POST', false],
    ['GET', 'HEAD', false],
    ['GET', 'get', false],
    ['get', 'GET', false],
    [undefined, 'HEAD', true],
    [undefined, 'PROPFIND', true],
  ])('method %p, requested %p: %p', (registered, requested, matches) => {
    expect(registryOf([registered, '/a']).match(requested, '/a') !== undefined).toBe(matches);
  });
});

test('the first match in order of registration wins, not the longest prefix', () => {
  const registry = registryOf(
    ['POST', '/a'],
    ['GET', '/a'],
    ['GET', '/a/b'],
    [undefined, '/'],
    ['GET', '/a'],
  );
  expect(registry.match('GET', '/a/b')?.handler).toBe(1);
  expect(registry.match('POST', '/a/b')?.handler).toBe(0);
  expect(registry.match('DELETE', '/a/b')?.handler).toBe(3);
});

describe('endpoints that no request reaches', () => {
  test.each<
    [earlier: [string | undefined, string], later: [string | undefined, string], reason: string | undefined]
  >([
    [['GET', '/a'], ['GET', '/a/'], 'shadowed'],
    [['GET', '/a'], ['GET', '/a/b'], 'shadowed'],
    [[undefined, '/a'], ['GET', '/a'], 'shadowed'],
    [['GET', '/'], ['GET', '/a'], 'shadowed'],
    [['GET', '/a'], [undefined, '/a'], undefined],
    [['GET', '/a'], ['POST', '/a'], undefined],
    [['GET', '/a/b'], ['GET', '/a'], undefined],
    [['GET', '/a'], ['GET', '/ab'], undefined],
    [['GET', '/x'], ['GET', 'a'], 'relative-path'],
    [['GET', '/x'], ['GET', '/a?b=c'], 'query-in-path'],
    [['GET', '/x'], ['get', '/a'], 'lower-case-method'],
  ])('%j hides %j: %p', ([method, path], [laterMethod, laterPath], reason) => {
    const registry = registryOf([method, path]);
    const later = registry.register(laterMethod, laterPath, 1);
    expect(registry.unreachable(later)?.reason).toBe(reason);
  });

  test('name the endpoint that hides them, and where it was registered', () => {
    const registry = new EndpointRegistry<string>();
    const first = registry.register('GET', '/a', 'first', { file: 'a.lua', line: 3 });
    const second = registry.register('GET', '/a', 'second');
    expect(registry.unreachable(first)).toBeUndefined();
    expect(registry.unreachable(second)).toEqual({ reason: 'shadowed', by: first });
    expect(first.where).toEqual({ file: 'a.lua', line: 3 });
  });
});

test('the list for snapshots is plain, in order, and a copy', () => {
  const registry = registryOf(['POST', '/somepath/'], [undefined, '/']);
  registry.endpoints.pop();
  expect(JSON.parse(JSON.stringify(registry.endpoints))).toEqual([
    { method: 'POST', path: '/somepath' },
    { method: null, path: '/' },
  ]);
  expect([...registry].map(({ handler }) => handler)).toEqual([0, 1]);
});
