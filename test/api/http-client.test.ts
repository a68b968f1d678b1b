import { Momentum, type MomentumOptions, type UpstreamRequest, type UpstreamsOption } from '../../src';
import '../../src/jest';

let mta: Momentum;
afterEach(() => mta.stop());

const API = 'http://api.test';
const codes = () => [...mta.diagnostics].map(({ code }) => code);

async function start(upstreams?: UpstreamsOption, options: MomentumOptions = {}) {
  mta = await Momentum.start({ ...options, ...(upstreams && { upstreams }) });
}

/** What Lua returns that has a client of its own as `client`. */
const run = (lua: string) =>
  mta.eval(`require("msys.http.client") local client = msys.http.client.new() ${lua}`);

const echo = ({ method, body }: UpstreamRequest) => ({ body: `${method} ${body}` });

describe('requests', () => {
  test('the page’s example: a POST with a header', async () => {
    await start({ [API]: () => ({ status: 201, headers: { 'Content-Type': 'text/xml' }, body: '<ok/>' }) });
    const results = await run(`
      client:set_header("Content-Type: text/xml; charset=utf-8");
      client:do_request("POST", "${API}/items?n=1", "<a>ä</a>");
      local code, status = client:get_status();
      local headers = client:parse_headers(client:get_headers());
      return code, status, client:get_body(), headers["Content-Type"], headers["content-length"], headers.none`);
    expect(results).toEqual([201, 'Created', '<ok/>', 'text/xml', '5', undefined]);
    expect(mta.upstreams.requests).toEqual([
      {
        method: 'POST',
        url: `${API}/items?n=1`,
        headers: {
          host: 'api.test',
          accept: '*/*',
          'content-length': '9',
          'content-type': 'text/xml; charset=utf-8',
        },
        body: '<a>ä</a>',
        raw: Buffer.from('<a>ä</a>'),
        at: mta.clock.now(),
        status: 201,
      },
    ]);
  });

  test.each<[lua: string, answer: string]>([
    [`"GET", "${API}/"`, 'GET '],
    [`"GET", "${API}/", "not sent"`, 'GET '],
    [`"POST", "${API}/", "data"`, 'POST data'],
    [`"POST", "${API}/", 5`, 'POST 5'],
    [`"PUT", "${API}/", "data"`, 'PUT data'],
    [`"DELETE", "${API}/"`, 'DELETE '],
    [`"DELETE", "api.test", "data"`, 'DELETE data'],
  ])('do_request(%s)', async (args, answer) => {
    await start({ [API]: echo });
    expect(await run(`return client:do_request(${args}), client:get_body()`)).toEqual([true, answer]);
    expect(codes()).toEqual([]);
  });

  test('user and password of a URL are Basic authentication', async () => {
    await start({ [API]: {} });
    await run(`client:do_request("GET", "http://me:p%40ss@api.test/")`);
    expect(mta.upstreams.requests[0]).toMatchObject({
      url: `${API}/`,
      headers: { authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` },
    });
  });

  test('bytes go both ways', async () => {
    await start({ [API]: ({ raw }) => ({ body: raw }) });
    const lua = 'client:do_request("POST", "http://api.test", "\\0\\255\\r\\n") return client:get_body()';
    expect(await run(lua)).toEqual([Buffer.from([0, 255, 13, 10])]);
  });

  test('headers stay for the next request, and without an argument they are cleared', async () => {
    await start({ [API]: {} });
    await run(`
      client:set_header("X-One: 1") client:set_header("X-Two: 2") client:set_header("Accept:")
      client:do_request("GET", "${API}") client:do_request("GET", "${API}")
      client:set_header() client:do_request("GET", "${API}")`);
    const own = { host: 'api.test', 'x-one': '1', 'x-two': '2' };
    expect(mta.upstreams.requests.map(({ headers }) => headers)).toEqual([
      own,
      own,
      { host: 'api.test', accept: '*/*' },
    ]);
  });

  test('raw headers are lines; repeated ones are joined', async () => {
    await start({ [API]: { headers: { 'Set-Cookie': ['a=1', 'b=2'], 'X-Empty': '' } } });
    const [lines, parsed] = await run(`
      client:do_request("GET", "${API}")
      return client:get_headers(), client:parse_headers(client:get_headers())`);
    expect(lines).toEqual(['Set-Cookie: a=1', 'Set-Cookie: b=2', 'X-Empty: ', 'Content-Length: 0']);
    expect(parsed).toEqual({ 'Set-Cookie': 'a=1, b=2', 'X-Empty': '', 'Content-Length': '0' });
  });
});

describe('no answer', () => {
  const failure = async (address: string, before = '') =>
    run(`${before} local ok, why = client:do_request("GET", "${address}")
         return ok, why, client:get_status(), client:get_body(), #client:get_headers()`);

  test.each<[string, UpstreamsOption[string], string]>([
    ['refused', { error: 'refused' }, "Couldn't connect to server"],
    ['reset', { error: 'reset' }, 'Failure when receiving data from the peer'],
    [
      'reset by an exception',
      () => Promise.reject(new Error('down')),
      'Failure when receiving data from the peer',
    ],
  ])('%s', async (_name, fixture, reason) => {
    await start({ [API]: fixture });
    expect(await failure(`${API}/x`)).toEqual([undefined, reason, 0, '', 0]);
    expect(codes()).toEqual([]);
  });

  test('without an upstream the connection is refused, and a warning says so once', async () => {
    await start({ 'http://other.test': {} });
    expect(await failure(`${API}/x?a=1`)).toEqual([undefined, "Couldn't connect to server", 0, '', 0]);
    await failure(`${API}/x?a=2`);
    expect([...mta.diagnostics]).toEqual([
      expect.objectContaining({
        code: 'UNCONFIGURED_UPSTREAM',
        severity: 'warning',
        message: expect.stringContaining(
          'no upstream for http://api.test/x: the connection is refused',
        ) as string,
        frames: [expect.objectContaining({ line: 1 })],
      }),
    ]);
  });

  test.each([
    ['gopher://api.test/', 'Unsupported protocol'],
    ['http://', 'URL using bad/illegal format or missing URL'],
  ])('%s', async (address, reason) => {
    await start({ [API]: {} });
    expect((await failure(address)).slice(0, 2)).toEqual([undefined, reason]);
    expect(mta.upstreams.requests).toEqual([]);
  });

  test('a failure replaces the response before', async () => {
    await start({ [API]: { body: 'there' }, [`${API}/down`]: { error: 'refused' } });
    expect(await failure(`${API}/down`, `client:do_request("GET", "${API}")`)).toEqual([
      undefined,
      "Couldn't connect to server",
      0,
      '',
      0,
    ]);
  });
});

describe('virtual time', () => {
  const waiting = async (lua: string) => {
    const results = run(lua);
    let isOver = false;
    void results.then(() => (isOver = true));
    await mta.clock.advance(0);
    return { results, isOver: () => isOver };
  };

  test('the script waits for a slow answer', async () => {
    await start({ [API]: { body: 'late', delay: '3s' } });
    const { results, isOver } = await waiting(
      `client:set_timeout(5) client:do_request("GET", "${API}") return client:get_body()`,
    );
    await mta.clock.advance('2s');
    expect(isOver()).toBe(false);
    await mta.clock.advance('1s');
    expect(await results).toEqual(['late']);
  });

  test.each<[string, UpstreamsOption[string], string, string]>([
    ['an answer that is too late', { delay: '3s' }, 'client:set_timeout(2)', '2s'],
    ['an answer that comes with the end of the time', { delay: '2s' }, 'client:set_timeout(2)', '2s'],
    ['nothing', { error: 'timeout' }, 'client:set_timeout(4)', '4s'],
    ['nothing, without a limit', { error: 'timeout' }, 'client:set_timeout(4) client:set_timeout()', '300s'],
  ])('%s', async (_name, fixture, before, after) => {
    await start({ [API]: fixture });
    const { results } = await waiting(`${before} return client:do_request("GET", "${API}")`);
    await mta.clock.advance(after);
    expect(await results).toEqual([undefined, 'Timeout was reached']);
  });

  test('while a script is loaded the whole server stands still', async () => {
    const source = `require("msys.http.client") local c = msys.http.client.new() c:do_request("GET", "${API}")
                    body = c:get_body()`;
    await start({ [API]: { body: 'b', delay: '2s' } }, { modules: [{ name: 'm', source }] });
    expect(await mta.eval('body')).toEqual(['b']);
    expect(mta.clock.now()).toEqual(new Date('2026-01-01T00:00:02Z'));
    expect(codes()).toContain('SCHEDULER_BLOCKED');
  });
});

describe('wrong use', () => {
  test.each<[lua: string, error: string]>([
    ['client:do_request("PATCH", "http://api.test")', "one of GET, POST, PUT, DELETE expected, got 'PATCH'"],
    ['client:do_request("GET")', "bad argument #2 to 'do_request'"],
    ['client.do_request("GET", "http://api.test")', "calling 'do_request' on bad self"],
    ['client:set_header("A: b\\r\\nC: d")', 'a line break begins another header'],
    ['client:parse_headers("A: b")', "bad argument #1 to 'parse_headers'"],
  ])('%s', async (lua, error) => {
    await start({ [API]: {} });
    await expect(run(lua)).rejects.toThrow(error);
    expect(codes()).toEqual(['BAD_ARGUMENT']);
  });

  test('an answer that no server could give is an error of the test', async () => {
    await start({ [API]: () => ({ status: 99 }) });
    await expect(run(`client:do_request("GET", "${API}")`)).rejects.toThrow(
      'upstream http://api.test: a status from 100 to 999 expected, not 99',
    );
    expect(codes()).toEqual(['HOST_ERROR']);
  });
});

test('in an HTTP handler', async () => {
  const source = `
    require("msys.httpsrv") require("msys.http.client")
    local function proxy(session)
      local client = msys.http.client.new()
      client:do_request("GET", "${API}/value")
      local body = client:get_body()
      session:response_append(body, #body)
      return msys.httpsrv.DONE
    end
    local mod = {}
    function mod:rsrc_setup() msys.httpsrv.register("GET", "/proxy", proxy) return true end
    msys.registerModule("proxy", mod)`;
  await start(
    { [API]: async () => Promise.resolve({ body: { value: 1 } }) },
    { modules: [{ name: 'proxy', source }] },
  );
  const { text } = await mta.request({ url: '/proxy' });
  expect(JSON.parse(text)).toEqual({ value: 1 });
});
