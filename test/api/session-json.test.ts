import { Momentum } from '../../src';
import '../../src/jest';

/** A server whose only endpoint runs `handler`, with `session` and the package json at hand. */
const serve = (handler: string) =>
  Momentum.start({
    modules: [
      {
        name: 'web',
        source: `
          require("msys.httpsrv")
          require("json")
          local mod = {}
          function mod:rsrc_setup()
            msys.httpsrv.register(nil, "/", function(session) ${handler} end)
            return true
          end
          msys.registerModule("web", mod)`,
      },
    ],
  });

// 3/3-api/apis-ec-httpsrv-request-data-get-json: the code only says that the body could be read.
test.each([
  ['{"to": ["a", "b"]}', '0 userdata { "to": [ "a", "b" ] }'],
  ['[]', '0 userdata [ ]'],
  ['42', '0 userdata 42'],
  ['true', '0 userdata true'],
  ['not json', '0 nil nil'],
  ['{"a":', '0 nil nil'],
  ['null', '0 nil nil'],
  ['', '0 nil nil'],
])('request_data_get_json of %j', async (body, expected) => {
  await using mta = await serve(`
    local rc, data = session:request_data_get_json()
    session:response_status_ok("text/plain")
    local text = rc .. " " .. type(data) .. " " .. tostring(data)
    session:response_append(text, #text)`);
  expect((await mta.request({ method: 'POST', url: '/', body })).text).toBe(expected);
});

test('a handler without the package json reads the object all the same', async () => {
  await using mta = await serve(`
    package.loaded.json, json = nil, nil
    local _, data = session:request_data_get_json()
    for key, value in data do session:response_append(key .. value, #key + 1) end`);
  expect((await mta.request({ method: 'POST', url: '/', body: '{"a":1,"b":2}' })).text).toBe('a1b2');
});

test('response_json sets the payload, response_append adds to it (H14)', async () => {
  await using mta = await serve(`
    session:response_status_ok("application/json")
    session:response_append("gone", 4)
    local answer = json.new()
    answer.ok = true
    answer.list = { 1, 2.5, "\\195\\169" }
    assert(session:response_json(answer) == 0)
    session:response_append("\\n", 1)`);
  const { text, headers } = await mta.request({ method: 'GET', url: '/' });
  expect(text).toBe('{ "ok": true, "list": [ 1, 2.500000, "é" ] }\n');
  expect(headers['content-type']).toBe('application/json');
});

const failing = (argument: string) =>
  serve(`
    local ok, message = pcall(session.response_json, session, ${argument})
    session:response_append(message, #message)`);

test.each(['"text"', '{ a = 1 }'])('response_json(%s) is a bad argument', async (argument) => {
  await using mta = await failing(argument);
  const { text } = await mta.request({ method: 'GET', url: '/' });
  expect(text).toContain("bad argument #1 to 'response_json' (json:object expected");
  expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
});

test.each([
  ['newproxy()', 'json.encode makes one of a table'],
  ['(function() local o = json.new() json.free(o) return o end)()', 'was released by json.free'],
  ['(function() local o = json.new() o.o = o return o end)()', 'contains itself'],
])('response_json(%s) fails', async (argument, message) => {
  await using mta = await failing(argument);
  expect((await mta.request({ method: 'GET', url: '/' })).text).toContain(message);
});
