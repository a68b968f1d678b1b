/** Deliveries over HTTP, with their hooks (3/3-push/push-generic-delivery-lua). */
import { Momentum, type MomentumOptions, type UpstreamsOption } from '../../src';
import '../../src/jest';

const DOMAIN = 'push.test';
const API = 'http://api.test';
const MAIL = { from: 'a@sender.test', to: `device@${DOMAIN}`, data: 'Subject: s\r\n\r\nhello' };

let mta: Momentum;
afterEach(() => mta.stop());

interface Setup {
  readonly upstreams?: UpstreamsOption;
  /** Of the domain. */
  readonly options?: string;
  /** Global ones. */
  readonly config?: string;
  /** Methods of the module `mod`. */
  readonly module?: string;
  readonly rest?: MomentumOptions;
}

const PACKAGES =
  'require("msys.core") require("msys.delivery") require("msys.httpclnt") require("msys.extended.message")';

async function start({ upstreams, options = '', config = '', module = '', rest = {} }: Setup = {}) {
  const text = `ec_logger "ec_logger" {}
    bounce_logger "bounce_logger" {}
    ${config}
    domain "${DOMAIN}" {
      delivery_method = "http"
      http_host = "api.test"
      http_uri = "/send"
      ${options}
    }`;
  const source = `${PACKAGES} seen = {} local mod = {} function mod:init() return true end ${module}
    msys.registerModule("push", mod)`;
  mta = await Momentum.start({
    config: { text },
    modules: [{ name: 'push', source }],
    ...(upstreams && { upstreams }),
    ...rest,
  });
}

async function deliver(amount: number | string = 0): Promise<void> {
  await mta.inject(MAIL);
  await mta.clock.advance(amount);
}

const notes = () =>
  mta.mainlog
    .filter(({ type }) => type !== 'R')
    .map(({ type, note }) => [type, note].filter(Boolean).join(' '));
const codes = () => [...mta.diagnostics].map(({ code }) => code);
const request = () => mta.upstreams.requests[0]!;

describe('the request', () => {
  test('is the message, at the URL of the options', async () => {
    await start({ upstreams: { [API]: {} }, options: 'http_basic_auth = "me:secret"' });
    await deliver();
    const body = mta.messages[0]!.raw.toString();
    expect(mta.upstreams.requests).toEqual([
      {
        method: 'POST',
        url: `${API}/send`,
        headers: {
          host: 'api.test',
          authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
          'content-type': 'message/rfc822',
          'content-length': String(body.length),
        },
        body,
        raw: Buffer.from(body),
        at: mta.clock.now(),
        status: 200,
      },
    ]);
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 0, deliveries: 1 });
    expect(mta.messages[0]).toMatchObject({ disposition: 'delivered' });
    expect(mta).toHaveLogged('mainlog', /@D@push\.test@.*@192\.0\.2\.1$/);
  });

  test.each<[options: string, method: string, url: string]>([
    ['http_method = "GET"', 'GET', 'http://api.test/send'],
    ['http_method = "delete"', 'DELETE', 'http://api.test/send'],
    ['routes = ( "http://server.test?port=8080" )', 'POST', 'http://api.test:8080/send'],
    ['http_host = "" routes = ( "http://server.test?port=8080" )', 'POST', 'http://server.test:8080/send'],
    ['http_host = ""', 'POST', 'http://push.test/send'],
    ['http_host = "api.test:99" http_uri = ""', 'POST', 'http://api.test:99/'],
    ['http_uri = "send?to=1"', 'POST', 'http://api.test/send?to=1'],
    ['http_uri = "http://far.test/x"', 'POST', 'http://far.test/x'],
    ['http_host = "" routes = ( "http://[2001:db8::1]" )', 'POST', 'http://[2001:db8::1]/send'],
    ['tls = "required"', 'POST', 'https://api.test/send'],
    ['routes = ( "http://server.test?port=443" )', 'POST', 'https://api.test/send'],
  ])('%s', async (options, method, url) => {
    await start({ upstreams: { [new URL(url).origin]: {} }, options });
    await deliver();
    expect(mta.upstreams.requests.map((one) => [one.method, one.url])).toEqual([[method, url]]);
    expect(notes()).toEqual(['D']);
  });

  test('a gateway is asked in place of the domain, whose options do not count then', async () => {
    await start({
      upstreams: { 'http://10.0.0.1:81': {} },
      config: 'gateway = "10.0.0.1:81" delivery_method = "http" http_uri = "/all"',
    });
    await deliver();
    expect(request()).toMatchObject({ url: 'http://10.0.0.1:81/all' });
    expect(request().headers).not.toHaveProperty('host');
    expect(notes()).toEqual(['D']);
  });

  test('DNS says the address, where it is simulated', async () => {
    await start({
      upstreams: { [API]: {} },
      options: 'routes = ( "http://server.test" )',
      rest: { dns: { 'server.test': { A: ['198.51.100.9'] } } },
    });
    await deliver();
    expect(mta).toHaveLogged('mainlog', /@D@push\.test@.*@198\.51\.100\.9$/);
    expect(mta.messages[0]!.context).toMatchObject({ message: { DLV_Remote_IP_Address: '198.51.100.9' } });
  });

  test('connections stay open, as many as there are deliveries side by side', async () => {
    await start({
      upstreams: { [API]: { delay: '1s' } },
      options: 'max_outbound_connections = 1 idle_timeout = 10',
    });
    await mta.inject(MAIL);
    await deliver(0);
    expect(mta.upstreams.requests).toHaveLength(1);
    await mta.clock.advance('2s');
    expect(notes()).toEqual(['D', 'D']);
    const ids = mta.mainlog.filter(({ type }) => type === 'D').map(({ connectionId }) => connectionId);
    expect(new Set(ids).size).toBe(1);
  });
});

