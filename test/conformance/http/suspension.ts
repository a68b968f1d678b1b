/** §6: suspending and resuming a request. */
import { handling, type Declare } from './server';

const EBADF = 9;

/** Suspends the first invocation, of which `after` may say more, and counts all. */
const ONCE = (after = '') => `
  invocations = (invocations or 0) + 1
  if invocations > 1 then return session:response_printf("invocation %d", invocations) and msys.httpsrv.DONE end
  waiting = session
  session:response_append("prepared ", 9)
  suspended = { session:session_suspend() ${after} }
  return msys.httpsrv.ASYNC`;

/** Answers what the request said, and what Lua said that ran while it was suspended. */
async function during(statements: string, lua: string): Promise<{ text: string; results: unknown[] }> {
  await using mta = await handling(statements);
  const response = mta.request({ url: '/' });
  // Enough turns for the handler to have suspended.
  await mta.clock.advance(0);
  const results = await mta.eval(lua);
  return { text: (await response).text, results };
}

export function suspension(row: Declare): void {
  row('http-6-1a', async () => {
    const { results } = await during(ONCE(), 'waiting:session_resume(1) return suspended');
    expect(results).toEqual([[0]]);
  });

  row('http-6-1b', async () => {
    const twice = ONCE(', session:session_suspend()');
    const { results } = await during(twice, 'waiting:session_resume(1) return suspended');
    expect(results).toEqual([[0, EBADF]]);
  });

  row('http-6-2a', async () => {
    const { text, results } = await during(ONCE(), 'return waiting:session_resume(0)');
    expect([text, results]).toEqual(['prepared invocation 2', [0]]);
  });

  row('http-6-2b', async () => {
    const { text, results } = await during(ONCE(), 'return waiting:session_resume(1), invocations');
    expect([text, results]).toEqual(['prepared ', [0, 1]]);
  });

  row('http-6-3', async () => {
    await using mta = await handling('out(session:session_resume(0))');
    expect(Number((await mta.request({ url: '/' })).text)).toBeGreaterThan(0);
  });
}
