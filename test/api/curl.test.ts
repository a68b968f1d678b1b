import { Momentum, type UpstreamRequest, type UpstreamsOption } from '../../src';
import '../../src/jest';

let mta: Momentum;
afterEach(() => mta.stop());

const API = 'http://api.test';
const start = async (upstreams: UpstreamsOption = {}) => {
  mta = await Momentum.start({ upstreams });
};
const codes = () => [...mta.diagnostics].map(({ code }) => code);

/** What Lua returns that has a curl object as `c`, with its URL, and what it received as `body`. */
const run = (lua: string, url = `${API}/path`) =>
  mta.eval(`
    require("curl")
    local c, body, head = curl.new(), "", {}
    local function write(_, data) body = body .. data return #data end
    c:setopt(curl.OPT_URL, "${url}")
    c:setopt(curl.OPT_WRITEFUNCTION, write)
    ${lua}`);

const request = () => mta.upstreams.requests.at(-1)!;
const echo = ({ method, body }: UpstreamRequest) => ({ body: `${method} ${body}` });

test('escape and unescape, as the pages have them', async () => {
  await start();
  const lua = 'require("curl") return curl.escape("abcd$%^&*()"), curl.unescape("abcd%24%25%5E%26%2A%28%29")';
  expect(await mta.eval(lua)).toEqual(['abcd%24%25%5E%26%2A%28%29', 'abcd$%^&*()']);
  expect(await mta.eval('return curl.escape("a-b.c_d~e /ü"), curl.unescape("%zz%c3%bc")')).toEqual([
    'a-b.c_d~e%20%2F%C3%BC',
    '%zzü',
  ]);
});

test('the page’s example', async () => {
  await start({ 'http://example.com': { body: '<html>' } });
  const lua = `
    require("curl")
    local seen = {}
    c = curl.new();
    c:setopt(curl.OPT_URL, "http://example.com/index.php");
    c:setopt(curl.OPT_HTTP_VERSION, 1.1);
    c:setopt(curl.OPT_WRITEFUNCTION, function(userdata, datastring)
      seen = { userdata == c, datastring } return string.len(datastring); end);
    local ok = c:perform();
    c:close();
    return ok, seen[1], seen[2], pcall(c.perform, c)`;
  expect(await mta.eval(lua)).toEqual([
    true,
    true,
    '<html>',
    false,
    expect.stringContaining('attempt to use closed curl object'),
  ]);
  expect(request()).toMatchObject({ method: 'GET', headers: { host: 'example.com', accept: '*/*' } });
  expect(codes()).toEqual([]);
});

test('constants have the numbers of libcurl', async () => {
  await start();
  const lua =
    'return curl.OPT_URL, curl.OPT_TIMEOUT, curl.OPT_WRITEFUNCTION, curl.COULDNT_CONNECT, curl.AUTH_BASIC';
  expect(await mta.eval(`require("curl") ${lua}`)).toEqual([10002, 13, 20011, 7, 1]);
});

describe('methods', () => {
  test.each<[options: string, answer: string]>([
    ['', 'GET '],
    ['c:setopt(curl.OPT_POSTFIELDS, "a=1")', 'POST a=1'],
    [
      'c:setopt(curl.OPT_POST, true) c:setopt(curl.OPT_POSTFIELDS, "a=1") c:setopt(curl.OPT_POSTFIELDSIZE, 2)',
      'POST a=',
    ],
    ['c:setopt(curl.OPT_POSTFIELDS, "a=1") c:setopt(curl.OPT_HTTPGET, true)', 'GET '],
    ['c:setopt(curl.OPT_POST, true) c:setopt(curl.OPT_POST, false)', 'GET '],
    ['c:setopt(curl.OPT_CUSTOMREQUEST, "DELETE")', 'DELETE '],
    ['c:setopt(curl.OPT_CUSTOMREQUEST, "PATCH") c:setopt(curl.OPT_POSTFIELDS, "x")', 'PATCH x'],
    ['c:setopt(curl.OPT_CUSTOMREQUEST, "PATCH") c:setopt(curl.OPT_CUSTOMREQUEST, nil)', 'GET '],
    ['c:setopt(curl.OPT_NOBODY, true)', ''],
    ['c:setopt(curl.OPT_NOBODY, true) c:setopt(curl.OPT_NOBODY, false)', 'GET '],
  ])('%s', async (options, answer) => {
    await start({ [API]: echo });
    expect(await run(`${options} return c:perform(), body`)).toEqual([true, answer]);
  });

  test.each([
    ['c:setopt(curl.OPT_UPLOAD, true)', 'PUT onetwo'],
    ['c:setopt(curl.OPT_PUT, true) c:setopt(curl.OPT_INFILESIZE, 4)', 'PUT onet'],
    ['c:setopt(curl.OPT_POST, true)', 'POST onetwo'],
  ])('%s reads what is sent', async (options, answer) => {
    await start({ [API]: echo });
    const lua = `
      local pieces = { "one", "two" }
      c:setopt(curl.OPT_READFUNCTION, function(list, size) return table.remove(list, 1) end)
      c:setopt(curl.OPT_READDATA, pieces)
      ${options} return c:perform(), body`;
    expect(await run(lua)).toEqual([true, answer]);
  });
});

