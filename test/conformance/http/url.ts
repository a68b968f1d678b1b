/** §5: parsed URLs and the dictionary functions. */
import { Momentum } from '../../../src';
import { answer, type Declare } from './server';

const URL_OF = 'local url = session:request_url_get()';
const ABSOLUTE = 'http://us%65r:p%61ss@mail.example:8080/some%20path?key=a%26b#fr%61gment';

function urls(row: Declare): void {
  row('http-5-1', async () => {
    const parts = ['url', 'scheme', 'userinfo.user', 'userinfo.pass', 'host', 'port', 'path', 'raw_query'];
    const fields = [...parts, 'query', 'fragment'].map((part) => `url.${part}`).join(', ');
    expect(await answer(`${URL_OF} out(${fields}, type(url.attrs))`, { url: ABSOLUTE })).toBe(
      `${ABSOLUTE}|http|user|pass|mail.example|8080|/some path|key=a%26b|key=a&b|fragment|userdata`,
    );
  });

  row('http-5-2a', async () => {
    const url = '/%41?%42=%43';
    expect(await answer(`${URL_OF} out(url.url, url.raw_query, url.path, url.query)`, { url })).toBe(
      '/%41?%42=%43|%42=%43|/A|B=C',
    );
  });

  row('http-5-2b', async () => {
    const length = `${URL_OF} out(type(url.path), #url.path)`;
    expect(await answer(length, { url: 'http://mail.example' })).toBe('string|0');
    expect(await answer(length, { url: '?a=b' })).toBe('string|0');
  });

  const value = (key: string) => `select(2, msys.core.dict_key_exists_and_fetch(url.attrs, "${key}"))`;

  row('http-5-3a', async () => {
    const url = '/?a=1&b=two%20words&c=x=y';
    const statements = `${URL_OF} out(${value('a')}, ${value('b')}, ${value('c')})`;
    expect(await answer(statements, { url })).toBe('1|two words|x=y');
  });

  row('http-5-3b', async () => {
    for (const url of ['/', '/?', '/?=value'])
      expect(await answer(`${URL_OF} out(url.attrs == nil, url.url)`, { url })).toBe(`true|${url}`);
  });

  row('http-5-4', async () => {
    const statements = `${URL_OF} out(type(url), type(url.url), type(url.attrs))`;
    expect(await answer(statements, { url: '/?a=b' })).toBe('userdata|string|userdata');
  });
}

/** What Lua statements that work on a dictionary `d` of two pairs return. */
async function withPairs(statements: string): Promise<unknown[]> {
  await using mta = await Momentum.start();
  return await mta.eval(`
    require("msys.core")
    local d = msys.core.dict_blank()
    msys.core.dict_add_key_value(d, "one", "1")
    msys.core.dict_add_key_value(d, "two", "2")
    ${statements}`);
}

/** Lua that collects the pairs which an iterator gives. */
const collected = (iterator: string) => `
  local iter, pairs, rc, k, v = ${iterator}, {}
  repeat
    rc, k, v = msys.core.dict_next(d, iter)
    if rc != 0 then pairs[k] = v end
  until rc == 0
  return pairs, rc, msys.core.dict_next(d, iter)`;

function dictionaries(row: Declare): void {
  const iterators = [
    ['http-5-5', 'dict_iter2'],
    ['http-5-13', 'dict_iter'],
  ] as const;
  for (const [id, name] of iterators)
    row(id, async () => {
      const [pairs] = await withPairs(collected(`msys.core.${name}(d)`));
      expect(pairs).toEqual({ one: '1', two: '2' });
    });

  row('http-5-6', async () => {
    const next = 'return msys.core.dict_next(d, msys.core.dict_iter2(d))';
    const [rc, key, value] = await withPairs(next);
    expect(rc).toBe(1);
    expect({ one: '1', two: '2' }).toHaveProperty(String(key), value);
    const [, last, afterwards] = await withPairs(collected('msys.core.dict_iter2(d)'));
    expect([last, afterwards]).toEqual([0, 0]);
  });

  row('http-5-7', async () => {
    const statements = `
      local iter = msys.core.dict_iter2(d)
      return msys.core.dict_iter2_free(d, iter), msys.core.dict_key_exists(d, "one")`;
    expect(await withPairs(statements)).toEqual([undefined, 1]);
  });

  const functions: readonly (readonly [id: string, statements: string, results: unknown[]])[] = [
    ['http-5-8', 'return msys.core.dict_key_exists(d, "one"), msys.core.dict_key_exists(d, "three")', [1, 0]],
    [
      'http-5-9',
      `local rc, v = msys.core.dict_key_exists_and_fetch(d, "two")
       return rc, v, (msys.core.dict_key_exists_and_fetch(d, "three"))`,
      [1, '2', 0],
    ],
    [
      'http-5-10',
      `msys.core.dict_add_key_value(d, "three", "3")
       msys.core.dict_add_key_value(d, "one", "again")
       local function get(k) return (select(2, msys.core.dict_key_exists_and_fetch(d, k))) end
       return get("three"), get("one"), get("two")`,
      ['3', 'again', '2'],
    ],
    [
      'http-5-11',
      `local first = msys.core.dict_key_delete(d, "one")
       return first, msys.core.dict_key_delete(d, "one"), msys.core.dict_key_exists(d, "one")`,
      [1, 0, 0],
    ],
    [
      'http-5-12',
      `local fresh = msys.core.dict_blank()
       local rc = msys.core.dict_next(fresh, msys.core.dict_iter2(fresh))
       msys.core.dict_drop(fresh)
       return rc, type(fresh)`,
      [0, 'userdata'],
    ],
    [
      'http-5-14',
      `local text = msys.core.string_new()
       local length = msys.core.dict_serialize(d, text)
       local copy = msys.core.dict_unserialize(text)
       local _, v = msys.core.dict_key_exists_and_fetch(copy, "two")
       return length == #tostring(text), length > 0, v`,
      [true, true, '2'],
    ],
  ];
  for (const [id, statements, expected] of functions)
    row(id, async () => {
      expect(await withPairs(statements)).toEqual(expected);
    });
}

export function url(row: Declare): void {
  urls(row);
  dictionaries(row);
}