describe('the outcome', () => {
  test.each<[status: number, note: string, state: object]>([
    [200, 'D', { deliveries: 1 }],
    [204, 'D', { deliveries: 1 }],
    [302, 'P 302 Found', { failures: 1 }],
    [404, 'P 404 Not Found', { failures: 1 }],
    [500, 'T 500 Internal Server Error', { transients: 1, delayedCount: 1 }],
    [503, 'T 503 Service Unavailable', { transients: 1, delayedCount: 1 }],
  ])('%i', async (status, note, state) => {
    await start({ upstreams: { [API]: { status } } });
    await deliver();
    expect(notes()).toEqual([note]);
    expect(mta.domain(DOMAIN)).toMatchObject(state);
  });

  test.each<[what: string, upstream: UpstreamsOption[string], after: string, note: string]>([
    [
      'refused',
      { error: 'refused' },
      '0s',
      '451 4.4.1 [internal] No valid hosts (unable to make any connections)',
    ],
    [
      'refused by a function',
      () => ({ error: 'refused' }),
      '0s',
      '451 4.4.1 [internal] No valid hosts (unable to make any connections)',
    ],
    ['reset', { error: 'reset' }, '0s', '451 4.4.2 [internal] connection closed by remote host'],
    [
      'an exception',
      () => {
        throw new Error('down');
      },
      '0s',
      '451 4.4.2 [internal] connection closed by remote host',
    ],
    ['nothing', { error: 'timeout' }, '5s', '451 4.4.2 [internal] no HTTP response'],
    ['too late', { delay: '6s' }, '5s', '451 4.4.2 [internal] no HTTP response'],
  ])('%s', async (_what, upstream, after, note) => {
    await start({ upstreams: { [API]: upstream } });
    await deliver('0s');
    if (after !== '0s') expect(notes()).toEqual([]);
    await mta.clock.advance(after);
    expect(notes()).toEqual([`T ${note}`]);
    expect(codes()).toEqual([]);
  });

  test('delivery_response_timeout is in milliseconds', async () => {
    await start({ upstreams: { [API]: { delay: '3s' } }, options: 'delivery_response_timeout = 1000' });
    await deliver('1s');
    expect(notes()).toEqual(['T 451 4.4.2 [internal] no HTTP response']);
  });

  test('without an upstream the connection is refused, and a warning names the option', async () => {
    await start();
    await deliver();
    expect(notes()).toEqual(['T 451 4.4.1 [internal] No valid hosts (unable to make any connections)']);
    expect([...mta.diagnostics]).toEqual([
      expect.objectContaining({
        code: 'UNCONFIGURED_UPSTREAM',
        severity: 'warning',
        message: expect.stringContaining('option upstreams') as string,
      }),
    ]);
  });

  test('what is put off is tried again', async () => {
    let status = 503;
    await start({ upstreams: { [API]: () => ({ status }) } });
    await deliver();
    status = 200;
    await mta.clock.advance('20m');
    expect(notes()).toEqual(['T 503 Service Unavailable', 'D']);
  });

  test('the sender gets a bounce', async () => {
    await start({ upstreams: { [API]: { status: 410 } } });
    await deliver();
    expect(mta.domain('sender.test')!.messages).toMatchObject([{ from: '', to: 'a@sender.test' }]);
    expect(mta).toHaveLogged('bouncelog', /@B@device@push\.test@.*410 Gone$/);
  });

  test('a remote that is down has its say', async () => {
    await start({ upstreams: { [API]: {} } });
    mta.remote(DOMAIN).once.refuse();
    await deliver();
    expect(mta.upstreams.requests).toEqual([]);
    await mta.clock.advance('20m');
    expect(notes()).toEqual([expect.stringContaining('T 451 4.4.1'), 'D']);
  });

  test('an upstream that comes later', async () => {
    await start();
    mta.upstreams.set(API, {});
    await deliver();
    expect(notes()).toEqual(['D']);
    mta.upstreams.remove(API);
    await deliver();
    expect(notes()).toEqual(['D', expect.stringContaining('T 451 4.4.1')]);
    expect(codes()).toEqual(['UNCONFIGURED_UPSTREAM']);
  });
});