test('headers of options, and those of lists in their place', async () => {
  await start({ [API]: {} });
  const lua = `
    c:setopt(curl.OPT_USERPWD, "me:secret") c:setopt(curl.OPT_USERAGENT, "test/1") c:setopt(curl.OPT_RANGE, "0-9")
    c:setopt(curl.OPT_REFERER, "http://from.test/") c:setopt(curl.OPT_COOKIE, "a=1; b=2")
    c:setopt(curl.OPT_ENCODING, "identity") c:setopt(curl.OPT_PORT, 80)
    c:setopt(curl.OPT_TIMECONDITION, curl.TIMECOND_IFMODSINCE) c:setopt(curl.OPT_TIMEVALUE, 0)
    c:setopt(curl.OPT_HTTPHEADER, "X-Foo: Bar", "Accept:", "Content-Type: application/json", "X-Nothing;")
    c:setopt(curl.OPT_POSTFIELDS, "{}")
    return c:perform()`;
  expect(await run(lua)).toEqual([true]);
  expect(request().headers).toEqual({
    host: 'api.test',
    authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
    'user-agent': 'test/1',
    range: 'bytes=0-9',
    referer: 'http://from.test/',
    cookie: 'a=1; b=2',
    'accept-encoding': 'identity',
    'content-length': '2',
    'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT',
    'x-foo': 'Bar',
    'content-type': 'application/json',
    'x-nothing': '',
  });
  await run('c:setopt(curl.OPT_HTTPHEADER, "X-Foo: Bar") c:setopt(curl.OPT_HTTPHEADER, nil) c:perform()');
  expect(request().headers).toEqual({ host: 'api.test', accept: '*/*' });
});

describe('what comes back', () => {
  test('header lines, with the status line and the empty one', async () => {
    await start({ [API]: { status: 404, headers: { 'X-A': '1' }, body: 'gone' } });
    const lua = `
      c:setopt(curl.OPT_HEADERDATA, head)
      c:setopt(curl.OPT_HEADERFUNCTION, function(list, line) list[#list + 1] = line return #line end)
      return c:perform(), head, body`;
    const lines = ['HTTP/1.1 404 Not Found\r\n', 'X-A: 1\r\n', 'Content-Length: 4\r\n', '\r\n'];
    expect(await run(lua)).toEqual([true, lines, 'gone']);
    expect(await run('c:setopt(curl.OPT_HEADER, true) c:perform() return body')).toEqual([
      `${lines.join('')}gone`,
    ]);
  });

  test('a long body comes in pieces', async () => {
    await start({ [API]: { body: 'x'.repeat(40_000) } });
    const lua = `
      local sizes = {}
      c:setopt(curl.OPT_WRITEFUNCTION, function(_, data) sizes[#sizes + 1] = #data return #data end)
      c:perform() return sizes`;
    expect(await run(lua)).toEqual([[16_384, 16_384, 7_232]]);
  });

  test('without a callback the body is nobody’s', async () => {
    await start({ [API]: { body: 'x' } });
    expect(await run('c:setopt(curl.OPT_WRITEFUNCTION, nil) return c:perform()')).toEqual([true]);
  });

  test('information about the transfer', async () => {
    await start({ [API]: { headers: { 'Content-Type': 'text/plain' }, body: 'four' } });
    const lua = `
      c:setopt(curl.OPT_POSTFIELDS, "abc") c:perform()
      return c:getinfo(curl.INFO_RESPONSE_CODE), c:getinfo(curl.INFO_EFFECTIVE_URL),
        c:getinfo(curl.INFO_CONTENT_TYPE), c:getinfo(curl.INFO_SIZE_DOWNLOAD), c:getinfo(curl.INFO_SIZE_UPLOAD),
        c:getinfo(curl.INFO_TOTAL_TIME), c:getinfo(5)`;
    expect(await run(lua)).toEqual([
      ...[200, `${API}/path`, 'text/plain', 4, 3, 0],
      ...[undefined, 'unknown CURLINFO type: 5', 43],
    ]);
  });

  test('progress, once it is wanted', async () => {
    await start({ [API]: { body: 'four' } });
    const lua = (result: string) => `
      local calls = {}
      c:setopt(curl.OPT_PROGRESSFUNCTION, function(data, ...) calls[#calls + 1] = { ... } ${result} end)
      local first = c:perform()
      local before = #calls
      c:setopt(curl.OPT_NOPROGRESS, false)
      return before, calls, first, c:perform()`;
    expect(await run(lua(''))).toEqual([
      0,
      [
        [0, 0, 0, 0],
        [4, 4, 0, 0],
      ],
      true,
      true,
    ]);
    const [, , , ...stopped] = await run(lua('return 1'));
    expect(stopped).toEqual([undefined, 'Operation was aborted by an application callback', 42]);
  });
});

