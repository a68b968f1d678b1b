import { Momentum, MomentumCrash } from '../../src';
import '../../src/jest';

/** A server with an endpoint /wait that runs `handler`, and one at /wake that resumes what is in `waiting`. */
const serve = (handler: string, options: { strict?: false } = {}) =>
  Momentum.start({
    ...options,
    modules: [
      {
        name: 'web',
        source: `
          require("msys.extended.httpsrv")
          invocations = 0
          local mod = {}
          local function wait(session)
            invocations = invocations + 1
            ${handler}
          end
          local function wake(session)
            session:response_printf("rc %d", waiting:session_resume(0))
          end
          function mod:rsrc_setup()
            msys.httpsrv.register("GET", "/wait", wait)
            msys.httpsrv.register("GET", "/wake", wake)
            return true
          end
          msys.registerModule("web", mod)`,
      },
    ],
  });

/** Suspends at first, and answers how often it has been invoked when it is resumed. */
const ONCE = `
  if waiting then
    session:response_printf("invocation %d", invocations)
    return msys.httpsrv.DONE
  end
  waiting = session
  assert(session:session_suspend() == 0)
  return msys.httpsrv.ASYNC`;

const settled = async (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), new Promise((resolve) => setImmediate(() => resolve(false)))]);

// 3/3-api/apis-ec-httpsrv-session-resume, 3/3-api/apis-ec-httpsrv-session-suspend
describe('a suspended request', () => {
  test('waits, and its handler is invoked again', async () => {
    await using mta = await serve(ONCE);
    const response = mta.request({ url: '/wait' });
    expect(await settled(response)).toBe(false);
    expect((await mta.request({ url: '/wake' })).text).toBe('rc 0');
    expect(await response).toMatchObject({ status: 200, text: 'invocation 2' });
  });

  test('is resumed from anywhere', async () => {
    await using mta = await serve(ONCE);
    const response = mta.request({ url: '/wait' });
    await settled(response);
    mta.clock.schedule(mta.clock.millis() + 5000, 'wake', () => mta.eval('waiting:session_resume(0)'));
    await mta.clock.advance('5s');
    expect((await response).text).toBe('invocation 2');
  });

  test('is complete when it is resumed as finished', async () => {
    await using mta = await serve(`session:response_string("prepared") ${ONCE}`);
    const response = mta.request({ url: '/wait' });
    await settled(response);
    expect(await mta.eval('waiting:session_resume(1)')).toEqual([0]);
    expect((await response).text).toBe('prepared');
    expect(await mta.eval('return invocations')).toEqual([1]);
  });

  test('keeps what was prepared and stored', async () => {
    await using mta = await serve(`
      local n = session:ctx_get() or 0
      session:response_printf("%s,", tostring(session:ctx_get()))
      if n == stored then return end
      session:ctx_set(stored)
      session:session_suspend()
      waiting = session
      return msys.httpsrv.ASYNC`);
    await mta.eval('stored = newproxy()');
    const response = mta.request({ url: '/wait' });
    await settled(response);
    await mta.request({ url: '/wake' });
    expect((await response).text).toMatch(/^nil,userdata.*,$/);
  });

  test('can be suspended again', async () => {
    await using mta = await serve(`
      if invocations == 3 then return session:response_string("third") and msys.httpsrv.DONE end
      waiting = session
      session:session_suspend()
      return msys.httpsrv.ASYNC`);
    const response = mta.request({ url: '/wait' });
    for (let i = 0; i < 2; i++) {
      expect(await settled(response)).toBe(false);
      await mta.request({ url: '/wake' });
    }
    expect((await response).text).toBe('third');
  });

  test('may be resumed before its handler has returned', async () => {
    await using mta = await serve(`
      if invocations == 2 then return msys.httpsrv.DONE end
      session:session_suspend()
      session:session_resume(0)
      return msys.httpsrv.ASYNC`);
    expect((await mta.request({ url: '/wait' })).status).toBe(200);
    expect(await mta.eval('return invocations')).toEqual([2]);
  });

  test('several at once', async () => {
    await using mta = await serve(`
      if session:ctx_get() then return session:response_string("woken") and nil end
      all = all or {}
      all[#all + 1] = session
      session:ctx_set(newproxy())
      session:session_suspend()
      return msys.httpsrv.ASYNC`);
    const responses = Array.from({ length: 50 }, () => mta.request({ url: '/wait' }));
    await settled(Promise.all(responses));
    await mta.eval('for _, session in ipairs(all) do assert(session:session_resume(0) == 0) end');
    expect((await Promise.all(responses)).every(({ text }) => text === 'woken')).toBe(true);
  });
});

