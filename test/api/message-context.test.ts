import { PolicyFixture } from './support/policy';

let policy: PolicyFixture;
beforeEach(() => {
  policy = new PolicyFixture();
  policy.message.context.message.set('known', 'value');
});

const MESS = 'core.ECMESS_CTX_MESS';

// 4/lua/ref-msg-context-get and its neighbours, 3/3-api/apis-ec-message-context-*
test.each([
  [`msg:context_get(${MESS}, "known")`, 'value'],
  [`msg:context_get(${MESS}, "none")`, ''],
  ['msg:context_get(core.ECMESS_CTX_CONN, "known")', ''],
  [`msg:context_exists(${MESS}, "known"), msg:context_exists(${MESS}, "none")`, 1, 0],
  [`msg:context_exists_and_get(${MESS}, "known")`, 1, 'value'],
  [`msg:context_exists_and_get(${MESS}, "none")`, 0, undefined],
  [`msg:context_delete(${MESS}, "known"), msg:context_delete(${MESS}, "known")`, 1, 0],
  [`msg:context_set(${MESS}, "new", "x"), msg:context_set(${MESS}, "new", "x")`, 1, 0],
  [
    `msg:context_set(${MESS}, "new", "x"), msg:context_set(${MESS}, "new", "y"), msg:context_get(${MESS}, "new")`,
    1,
    1,
    'y',
  ],
  [
    `msg:context_set(${MESS}, nil, "x"), msg:context_set(${MESS}, "new", nil), msg:context_size(${MESS})`,
    0,
    0,
    1,
  ],
  [`msg:context_set(core.VCTX_MESS, "new", "x"), msg:context_get(${MESS}, "new")`, 1, 'x'],
  [`core.ec_message_context_get(msg, ${MESS}, "known")`, 'value'],
  [`core.ec_message_context_set(msg, ${MESS}, "new", 7), msg:context_get(${MESS}, "new")`, 1, '7'],
  [`core.ec_message_context_size(msg, ${MESS})`, 1],
  [`core.ec_message_context_firstkey(msg, core.ECMESS_CTX_CONN)`, undefined],
  [`core.ec_message_context_clean(msg, ${MESS}), msg:context_size(${MESS})`, undefined, 0],
])('%s', async (expression, ...expected) => {
  // A function without results in the middle of a list is nil.
  expect(await policy.run(`return ${expression}`)).toEqual(expected);
});

test.each([
  ['1', '1'],
  ['1.5', '1.5'],
  ['1e15', '1000000000000000'],
  ['-2 ^ 53', '-9007199254740992'],
  ['1e300', '1e+300'],
  ['true', 'true'],
  ['"caf\\195\\169"', 'café'],
])('the value %s is kept as %s', async (value, expected) => {
  expect(
    await policy.run(`msg:context_set(${MESS}, "n", ${value}) return msg:context_get(${MESS}, "n")`),
  ).toEqual([expected]);
});

test('keys can be walked in their order', async () => {
  const found = await policy.run(`
    msg:context_set(${MESS}, "second", 2)
    local keys, key = {}, core.ec_message_context_firstkey(msg, ${MESS})
    while key do
      keys[#keys + 1] = key
      key = core.ec_message_context_nextkey(msg, ${MESS}, key)
    end
    return keys, core.ec_message_context_nextkey(msg, ${MESS}, "none")`);
  expect(found).toEqual([['known', 'second'], undefined]);
});

test('the dictionaries of a message are dictionaries', async () => {
  const found = await policy.run(`
    local dict = msg.vctx_mess
    core.dict_add_key_value(dict, "added", "x")
    local rc, key, value = core.dict_next(dict, core.dict_iter2(dict))
    local text = core.string_new()
    core.dict_serialize(dict, text)
    return core.dict_key_exists(dict, "known"), msg:context_get(${MESS}, "added"), rc, key, value, tostring(text)`);
  expect(found).toEqual([1, 'x', 1, 'known', 'value', 'known=value&added=x']);
});

// 3/3-api/apis-ec-message-context-copy
test('a variable can be copied to another message', async () => {
  const found = await policy.run(`
    local copy = core.ec_message_new(nil)
    return core.ec_message_context_copy(msg, copy, "known"), core.ec_message_context_copy(msg, copy, "none"),
      copy:context_get(${MESS}, "known")`);
  expect(found).toEqual([1, 0, 'value']);
});

test('another selector raises', async () => {
  await expect(policy.run('return msg:context_get(1, "known")')).rejects.toThrow(
    'ECMESS_CTX_MESS, ECMESS_CTX_CONN, VCTX_MESS or VCTX_CONN expected, got 1',
  );
});

test('a selector that is nil, as of the bare VCTX_MESS of some pages, is a bad argument', async () => {
  await expect(policy.run('msg:context_set(VCTX_MESS, "k", "v")')).rejects.toThrow(
    'number expected, got nil',
  );
  expect(policy.codes).toEqual(['BAD_ARGUMENT']);
});

test('a table has no text', async () => {
  await expect(policy.run('vctx:set(core.VCTX_MESS, "k", {})')).rejects.toThrow(
    "bad argument #3 to 'set' (a string, a number or a boolean expected)",
  );
});
