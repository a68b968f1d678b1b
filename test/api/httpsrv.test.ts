import { LuaError, Momentum } from '../../src';
import '../../src/jest';

const start = (register: string, strict = true) =>
  Momentum.start({
    strict,
    modules: [
      {
        name: 'web',
        source: `
          local function answer(text)
            return function(session) session:response_status_set_std(200, text, "text/plain") end
          end
          local mod = {}
          function mod:rsrc_setup() ${register} return true end
          msys.registerModule("web", mod)`,
      },
    ],
  });
const text = async (mta: Momentum, method: string, url: string) => (await mta.request({ method, url })).text;

test('the first that matches answers, in the order of registration', async () => {
  const mta = await start(`
    msys.httpsrv.register("GET", "/a/b", answer("deep"))
    msys.httpsrv.register("GET", "/a", answer("first"))
    msys.httpsrv.register("GET", "/a", answer("second"))
    msys.httpsrv.register("GET", "/a/c", answer("hidden"))`);
  expect(await text(mta, 'GET', '/a')).toBe('first');
  expect(await text(mta, 'GET', '/a/b/x')).toBe('deep');
  expect(await text(mta, 'GET', '/a/c')).toBe('first');
  expect([...mta.diagnostics].map(({ code, severity }) => `${severity} ${code}`)).toEqual([
    'warning UNREACHABLE_ENDPOINT',
    'warning UNREACHABLE_ENDPOINT',
  ]);
  expect(mta.diagnostics.at(1)!.message).toContain(
    'GET /a/c can never be called: /a was registered before it',
  );
});

test('without a method every method is answered', async () => {
  const mta = await start('msys.httpsrv.register(nil, "/any", answer("any"))');
  for (const method of ['GET', 'POST', 'PURGE']) expect(await text(mta, method, '/any')).toBe('any');
  expect(mta.endpoints).toEqual([{ method: null, path: '/any' }]);
});

test('the handler may be the name of a global function', async () => {
  const mta = await start('named = answer("by name") msys.httpsrv.register("GET", "/named", "named")');
  expect(await text(mta, 'GET', '/named')).toBe('by name');
});

test('a name of no function is an error when it is registered', async () => {
  await expect(start('msys.httpsrv.register("GET", "/x", "nobody")')).rejects.toThrow(
    "bad argument #3 to 'register' (function expected, got the name 'nobody', which is no global function)",
  );
});

test.each([
  ['"get", "/x"', 'its lower case method matches no request'],
  ['"GET", "x"', 'its relative path matches no request'],
  ['"GET", "/x?y=1"', 'its query in path matches no request'],
])('register(%s) is worth a warning', async (args, reason) => {
  const mta = await start(`msys.httpsrv.register(${args}, answer("x"))`);
  expect(mta.diagnostics.at(0)).toMatchObject({
    code: 'UNREACHABLE_ENDPOINT',
    message: expect.stringContaining(reason) as string,
  });
});

describe('a registration that comes too late', () => {
  const late = (mta: Momentum) => mta.eval('msys.httpsrv.register("GET", "/late", function() end)');

  test('is an error', async () => {
    const mta = await start('');
    await expect(late(mta)).rejects.toThrow(LuaError);
    expect(mta).toHaveDiagnostic('LATE_REGISTRATION');
    expect(mta).not.toHaveEndpoint('GET', '/late');
  });

  test('strict: false: works until the next generation', async () => {
    const mta = await start('', false);
    await late(mta);
    expect(mta).toHaveDiagnostic('LATE_REGISTRATION');
    expect(mta).toHaveEndpoint('GET', '/late');
    await mta.reload();
    expect(mta).not.toHaveEndpoint('GET', '/late');
  });
});

/** Answers what `expression` gives for `session`. */
const probe = (expression: string) => `
  msys.httpsrv.register(nil, "/probe", function(session)
    local out = {}
    for i, value in ipairs({ ${expression} }) do out[i] = tostring(value) end
    session:response_status_ok("text/plain")
    local text = table.concat(out, "|")
    session:response_append(text, #text)
  end)`;

test.each([
  ['session:request_method_get()', 'PUT'],
  ['session:request_header_get("x-one")', '0|1, 2'],
  ['session:request_header_get("X-Two")', '2'],
  ['session:request_content_type_get()', '0|text/html|utf-8'],
  ['session:request_url_get().url', '/probe/%41?q=%42'],
  ['session:request_url_get().path', '/probe/A'],
  ['session:request_url_get().raw_query, session:request_url_get().query', 'q=%42|q=B'],
  ['tostring(select(2, session:request_data_get_string()))', 'body'],
  ['msys.core.dict_key_exists(session:request_url_get().attrs, "q")', '1'],
])('%s', async (expression, answer) => {
  const mta = await start(probe(expression));
  const headers = { 'X-One': ['1', '2'], 'Content-Type': 'text/html; charset=utf-8' };
  const response = await mta.request({ method: 'PUT', url: '/probe/%41?q=%42', headers, body: 'body' });
  expect(response.text).toBe(answer);
});

test.each([
  ['session:response_status_ok("text/html")', 200, 'OK'],
  ['session:response_status_denied("text/html")', 403, 'DENIED'],
  ['session:response_status_not_found("text/html")', 404, 'NOT FOUND'],
  ['session:response_status_error("text/html")', 500, 'ERROR'],
  ['session:response_status_set(299, "Quite good")', 299, 'Quite good'],
  ['', 200, 'OK'],
])('%s', async (statement, status, statusText) => {
  const mta = await start(`msys.httpsrv.register("GET", "/x", function(session) ${statement} end)`);
  expect(await mta.request({ url: '/x' })).toMatchObject({ status, statusText });
});

test('what cannot be sent is a violation', async () => {
  const mta = await start(`msys.httpsrv.register("GET", "/x", function(session)
    session:response_header_set("X-Two lines", "a") end)`);
  expect((await mta.request({ url: '/x' })).status).toBe(500);
  expect(mta).toHaveDiagnostic('RESPONSE_PROBLEM');
});

test('more bytes than the buffer has are an error', async () => {
  const mta = await start(`msys.httpsrv.register("GET", "/x", function(session)
    session:response_append("abc", 4) end)`);
  expect((await mta.request({ url: '/x' })).status).toBe(500);
  expect(mta).toHaveLogged('paniclog', '4 bytes of a buffer of 3');
});

test('a result that is no result of a handler is worth a warning', async () => {
  const mta = await start('msys.httpsrv.register("GET", "/x", function() return "done" end)');
  await mta.request({ url: '/x' });
  expect(mta.diagnostics.at(0)).toMatchObject({ code: 'HANDLER_RESULT', severity: 'warning' });
});

describe('a method called with a dot', () => {
  const source = `
    local function handler(session)
      session.response_status_ok("text/plain")
    end
    local mod = {}
    function mod:rsrc_setup()
      msys.httpsrv.register("GET", "/", handler)
      return true
    end
    msys.registerModule("dot", mod)`;

  it('is refused, and the violation says to write a colon', async () => {
    const mta = await Momentum.start({ modules: [{ name: 'dot', source }] });
    expect(await mta.request({ url: '/' })).toMatchObject({ status: 500 });
    expect(mta.paniclog.at(-1)?.message).toContain(
      "calling 'response_status_ok' on bad self (ec_httpsrv_session expected, got string)",
    );
    expect(mta.diagnostics.at(-1)).toMatchObject({
      code: 'BAD_ARGUMENT',
      message: expect.stringContaining('session:response_status_ok(type)') as string,
    });
    await mta.stop();
  });
});