describe('redirects', () => {
  const upstreams: UpstreamsOption = {
    [API]: ({ url, method, body, headers }) =>
      url.endsWith('/end')
        ? { body: `${method} ${body} ${headers.authorization ? 'known' : 'unknown'}` }
        : { status: Number(url.slice(-3)), headers: { Location: '/end' }, body: 'moved' },
    'http://other.test': { status: 302, headers: { Location: `${API}/end` } },
  };

  test.each([
    [302, 'c:setopt(curl.OPT_POSTFIELDS, "a")', 'GET  unknown'],
    [307, 'c:setopt(curl.OPT_POSTFIELDS, "a")', 'POST a unknown'],
    [301, 'c:setopt(curl.OPT_USERPWD, "a:b")', 'GET  known'],
  ])('%i with %s', async (status, options, answer) => {
    await start(upstreams);
    const lua = `${options} c:setopt(curl.OPT_FOLLOWLOCATION, true)
      return c:perform(), body, c:getinfo(curl.INFO_REDIRECT_COUNT), c:getinfo(curl.INFO_EFFECTIVE_URL)`;
    expect(await run(lua, `${API}/${status}`)).toEqual([true, answer, 1, `${API}/end`]);
  });

  test('are not followed unless it is wanted, nor without an end', async () => {
    await start({ ...upstreams, 'http://loop.test': { status: 302, headers: { Location: '/again' } } });
    expect(await run('return c:perform(), body', `${API}/302`)).toEqual([true, 'moved']);
    const lua = 'c:setopt(curl.OPT_FOLLOWLOCATION, true) c:setopt(curl.OPT_MAXREDIRS, 2) return c:perform()';
    expect(await run(lua, 'http://loop.test')).toEqual([
      undefined,
      'Number of redirects hit maximum amount',
      47,
    ]);
    expect(mta.upstreams.requests.filter(({ url }) => url.includes('loop'))).toHaveLength(3);
  });

  test('another host does not get the password', async () => {
    await start(upstreams);
    const lua =
      'c:setopt(curl.OPT_USERPWD, "a:b") c:setopt(curl.OPT_FOLLOWLOCATION, true) c:perform() return body';
    expect(await run(lua, 'http://other.test')).toEqual(['GET  unknown']);
  });
});

