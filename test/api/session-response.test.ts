import { Momentum } from '../../src';
import '../../src/jest';

/** A server whose only endpoint runs `handler` with `session`. */
const serve = (handler: string) =>
  Momentum.start({
    files: { '/tmp/page': 'from a file' },
    modules: [
      {
        name: 'web',
        source: `
          require("msys.extended.httpsrv")
          require("xml")
          local mod = {}
          function mod:rsrc_setup()
            msys.httpsrv.register(nil, "/", function(session) ${handler} end)
            return true
          end
          msys.registerModule("web", mod)`,
      },
    ],
  });

async function respond(handler: string) {
  await using mta = await serve(handler);
  return await mta.request({ url: '/' });
}

// 3/3-api/apis-ec-httpsrv-response-status-*
test.each([
  ['response_status_set(299, "Fine")', 299, 'Fine', undefined],
  ['response_status_set_std(201, "Created", "text/html")', 201, 'Created', 'text/html'],
  ['response_status_set_std(201, "Created")', 201, 'Created', undefined],
  ['response_status_set_std(201, "Created", nil)', 201, 'Created', undefined],
  ['response_status_ok("text/html")', 200, 'OK', 'text/html'],
  ['response_status_denied("text/html")', 403, 'DENIED', 'text/html'],
  ['response_status_not_found("text/html")', 404, 'NOT FOUND', 'text/html'],
  ['response_status_error("text/html")', 500, 'ERROR', 'text/html'],
])('%s', async (call, status, statusText, type) => {
  const response = await respond(`assert(session:${call} == 0)`);
  expect(response).toMatchObject({ status, statusText, text: '' });
  expect(response.headers['content-type']).toBe(type);
});

test('a header is set in place of the one before (H15)', async () => {
  const { headers } = await respond(
    'assert(session:response_header_set("X-A", "1") == 0) session:response_header_set("x-a", "2")',
  );
  expect(headers['x-a']).toBe('2');
});

describe('the payload', () => {
  const io = (content: string) =>
    `local io = msys.core.io_wrapper_open_memory("${content}", #"${content}", 1)`;

  test.each([
    ['append', 'session:response_append("abcdef", 3)', 'abc'],
    [
      'append a string buffer',
      'local s = msys.core.string_new() s:set("abc") session:response_append(tostring(s), #s)',
      'abc',
    ],
    ['printf', 'session:response_printf("%05.1f %s %d%%", 2.25, "x", 3)', '002.2 x 3%'],
    ['printf appends', 'session:response_append("a", 1) session:response_printf("b")', 'ab'],
    ['string', 'session:response_string("abc")', 'abc'],
    ['string sets', 'session:response_append("a", 1) session:response_string("b")', 'b'],
    ['append after string', 'session:response_string("a") session:response_append("b", 1)', 'ab'],
    [
      'string of a string buffer',
      'local s = msys.core.string_new() s:write("abcdef", 3) session:response_string(s)',
      'abc',
    ],
    [
      'xml',
      'session:response_append("gone", 4) session:response_xml(xml.parsexml("<a><b/></a>"))',
      '<?xml version="1.0" encoding="utf-8"?>\n<a>\n  <b/>\n</a>\n',
    ],
    [
      'io at once',
      `${io('abc')} session:response_append("-", 1) session:response_io(io, 1) io:read("*a")`,
      '-abc',
    ],
    ['io later sets', `${io('abc')} session:response_append("-", 1) session:response_io(io, 0)`, 'abc'],
    ['io later, what was not read by then', `${io('abc')} session:response_io(io, 0) io:read(2)`, 'c'],
    ['append after io', `${io('abc')} session:response_io(io, 0) session:response_append("d", 1)`, 'abcd'],
    [
      'io of a file',
      'session:response_io(msys.core.io_wrapper_open("/tmp/page", msys.core.O_RDONLY, 0), 0)',
      'from a file',
    ],
    [
      'flush: what has been sent stays',
      'session:response_append("a", 1) session:response_flush(0) session:response_string("b")',
      'ab',
    ],
    ['flush at the end', 'session:response_append("a", 1) session:response_flush(1)', 'a'],
  ])('%s', async (_name, statements, text) => {
    expect(await respond(statements)).toMatchObject({ status: 200, text });
  });

  test.each([
    'response_append("a", 1)',
    'response_printf("a")',
    'response_string("a")',
    'response_xml(xml.parsexml("<a/>"))',
    'response_io(msys.core.io_wrapper_open("/tmp/page", 0, 0), 0)',
    'response_io(msys.core.io_wrapper_open("/tmp/page", 0, 0), 1)',
    'response_flush(0)',
  ])('%s answers 0', async (call) => {
    const { text } = await respond(`local rc = session:${call} session:response_string("rc " .. rc)`);
    expect(text).toMatch(/rc 0$/);
  });

  test('an io object that cannot be read', async () => {
    const { text } = await respond(
      `local io = msys.core.io_wrapper_open("/tmp/new", msys.core.O_WRONLY | msys.core.O_CREAT, 0)
       session:response_string("rc " .. session:response_io(io, 1))`,
    );
    expect(text).toBe('rc 9');
  });
});

describe('what cannot be sent', () => {
  test.each([
    [
      'session:response_flush(0) session:response_status_set(404, "x")',
      'the status 404 was set after response_flush',
    ],
    [
      'session:response_flush(0) session:response_header_set("X-A", "x")',
      'the header "X-A" was set after response_flush',
    ],
    [
      `local io = msys.core.io_wrapper_open("/tmp/page", 0, 0)
       session:response_io(io, 0) msys.core.io_wrapper_close(io)`,
      'was closed before the response was sent',
    ],
  ])('%s', async (statements, problem) => {
    await using mta = await serve(statements);
    expect((await mta.request({ url: '/' })).status).toBe(500);
    expect(mta.diagnostics.at(0)).toMatchObject({
      code: 'RESPONSE_PROBLEM',
      message: expect.stringContaining(problem),
    });
  });

  test.each([
    ['session:response_append("a", 2)', '2 bytes of a buffer of 1'],
    ['session:response_printf("%d", "x")', 'number expected, got string'],
  ])('%s raises', async (statement, message) => {
    await using mta = await serve(statement);
    expect((await mta.request({ url: '/' })).status).toBe(500);
    expect(mta).toHaveLogged('paniclog', message);
  });
});

test('vprintf needs what only C has', async () => {
  await using mta = await serve('session:response_vprintf("%s", nil)');
  expect((await mta.request({ url: '/' })).status).toBe(500);
  expect(mta).toHaveDiagnostic('NOT_SIMULATED');
});

test('so do handlers of authentication', async () => {
  await using mta = await Momentum.start();
  await expect(
    mta.eval('msys.core.ec_httpsrv_register_auth(nil, "GET", "/", nil, function() end)'),
  ).rejects.toThrow('msys.core.ec_httpsrv_register_auth is part of Momentum');
  expect(mta).toHaveDiagnostic('NOT_SIMULATED');
});
