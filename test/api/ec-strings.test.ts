import { Momentum } from '../../src';
import '../../src/jest';

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start();
});
afterEach(() => mta.stop());

const run = (lua: string) => mta.eval(`local core, str = msys.core, msys.core.string_new() ${lua}`);

// 4/lua/ref-msys-core-string-new, 3/3-api/structs-string
test.each([
  ['', ''],
  ['str:set("abc")', 'abc'],
  ['str:set("abc") str:write("def", 2)', 'abcde'],
  ['core.stringwrite(str, "789-4560-321", 12)', '789-4560-321'],
  ['assert(core.stringwrite2(str, "abc", 2) == 2)', 'ab'],
  ['assert(core.stringprintf(str, "%s %d", "n", 2) == str)', 'n 2'],
  ['assert(core.stringwrite_strings(str, 3, "a", nil, "b") == 2)', 'ab'],
  ['assert(core.stringwrite_canonical_crlf(str, "a\\nb\\r\\nc\\r", 7) == str)', 'a\r\nb\r\nc\r\n'],
  ['str:set("x") assert(core.string_init_type(str, 10, 0) == 1)', ''],
  ['str:set("x") core.string_destroy(str)', ''],
])('%s', async (statements, content) => {
  expect(await run(`${statements} return tostring(str), str.buffer, #str, str.len`)).toEqual([
    content,
    content,
    content.length,
    content.length,
  ]);
});

test.each([
  ['str:write("abc", 4)', '4 bytes of a buffer of 3'],
  ['core.stringwrite2(str, "abc", 4)', '4 bytes of a buffer of 3'],
  ['core.stringwrite_strings(str, 2, "a")', '2 strings announced, 1 given'],
  ['core.string_init_type(str, 0, 0)', 'the size may not be 0'],
])('%s is an error', async (statement, message) => {
  await expect(run(statement)).rejects.toThrow(message);
});