describe('errno', () => {
  test.each([
    ['suspend twice: EBADF', 'session:session_suspend() local rc = session:session_suspend()', 9],
    ['resume without suspend: EINVAL', 'local rc = session:session_resume(0)', 22],
    [
      'resume twice: EINVAL',
      'session:session_suspend() session:session_resume(1) local rc = session:session_resume(1)',
      22,
    ],
  ])('%s', async (_name, statements, errno) => {
    await using mta = await serve(`${statements} session:response_printf("%d", rc) return msys.httpsrv.DONE`);
    expect((await mta.request({ url: '/wait' })).text).toBe(String(errno));
  });
});

describe('ASYNC without a suspended session', () => {
  test('is a violation and an empty 500', async () => {
    await using mta = await serve('return msys.httpsrv.ASYNC');
    expect(await mta.request({ url: '/wait' })).toMatchObject({ status: 500, text: '' });
    expect(mta.diagnostics.at(0)).toMatchObject({ code: 'ASYNC_NOT_SUSPENDED', severity: 'violation' });
  });

  test('strict: false: counts as DONE', async () => {
    await using mta = await serve('session:response_string("x") return msys.httpsrv.ASYNC', {
      strict: false,
    });
    expect(await mta.request({ url: '/wait' })).toMatchObject({ status: 200, text: 'x' });
    expect(mta).toHaveDiagnostic('ASYNC_NOT_SUSPENDED');
  });
});

test.each(['return msys.httpsrv.DONE', 'return', ''])(
  'suspended, and then %j: complete, with a warning',
  async (end) => {
    await using mta = await serve(`session:session_suspend() ${end}`);
    expect((await mta.request({ url: '/wait' })).status).toBe(200);
    expect(mta.diagnostics.at(0)).toMatchObject({
      code: 'HANDLER_RESULT',
      message: expect.stringContaining('suspended the session and returned'),
    });
  },
);

test('an error after suspending is a 500', async () => {
  await using mta = await serve('session:session_suspend() error("broken")');
  expect((await mta.request({ url: '/wait' })).status).toBe(500);
  expect(mta).toHaveLogged('paniclog', 'broken');
});

describe('a session that has been answered', () => {
  test.each(['session_resume(0)', 'response_string("late")', 'request_method_get()', 'ctx_get()'])(
    '%s is a violation',
    async (call) => {
      await using mta = await serve('waiting = session');
      await mta.request({ url: '/wait' });
      await expect(mta.eval(`waiting:${call}`)).rejects.toThrow(
        'the request GET /wait has been answered: its session is freed memory in production',
      );
      expect(mta).toHaveDiagnostic('SESSION_ENDED');
    },
  );
});

describe('the end of the server', () => {
  test('a suspended request gets an empty 500', async () => {
    const mta = await serve(`session:response_string("never sent") ${ONCE}`);
    const response = mta.request({ url: '/wait' });
    await settled(response);
    await mta.stop();
    expect(await response).toMatchObject({ status: 500, text: '' });
  });

  test('over a socket, too', async () => {
    const mta = await serve(ONCE);
    const { http } = await mta.listen({ http: 0 });
    const response = fetch(`http://127.0.0.1:${http!.port}/wait`);
    while ((await mta.eval('return invocations'))[0] === 0) await settled(response);
    await mta.stop();
    expect((await response).status).toBe(500);
  });

  test('a crash ends it, too', async () => {
    const mta = await serve(ONCE);
    const response = mta.request({ url: '/wait' });
    await settled(response);
    await expect(mta.eval('os.exit(1)')).rejects.toThrow(MomentumCrash);
    await expect(response).rejects.toThrow(MomentumCrash);
    expect(mta.crashed).toBeInstanceOf(MomentumCrash);
    await mta.stop();
  });
});

test('a request that was suspended before a reload goes on with its own handler', async () => {
  await using mta = await serve(ONCE);
  const response = mta.request({ url: '/wait' });
  await settled(response);
  const [resume] = await mta.eval('return function() return waiting:session_resume(0) end');
  await mta.reload();
  expect(await (resume as () => Promise<unknown>)()).toEqual([0]);
  expect((await response).text).toBe('invocation 2');
});
