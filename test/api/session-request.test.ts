import { Momentum } from '../../src';
import type { RequestOptions } from '../../src/requests';
import '../../src/jest';

/** A server whose only endpoint answers what `expression` gives for `session`, joined with `|`. */
const probe = (expression: string, prelude = '') =>
  Momentum.start({
    modules: [
      {
        name: 'web',
        source: `
          require("msys.extended.httpsrv")
          require("xml")
          ${prelude}
          local mod = {}
          function mod:rsrc_setup()
            msys.httpsrv.register(nil, "/", function(session)
              local function packed(...) return { n = select("#", ...), ... } end
              local values = packed(${expression})
              for i = 1, values.n do values[i] = tostring(values[i]) end
              session:response_printf("%s", table.concat(values, "|"))
              return msys.httpsrv.DONE
            end)
            return true
          end
          msys.registerModule("web", mod)`,
      },
    ],
  });

async function ask(expression: string, request: Partial<RequestOptions> = {}): Promise<string> {
  await using mta = await probe(expression);
  const { text } = await mta.request({ url: '/', ...request });
  return text;
}

// 3/3-api/apis-ec-httpsrv-request-*
test.each([
  ['session:request_method_get()', { method: 'PURGE' }, 'PURGE'],
  ['session:request_header_get("X-A")', { headers: { 'x-a': ['1', '2'] } }, '0|1, 2'],
  ['session:request_header_get("x-b")', {}, '2|nil'],
  [
    'session:request_content_type_get()',
    { headers: { 'content-type': 'text/html; charset=UTF-8' } },
    '0|text/html|UTF-8',
  ],
  ['session:request_content_type_get()', { headers: { 'content-type': 'text/html' } }, '0|text/html|nil'],
  ['session:request_content_type_get()', {}, '2|nil|nil'],
  ['session:request_username_get(), session:request_subject_cn_get()', {}, 'nil|nil'],
  ['session:service_ctx_get()', {}, 'nil'],
  ['session:ctx_get()', {}, 'nil'],
])('%s of %j', async (expression, request, answer) => {
  expect(await ask(expression, request)).toBe(answer);
});

describe('the URL (3/3-api/structs-ec-url-details, 3/3-api/apis-ec-parse-url)', () => {
  test.each([
    ['url', '/a/b%2Fc?d=%65&f=g%20h', '/a/b%2Fc?d=%65&f=g%20h'],
    ['path', '/a/b%2Fc?d', '/a/b/c'],
    ['raw_query', '/?a=%41', 'a=%41'],
    ['query', '/?a=%41', 'a=A'],
    ['raw_query', '/', 'nil'],
    ['attrs', '/', 'nil'],
    ['host', '/', 'nil'],
    ['port', '/', '0'],
    ['scheme', 'http://user:pw@example.com:8080/x', 'http'],
    ['host', 'http://user:pw@example.com:8080/x', 'example.com'],
    ['port', 'http://user:pw@example.com:8080/x', '8080'],
    ['userinfo.user', 'http://user:pw@example.com:8080/x', 'user'],
    ['userinfo.pass', 'http://user:pw@example.com:8080/x', 'pw'],
  ])('%s of %s', async (field, url, value) => {
    expect(await ask(`session:request_url_get().${field}`, { url })).toBe(value);
  });

  test('it belongs to the server', async () => {
    await using mta = await probe('pcall(function() session:request_url_get().path = "/x" end)');
    expect((await mta.request({ url: '/' })).text).toMatch(/^false\|/);
    expect(mta).toHaveDiagnostic('NOT_SIMULATED');
  });
});

describe('the body', () => {
  const post = (body: string | Buffer) => ({ method: 'POST', body });

  test.each([
    ['string', 'session:request_data_get_string()', '0|a\nb'],
    ['io object', 'select(2, session:request_data_get()):read("*a")', 'a\nb'],
    ['line by line', 'select(2, session:request_data_get()):read("*l", "*l", "*l")', 'a|b|nil'],
    ['bytes', 'select(2, session:request_data_get()):read(1, 1, 0, 5, 1)', 'a|\n||b|nil'],
    [
      'an object of its own each time',
      'select(2, session:request_data_get()):read(1), select(2, session:request_data_get()):read(1)',
      'a|a',
    ],
    ['not seekable', 'msys.core.io_wrapper_supports_lseek(select(2, session:request_data_get()))', '0'],
    [
      'not seekable',
      'msys.core.io_wrapper_lseek(select(2, session:request_data_get()), 0, msys.core.SEEK_SET)',
      '-1',
    ],
  ])('as %s', async (_name, expression, answer) => {
    expect(await ask(expression, post('a\nb'))).toBe(answer);
  });

  // 3/3-api/apis-ec-httpsrv-request-data-get-xml: the code only says that the body could be read.
  test.each([
    ['<a><b/></a>', '0|a'],
    ['<a>', '0|nil'],
    ['', '0|nil'],
  ])('as XML: %j', async (body, answer) => {
    const expression =
      '(function() local rc, doc = session:request_data_get_xml() return rc, doc and doc:root():name() end)()';
    expect(await ask(expression, post(body))).toBe(answer);
  });

  test('bytes that are no text', async () => {
    const expression = '#tostring(select(2, session:request_data_get_string()))';
    expect(await ask(expression, post(Buffer.from([0, 255, 10])))).toBe('3');
  });
});

describe('the connection', () => {
  test.each([
    ['tostring(session:request_peer_address())', '127.0.0.1:40000'],
    ['tostring(session:request_local_address())', '127.0.0.1:2081'],
    ['tostring(session:request_accept_construct_get().remote_addr)', '127.0.0.1:40000'],
    ['session:request_accept_construct_get().protocol == msys.core.P_ESMTP', 'false'],
    ['session:request_accept_construct_get() == session:request_accept_construct_get()', 'true'],
    ['msys.type(session:request_event_get())', 'msys.core:_Event'],
    ['msys.type(session:request_event_get_scheduler_inst())', 'msys.core:_ec_scheduler_inst'],
  ])('%s', async (expression, answer) => {
    await using mta = await probe(expression);
    mta.fake('msys.type', (value) => String(value).replace(/^\[|\]$/g, ''));
    expect((await mta.request({ url: '/' })).text).toBe(answer);
  });
});

test('the methods have their C names in msys.core', async () => {
  expect(await ask('msys.core.ec_httpsrv_request_method_get(session)')).toBe('GET');
});

test('what a handler stores with the request it finds again', async () => {
  await using mta = await probe(
    '(function() session:ctx_set(stored) local same = session:ctx_get() == stored session:ctx_set(nil) return same, session:ctx_get() end)()',
    'stored = newproxy()',
  );
  expect((await mta.request({ url: '/' })).text).toBe('true|nil');
});