describe('failures', () => {
  test.each<[what: string, UpstreamsOption, options: string, text: string, code: number]>([
    ['refused', { [API]: { error: 'refused' } }, '', "Couldn't connect to server", 7],
    ['reset', { [API]: { error: 'reset' } }, '', 'Failure when receiving data from the peer', 56],
    [
      'a status that counts',
      { [API]: { status: 500 } },
      'c:setopt(curl.OPT_FAILONERROR, true)',
      'HTTP response code said error',
      22,
    ],
    [
      'a callback that takes less',
      { [API]: { body: 'ab' } },
      'c:setopt(curl.OPT_WRITEFUNCTION, function() return 1 end)',
      'Failed writing received data to disk/application',
      23,
    ],
    [
      'too large',
      { [API]: { body: 'abc' } },
      'c:setopt(curl.OPT_MAXFILESIZE, 2)',
      'Maximum file size exceeded',
      63,
    ],
    [
      'no URL',
      { [API]: {} },
      'c:setopt(curl.OPT_URL, nil)',
      'URL using bad/illegal format or missing URL',
      3,
    ],
    ['no HTTP', { [API]: {} }, 'c:setopt(curl.OPT_URL, "ftp://api.test/")', 'Unsupported protocol', 1],
  ])('%s', async (_what, upstreams, options, text, code) => {
    await start(upstreams);
    expect(await run(`${options} return c:perform()`)).toEqual([undefined, text, code]);
  });

  test.each([
    ['c:setopt(curl.OPT_TIMEOUT, 3)', '3s'],
    ['c:setopt(curl.OPT_CONNECTTIMEOUT, 2) c:setopt(curl.OPT_TIMEOUT, 3)', '2s'],
  ])('nothing answers, with %s', async (options, after) => {
    await start({ [API]: { error: 'timeout' } });
    const results = run(`${options} return c:perform()`);
    await mta.clock.advance(after);
    expect(await results).toEqual([undefined, 'Timeout was reached', 28]);
  });

  test('an error in a callback is the caller’s', async () => {
    await start({ [API]: { body: 'x' } });
    const lua = 'c:setopt(curl.OPT_WRITEFUNCTION, function() error("mine") end) c:perform()';
    await expect(run(lua)).rejects.toThrow('mine');
  });
});

describe('c:setopt', () => {
  test.each<[args: string, error: string]>([
    ['curl.OPT_POST, 1', "bad argument #2 to 'setopt' (boolean value expected)"],
    ['curl.OPT_TIMEOUT, "soon"', "bad argument #2 to 'setopt' (number expected)"],
    ['curl.OPT_WRITEFUNCTION, "f"', "bad argument #2 to 'setopt' (function expected)"],
    ['curl.OPT_HTTPHEADER, {}', "bad argument #2 to 'setopt' (string expected)"],
    ['curl.OPT_HTTPHEADER, "A: b\\r\\nC: d"', 'a line break begins another header'],
    ['4711, true', 'Not supported curl option 4711'],
    ['curl.OPT_URL', "Invalid number of arguments 2 to `setopt' method"],
  ])('c:setopt(%s)', async (args, error) => {
    await start();
    await expect(run(`c:setopt(${args})`)).rejects.toThrow(error);
  });

  test('an option by its name', async () => {
    await start();
    await expect(run('c:setopt("url", "x")')).rejects.toThrow("bad argument #1 to 'setopt' (number expected");
    expect(codes()).toEqual(['BAD_ARGUMENT']);
  });

  test.each([
    'PROXY, "http://p.test"',
    'COOKIEJAR, "/tmp/jar"',
    'HTTPPOST, "a=b"',
    'HTTPAUTH, curl.AUTH_DIGEST',
  ])('OPT_%s is not simulated', async (option) => {
    await start();
    await expect(run(`c:setopt(curl.OPT_${option})`)).rejects.toThrow('is not simulated');
    expect(codes()).toEqual(['NOT_SIMULATED']);
  });

  test('what no test can see is taken', async () => {
    await start({ [API]: {} });
    const lua = `
      c:setopt(curl.OPT_SSL_VERIFYPEER, false) c:setopt(curl.OPT_CAINFO, "/ca.pem") c:setopt(curl.OPT_NOSIGNAL, true)
      c:setopt(curl.OPT_PROXY, nil) c:setopt(curl.OPT_HTTPAUTH, curl.AUTH_ANY) c:setopt(curl.OPT_NETRC, 0)
      return c:setopt(curl.OPT_VERBOSE, true), c:perform()`;
    expect(await run(lua)).toEqual([true, true]);
  });

  test('reset goes back to the defaults', async () => {
    await start({ [API]: {} });
    expect(await run('c:setopt(curl.OPT_POST, true) c:reset() return c:perform()')).toEqual([
      undefined,
      'URL using bad/illegal format or missing URL',
      3,
    ]);
  });
});
