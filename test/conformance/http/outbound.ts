/** §9: hooks of the outgoing HTTP client, which comes with delivery. */
import { LuaError, Momentum } from '../../../src';
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

/** No mail is pushed over HTTP here: the hooks are known, and `mta.call` reaches them with what a test gives. */
async function pushing(): Promise<Momentum> {
  const mta = await Momentum.start({ modules: [HOOKS] });
  expect([...mta.diagnostics]).toEqual([]);
  return mta;
}

/** What is part of the API and has to say by name that it is not simulated. */
async function notSimulated(names: readonly string[]): Promise<void> {
  for (const name of names) {
    await using mta = await pushing();
    await expect(mta.eval(`${name}()`)).rejects.toThrow(LuaError);
    expect(mta.diagnostics.at(-1)).toMatchObject({
      code: 'NOT_SIMULATED',
      message: expect.stringContaining(`${name} is part of Momentum's API and is not simulated`) as string,
    });
  }
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

  row('http-9-2b', () =>
    notSimulated(
      ['add_header', 'delete_header', 'set_body', 'finalize'].map((name) => `msys.core.http_request_${name}`),
    ),
  );

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

  row('http-9-4b', () => notSimulated(['msys.delivery.ob_get_current_message']));
}
