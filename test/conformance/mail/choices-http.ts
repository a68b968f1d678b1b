/** Choices about outgoing HTTP: upstreams, the clients of scripts, deliveries. */
import { Momentum, type UpstreamsOption } from '../../../src';
import type { TestRow } from './support';

const API = 'http://api.test';

/** What Lua returns that has an HTTP client as `client` and a curl object for the API as `c`. */
async function scripted(upstreams: UpstreamsOption, lua: string, after = '0s'): Promise<unknown[]> {
  await using mta = await Momentum.start({ upstreams, strict: { NOT_SIMULATED: 'warn' } });
  const prelude = `require("msys.http.client") require("curl")
    local client, c = msys.http.client.new(), curl.new()
    c:setopt(curl.OPT_URL, "${API}")`;
  const [results] = await Promise.all([mta.eval(`${prelude} ${lua}`), mta.clock.advance(after)]);
  return results;
}

const get = `client:do_request("GET", "${API}")`;

/** A server that has delivered one message to `push.test`. */
async function pushed(upstreams: UpstreamsOption, options = '', hooks = ''): Promise<Momentum> {
  const source = `require("msys.delivery") require("msys.httpclnt") require("msys.extended.message")
    local mod = { init = function() return true end } ${hooks} msys.registerModule("push", mod)`;
  const domain = `domain "push.test" { delivery_method = "http" ${options} }`;
  const mta = await Momentum.start({
    config: { text: `ec_logger "e" { }\nbounce_logger "b" { }\nrfc2822_trace_headers = false\n${domain}` },
    modules: [{ name: 'push', source }],
    upstreams,
  });
  await mta.inject({ from: 'a@b.test', to: 'c@push.test', data: 'Subject: s\r\n\r\nbody' });
  await mta.clock.advance(0);
  return mta;
}

/** Type and note of the line about what became of the message. */
function outcome(mta: Momentum): unknown[] {
  const line = mta.mainlog.find(({ type }) => type !== 'R');
  return [line?.type, line?.note ?? ''];
}

export function httpChoices(row: TestRow): void {
  clients(row);
  curl(row);
  deliveries(row);
}

function clients(row: TestRow): void {
  row('M130', async () => {
    const upstreams = { [API]: { body: 'all' }, [`${API}/v1`]: { body: 'one' } };
    const body = (path: string) => `client:do_request("GET", "${API}${path}") and client:get_body()`;
    expect(await scripted(upstreams, `return ${['/', '/v1/x', '/v10'].map(body).join(', ')}`)).toEqual([
      'all',
      'one',
      'all',
    ]);
    await using mta = await Momentum.start();
    await mta.eval(`require("msys.http.client") msys.http.client.new():${get.slice('client:'.length)}`);
    expect([...mta.diagnostics]).toMatchObject([{ code: 'UNCONFIGURED_UPSTREAM', severity: 'warning' }]);
    expect(mta.upstreams.requests).toMatchObject([{ url: `${API}/`, error: 'refused' }]);
  });

  row('M131', async () => {
    const status = 'client:get_status()';
    expect(
      await scripted({ [API]: { status: 302, headers: { Location: '/x' } } }, `return ${get}, ${status}`),
    ).toEqual([true, 302, 'Found']);
    const failed = `local ok, why = ${get} return ok, why, client:get_body(), ${status}`;
    const reason = "Couldn't connect to server";
    expect(await scripted({ [API]: { error: 'refused' } }, failed)).toEqual([
      undefined,
      reason,
      '',
      0,
      reason,
    ]);
    expect(await scripted({}, `return client:get_body(), ${status}`)).toEqual(['', 0, '']);
  });

  row('M132', async () => {
    const upstreams = { [API]: { headers: { 'X-A': ['1', '2'] } } };
    const lua = `${get} local raw = client:get_headers() local parsed = client:parse_headers(raw)
      return raw, parsed, parsed["x-a"], parsed["X-B"]`;
    expect(await scripted(upstreams, lua)).toEqual([
      ['X-A: 1', 'X-A: 2', 'Content-Length: 0'],
      { 'X-A': '1, 2', 'Content-Length': '0' },
      '1, 2',
      undefined,
    ]);
  });

  row('M133', async () => {
    const silent: UpstreamsOption = { [API]: { error: 'timeout' } };
    const late = [undefined, 'Timeout was reached'];
    expect(await scripted(silent, `client:set_timeout(2) return ${get}`, '2s')).toEqual(late);
    expect(await scripted(silent, `return ${get}`, '300s')).toEqual(late);
    expect(await scripted({ [API]: { delay: '2s' } }, `return ${get}`, '2s')).toEqual([true]);
  });
}

