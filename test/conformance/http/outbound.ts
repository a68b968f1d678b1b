/** §9: hooks of deliveries over HTTP. */
import { Momentum } from '../../../src';
import { handling, type Declare } from './server';

const HOOKS = {
  name: 'push',
  source: `
    require("msys.delivery")
    require("msys.httpclnt")
    local mod = {}
    asked = 0
    function mod:http_request_eval(sess)
      asked = asked + 1
      return sess.request.uri == "/mine" and 1 or 0
    end
    function mod:http_response_eval(sess)
      asked = asked + 1
      return sess.response.status_code, sess.response.body, sess.ipaddr, sess.connh
    end
    function mod:generic_delivery_http_response_eval(sess) return msys.delivery.DELIVERY_CONTINUE end
    function mod:init() return true end
    msys.registerModule("push", mod)`,
};

/** A server whose hooks `mta.call` reaches with what a test gives, and a push reaches with a session. */
async function pushing(): Promise<Momentum> {
  const mta = await Momentum.start({ modules: [HOOKS] });
  expect([...mta.diagnostics]).toEqual([]);
  return mta;
}

/** What `http_request_eval` of these statements leaves in the global `out`, and what the upstream was asked. */
async function pushed(statements: string) {
  const source = `require("msys.delivery") require("msys.httpclnt") require("msys.extended.message")
    local mod = { init = function() return true end }
    function mod:http_request_eval(sess) ${statements} end
    msys.registerModule("pushed", mod)`;
  await using mta = await Momentum.start({
    config: { text: 'domain "push.test" { delivery_method = "http" }' },
    modules: [{ name: 'pushed', source }],
    upstreams: { 'http://push.test': {} },
  });
  await mta.inject({ from: 'a@b.test', to: 'c@push.test', data: 'Subject: s\r\n\r\nbody' });
  await mta.clock.advance(0);
  return { out: await mta.eval('out'), asked: mta.upstreams.requests[0]! };
}

export function outbound(row: Declare): void {
  row('http-9-1', async () => {
    await using mta = await pushing();
    await mta.request({ url: '/' });
    expect(await mta.eval('asked')).toEqual([0]);
    await mta.call('http_request_eval', { request: { uri: '/' } });
    expect(await mta.eval('asked')).toEqual([1]);
  });

  row('http-9-2a', async () => {
    await using mta = await pushing();
    expect(await mta.call('http_request_eval', { request: { uri: '/other' } })).toEqual([0]);
    expect(await mta.call('http_request_eval', { request: { uri: '/mine' } })).toEqual([1]);
  });

  row('http-9-2b', async () => {
    const { out, asked } = await pushed(`
      out = { sess:request_add_header("X-A", "1", 0), sess:request_add_header("X-A", "2", 1),
        sess:request_delete_header("Content-Type"), sess:request_delete_header("X-None") }
      sess:request_set_body("new")
      sess:request_add_header("Content-Length", 3, 1)
      sess:request_finalize(1)`);
    expect(out).toEqual([[0, 1, 1, 0]]);
    expect(asked).toMatchObject({ headers: { 'x-a': '2', 'content-length': '3' }, body: 'new' });
    expect(asked.headers).not.toHaveProperty('content-type');
  });

  row('http-9-2c', async () => {
    await using mta = await handling('out(type(require("msys.httpclnt")), type(msys.httpclnt))');
    expect((await mta.request({ url: '/' })).text).toBe('table|table');
  });

  row('http-9-3', async () => {
    await using mta = await pushing();
    const sess = { response: { status_code: '200', body: '{}' } };
    expect(await mta.call('http_response_eval', sess)).toEqual(['200', '{}', undefined, undefined]);
    const [result] = await mta.call('generic_delivery_http_response_eval', sess);
    expect([result]).toEqual(await mta.eval('msys.delivery.DELIVERY_CONTINUE'));
  });

  row('http-9-4a', async () => {
    await using mta = await pushing();
    const sess = {
      request: { method: 'POST', version: 'HTTP/1.1', uri: '/mine', headers: {}, body: '{}' },
      response: { version: 'HTTP/1.1', status_code: '200', status_reason: 'OK', headers: {}, body: '{}' },
      ipaddr: '192.0.2.1',
      connh: 'connection',
    };
    expect(await mta.call('http_request_eval', sess)).toEqual([1]);
    expect(await mta.call('http_response_eval', sess)).toEqual(['200', '{}', '192.0.2.1', 'connection']);
  });

  row('http-9-4b', async () => {
    const { out } = await pushed('out = msys.delivery.ob_get_current_message(sess.connh):rcptto()');
    expect(out).toEqual(['c@push.test']);
  });
}
