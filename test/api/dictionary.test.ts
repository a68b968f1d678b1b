import { Momentum } from '../../src';
import '../../src/jest';

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start();
});
afterEach(() => mta.stop());

const run = (lua: string) =>
  mta.eval(`
    local core = msys.core
    local dict = core.dict_blank()
    core.dict_add_key_value(dict, "a", "1")
    core.dict_add_key_value(dict, "b", "2 & 3=4%")
    ${lua}`);

// 3/3-api/apis-dict-*
test.each([
  ['core.dict_key_exists(dict, "a"), core.dict_key_exists(dict, "x")', [1, 0]],
  ['core.dict_key_exists_and_fetch(dict, "a")', [1, '1']],
  ['core.dict_key_exists_and_fetch(dict, "x")', [0, undefined]],
  [
    'core.dict_key_delete(dict, "a"), core.dict_key_delete(dict, "a"), core.dict_key_exists(dict, "a")',
    [1, 0, 0],
  ],
  ['core.dict_drop(dict)', []],
])('%s', async (expression, results) => {
  expect(await run(`return ${expression}`)).toEqual(results);
});

test.each(['dict_iter', 'dict_iter2'])('%s visits each pair once', async (name) => {
  expect(
    await run(`
      local iterator, found = core.${name}(dict), {}
      local rc, key, value = core.dict_next(dict, iterator)
      while rc ~= 0 do
        found[key] = value
        rc, key, value = core.dict_next(dict, iterator)
      end
      core.dict_iter2_free(dict, iterator)
      return found, rc, key, value`),
  ).toEqual([{ a: '1', b: '2 & 3=4%' }, 0, undefined, undefined]);
});

test('a value replaces the one before', async () => {
  expect(
    await run('core.dict_add_key_value(dict, "a", "5") return core.dict_key_exists_and_fetch(dict, "a")'),
  ).toEqual([1, '5']);
});

// 3/3-api/apis-dict-serialize, 3/3-api/apis-dict-unserialize
describe('serialize', () => {
  test('and back', async () => {
    expect(
      await run(`
        local text = core.string_new()
        local length = core.dict_serialize(dict, text)
        local copy = core.dict_unserialize(text)
        return length == #text, core.dict_key_exists_and_fetch(copy, "a"), core.dict_key_exists_and_fetch(copy, "b")`),
    ).toEqual([true, 1, 1, '2 & 3=4%']);
  });

  test('bytes that are no text, empty ones among them', async () => {
    expect(
      await mta.eval(`
        local core, text = msys.core, msys.core.string_new()
        local dict = core.dict_blank()
        core.dict_add_key_value(dict, "\\0\\255", "")
        core.dict_add_key_value(dict, "", "x")
        core.dict_serialize(dict, text)
        local copy = core.dict_unserialize(text)
        return tostring(text), core.dict_key_exists(copy, "\\0\\255"), core.dict_key_exists_and_fetch(copy, "")`),
    ).toEqual(['%00%FF=&=x', 1, 1, 'x']);
  });

  test.each([
    ['', true],
    ['a=b', true],
    ['a', false],
    ['a=b&', false],
    ['a=b=c', false],
    ['a=%4', false],
  ])('unserialize of %j', async (text, works) => {
    expect(
      await run(
        `local text = core.string_new() text:set("${text}") return core.dict_unserialize(text) ~= nil`,
      ),
    ).toEqual([works]);
  });
});