describe('http_request_eval', () => {
  const module = (body: string) => `
    function mod:http_request_eval(sess)
      local msg = msys.delivery.ob_get_current_message(sess.connh)
      ${body}
      return msys.delivery.DELIVERY_CONTINUE
    end`;

  test('the page’s example: another request in place of the one that was made up', async () => {
    await start({
      upstreams: { [API]: {} },
      module: module(`
        before = #sess.request.data
        local request = '{ "to": "' .. msg:rcptto() .. '" }'
        sess:request_add_header("Accept", "text/plain", 1)
        sess:request_add_header("Accept", "application/json", 0)
        sess:request_add_header("Authorization", "key=abc", 1)
        sess:request_add_header("Content-Length", #request, 1)
        deleted = { sess:request_delete_header("content-type"), sess:request_delete_header("X-None") }
        sess:request_set_body(request)
        finalized = { sess:request_finalize(0), sess:request_finalize(1), sess:request_finalize(0) }
        msg:context_set(msys.core.ECMESS_CTX_MESS, "DLV_Dest_ID", "reg")
        msg:context_set(msys.core.ECMESS_CTX_MESS, "DLV_Msg_Length", #sess.request.data)
        data = tostring(sess.request.data)
        fields = { sess.request.method.buffer, sess.request.version.buffer, sess.request.uri.buffer,
          sess.request.body.buffer, sess.ipaddr.buffer, type(sess.response) }`),
    });
    await deliver();
    const body = '{ "to": "device@push.test" }';
    const data = `POST /send HTTP/1.1\r\nHost: api.test\r\nAccept: text/plain\r\nAccept: application/json\r\nAuthorization: key=abc\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    expect(await mta.eval('data')).toEqual([data]);
    const [before] = (await mta.eval('before')) as number[];
    expect(await mta.eval('deleted, finalized, fields')).toEqual([
      [1, 0],
      [before, 0, data.length],
      ['POST', '1.1', '/send', body, '192.0.2.1', 'nil'],
    ]);
    expect(request()).toMatchObject({
      body,
      headers: { accept: 'text/plain, application/json', authorization: 'key=abc' },
    });
    expect(mta.messages[0]!.context.message).toMatchObject({
      DLV_Source_Addr: 'a@sender.test',
      DLV_Dest_Addr: MAIL.to,
      DLV_Dest_ID: 'reg',
      DLV_Msg_Length: String(data.length),
    });
    expect(codes()).toEqual([]);
  });

  test.each<[lua: string, what: string]>([
    ['sess:request_add_header("X-New", "1", 0)', 'changed after it had been built'],
    ['sess:request_delete_header("Host") sess:request_finalize(0)', 'changed after it had been built'],
    ['sess:request_set_body("longer than before") sess:request_finalize(1)', 'Content-Length is'],
    ['sess:request_delete_header("Content-Length") sess:request_finalize(true)', 'no Content-Length'],
    ['sess:request_add_header("X-Bad", "1\\r\\nX-Other: 2", false) sess:request_finalize(1)', 'breaks it'],
  ])('%s is reported', async (lua, what) => {
    await start({ upstreams: { [API]: {} }, module: module(lua) });
    await deliver();
    expect([...mta.diagnostics]).toEqual([
      expect.objectContaining({
        code: 'REQUEST_PROBLEM',
        severity: 'violation',
        message: expect.stringContaining(what) as string,
      }),
    ]);
  });

  test('what production sends then: changes are lost, the length rules', async () => {
    await start({
      upstreams: { [API]: {} },
      module: module(`
        turn = (turn or 0) + 1
        if turn == 1 then sess:request_set_body("lost") end
        if turn == 2 then sess:request_add_header("Content-Length", 3, 1) sess:request_finalize(1) end
        if turn == 3 then sess:request_delete_header("Content-Length") sess:request_finalize(1) end
        if turn == 4 then sess:request_add_header("Content-Length", 9999, 1) sess:request_finalize(1) end`),
    });
    for (let turn = 1; turn <= 4; turn++) await deliver();
    const raw = mta.messages[0]!.raw.toString();
    expect(mta.upstreams.requests.slice(0, 3).map(({ body }) => body)).toEqual([raw, raw.slice(0, 3), '']);
    await mta.clock.advance('5s');
    expect(notes()).toEqual(['D', 'D', 'D', 'T 451 4.4.2 [internal] no HTTP response']);
    expect(codes()).toHaveLength(4);
  });

  test('1 keeps the providers after it from being called', async () => {
    await start({
      upstreams: { [API]: {} },
      module: `
        function mod:http_request_eval(sess) return result end
        local other = { init = mod.init }
        function other:http_request_eval(sess) called = (called or 0) + 1 end
        msys.registerModule("first", mod)
        msys.registerModule("second", other)`,
    });
    await mta.eval('(function() result = 0 end)()');
    await deliver();
    await mta.eval('(function() result = 1 end)()');
    await deliver();
    expect(await mta.eval('called')).toEqual([1]);
    expect(notes()).toEqual(['D', 'D']);
  });

  test('needs require("msys.httpclnt")', async () => {
    const source =
      'local mod = { init = function() return true end } function mod:http_request_eval() called = true end msys.registerModule("m", mod)';
    await start({ upstreams: { [API]: {} }, rest: { modules: [{ name: 'm', source }] } });
    await deliver();
    await deliver();
    expect(await mta.eval('called')).toEqual([undefined]);
    expect([...mta.diagnostics].map(({ code, message }) => [code, message])).toEqual([
      [
        'REQUEST_PROBLEM',
        'http_request_eval of a module is not called: no script has called require("msys.httpclnt").',
      ],
    ]);
  });

  test('may take time', async () => {
    await start({ upstreams: { [API]: {} }, module: module('msys.sleep(3)') });
    await deliver('2s');
    expect(mta.upstreams.requests).toEqual([]);
    await mta.clock.advance('1s');
    expect(notes()).toEqual(['D']);
  });

  test('an error of a hook does not keep the message', async () => {
    await start({ upstreams: { [API]: {} }, module: module('error("oops")') });
    await deliver();
    expect(notes()).toEqual(['D']);
    expect(mta).toHaveLogged('paniclog', /oops/);
  });
});

describe('http_response_eval', () => {
  const module = (body: string, name = 'http_response_eval') => `
    function mod:${name}(sess)
      local msg = msys.delivery.ob_get_current_message(sess.connh)
      local context = msys.core.ECMESS_CTX_MESS
      ${body}
      return msys.delivery.DELIVERY_CONTINUE
    end`;

  test('the page’s example: the answer is read', async () => {
    await start({
      upstreams: { [API]: { headers: { 'X-A': '1' }, body: { canonical_ids: 1 } } },
      module: module(`
        require("json")
        local answer = json.decode(sess.response.body)
        fields = { sess.response.status_code.buffer, sess.response.status_reason.buffer, sess.response.version.buffer,
          answer.canonical_ids, sess.response.content_length, sess.response.read_done, msg:get_delivery_method(),
          msg:context_get(context, "DLV_Response_Status"), msg:context_get(context, "DLV_Response_Status_Detail"),
          string.sub(tostring(sess.response.data), sess.response.payload_offset + 1) == sess.response.body,
          msys.httpclnt.http_status_classifier(200) == msys.delivery.DELIVERY_SUCCESS,
          msys.httpclnt.http_status_classifier(404) == msys.delivery.DELIVERY_PERMFAILED }`),
    });
    await deliver();
    expect(await mta.eval('fields')).toEqual([
      ['200', 'OK', 'HTTP/1.1', 1, 19, 1, 'http', '200', 'OK', true, true, true],
    ]);
    expect(mta.messages[0]!.context.message).not.toHaveProperty('DLV_Response_Status');
  });

  test.each<[lua: string, status: number, note: string]>([
    ['msg:context_set(context, "DLV_Response_Status", "404")', 200, 'P 404 OK'],
    [
      'msg:context_set(context, "DLV_Response_Status", "7") msg:context_set(context, "DLV_Response_Status_Detail", "too big")',
      200,
      'P 7 too big',
    ],
    ['msg:context_set(context, "DLV_Response_Status", "BUSY")', 200, 'T BUSY OK'],
    ['msg:context_delete(context, "DLV_Response_Status")', 404, 'D'],
  ])('%s decides', async (lua, status, note) => {
    await start({ upstreams: { [API]: { status } }, module: module(lua) });
    await deliver();
    expect(notes()).toEqual([note]);
  });

  test('has another name', async () => {
    await start({
      upstreams: { [API]: {} },
      module: module('called = sess.response.status_code.buffer', 'generic_delivery_http_response_eval'),
    });
    await deliver();
    expect(await mta.eval('called')).toEqual(['200']);
  });

  test('generic_delivery_msg_dispose sees the status', async () => {
    await start({
      upstreams: { [API]: ({ url }) => ({ status: url.endsWith('/send') ? 404 : 200 }) },
      module: `
        function mod:generic_delivery_msg_dispose(msg)
          local context = msys.core.ECMESS_CTX_MESS
          seen = { msg:context_get(context, "DLV_Response_Status"), msg:context_get(context, "DLV_Response_Status_Detail") }
          return msys.delivery.DELIVERY_CONTINUE
        end`,
    });
    await deliver();
    expect(await mta.eval('seen')).toEqual([['404', 'Not Found']]);
  });
});

describe('other methods', () => {
  test.each(['GCM', 'apn', 'mm7'])('%s is not simulated, and says so', async (method) => {
    await start({ upstreams: { [API]: {} }, options: `delivery_method = "${method}"` });
    await deliver();
    await deliver();
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 2 });
    expect([...mta.diagnostics]).toEqual([
      expect.objectContaining({
        code: 'NOT_SIMULATED',
        message: expect.stringContaining(`delivery_method "${method.toLowerCase()}" of push.test`) as string,
      }),
    ]);
  });

  test('LMTP goes the way of SMTP', async () => {
    await start({ options: 'delivery_method = "LMTP"' });
    mta.remote(DOMAIN).accept();
    await deliver();
    expect(mta.remote(DOMAIN).deliveries).toHaveLength(1);
  });

  test('hooks of SMTP have nothing to do with it', async () => {
    await start({
      upstreams: { [API]: {} },
      module: `
        function mod:core_smtp_client_mailfrom_args() smtp = true end
        function mod:core_smtp_should_session_shutdown() smtp = true end
        function mod:core_log_attempt_v1() attempt = true end`,
    });
    await deliver();
    expect(await mta.eval('smtp, attempt')).toEqual([undefined, true]);
  });
});