function curl(row: TestRow): void {
  row('M134', async () => {
    expect(
      await scripted({ [API]: { body: 'x' } }, 'return c:setopt(curl.OPT_POST, true), c:perform()'),
    ).toEqual([true, true]);
    expect(await scripted({ [API]: { error: 'reset' } }, 'return c:perform()')).toEqual([
      undefined,
      'Failure when receiving data from the peer',
      56,
    ]);
    expect(await scripted({}, 'return curl.OPT_URL, curl.RECV_ERROR, curl.INFO_RESPONSE_CODE')).toEqual([
      10_002, 56, 0x200002,
    ]);
    const waiting = 'c:setopt(curl.OPT_WRITEFUNCTION, function() msys.sleep(1) end) c:perform()';
    await expect(scripted({ [API]: { body: 'x' } }, waiting)).rejects.toThrow('attempt to yield across');
  });

  row('M135', async () => {
    const taken = 'return c:setopt(curl.OPT_SSL_VERIFYPEER, true), c:setopt(curl.OPT_FTPPORT, "-")';
    expect(await scripted({}, taken)).toEqual([true, true]);
    for (const option of ['PROXY, "p.test"', 'COOKIEFILE, "/c"', 'HTTPAUTH, curl.AUTH_NTLM'])
      await expect(scripted({}, `c:setopt(curl.OPT_${option})`)).rejects.toThrow('is not simulated');
  });
}

function deliveries(row: TestRow): void {
  row('M136', async () => {
    const urlOf = async (options: string, base: string) => {
      await using mta = await pushed({ [base]: {} }, options);
      return mta.upstreams.requests[0]?.url;
    };
    const routes = 'routes = ( "http://r.test?port=8080" )';
    expect(await urlOf('http_host = "api.test" http_uri = "/x"', API)).toBe(`${API}/x`);
    expect(await urlOf(routes, 'http://r.test:8080')).toBe('http://r.test:8080/');
    expect(await urlOf(`http_host = "api.test" ${routes}`, `${API}:8080`)).toBe(`${API}:8080/`);
    expect(await urlOf('tls = "required"', 'https://push.test')).toBe('https://push.test/');
  });

  row('M137', async () => {
    await using mta = await pushed({ 'http://push.test': {} });
    const [request] = mta.upstreams.requests;
    expect(request).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'message/rfc822' },
      body: mta.messages[0]!.raw.toString(),
    });
    expect(mta.messages[0]!.context.message).toMatchObject({
      DLV_Source_Addr: 'a@b.test',
      DLV_Dest_Addr: 'c@push.test',
      DLV_Remote_IP_Address: '192.0.2.1',
    });
  });

  row('M138', async () => {
    const after = async (status: number, hook = '') => {
      await using mta = await pushed({ 'http://push.test': { status } }, '', hook);
      return outcome(mta);
    };
    expect(await after(201)).toEqual(['D', '']);
    expect(await after(404)).toEqual(['P', '404 Not Found']);
    expect(await after(503)).toEqual(['T', '503 Service Unavailable']);
    const set = `function mod:http_response_eval(sess)
      local msg = msys.delivery.ob_get_current_message(sess.connh)
      msg:context_set(msys.core.ECMESS_CTX_MESS, "DLV_Response_Status", "400")
    end`;
    expect(await after(200, set)).toEqual(['P', '400 OK']);
  });

  row('M139', async () => {
    const note = async (fixture: UpstreamsOption[string]) => {
      await using mta = await pushed({ 'http://push.test': fixture });
      await mta.clock.advance('5s');
      return outcome(mta);
    };
    const noHosts = '451 4.4.1 [internal] No valid hosts (unable to make any connections)';
    expect(await note({ error: 'refused' })).toEqual(['T', noHosts]);
    expect(await note({ error: 'reset' })).toEqual([
      'T',
      '451 4.4.2 [internal] connection closed by remote host',
    ]);
    expect(await note({ error: 'timeout' })).toEqual(['T', '451 4.4.2 [internal] no HTTP response']);
    await using gcm = await pushed({}, 'delivery_method = "gcm"');
    expect([...gcm.diagnostics]).toMatchObject([{ code: 'NOT_SIMULATED' }]);
    expect(gcm.domain('push.test')).toMatchObject({ active: 1 });
  });
}
