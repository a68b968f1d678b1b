import { callerOf, canSuspend, LuaRaise, type HostCall } from '../lua';
import { contextOf, type ApiTable, type EntryContext, type Runtime } from './runtime';

/** Entries that belong to a session, which the scheduler can set aside. */
const SESSIONS: ReadonlySet<EntryContext['phase']> = new Set(['http', 'console', 'eval', 'hook']);

/** Whether the scheduler can set aside the session that calls and go on with others. */
export function isResumable(call: HostCall): boolean {
  const context = contextOf(call);
  return canSuspend(call) && !!context && !context.thread && SESSIONS.has(context.phase);
}

/** What blocks the scheduler's thread stops the whole server, timers included: they are late when it is over. */
function block({ server }: Runtime, seconds: number, name: string, call: HostCall): void {
  const { clock } = server;
  const text = `${name} cannot be suspended here and blocks the scheduler's thread: for ${seconds} s the whole server stands still. Call it in a session, or in a pool with msys.runInPool.`;
  server.report('SCHEDULER_BLOCKED', text, callerOf(call.L));
  clock.set(clock.millis() + seconds * 1000);
}

/** Lets the caller wait, as a call of `name`; where it cannot be set aside, the whole server stands still meanwhile. */
export function pause(
  runtime: Runtime,
  seconds: number,
  name: string,
  call: HostCall,
): Promise<undefined> | undefined {
  const { clock } = runtime.server;
  if (!isResumable(call) && !(contextOf(call)?.thread && canSuspend(call))) {
    block(runtime, seconds, name, call);
    return undefined;
  }
  return new Promise((resolve) => {
    clock.schedule(clock.millis() + seconds * 1000, name, () => resolve(undefined));
  });
}

/** Waiting and time (4/lua/ref-msys-sleep, 4/lua/ref-msys-async-ok, 4/lua/ref-msys-core-get-now-ts). */
export const sleep: ApiTable = {
  'msys.sleep': (runtime, [duration], call) => {
    const seconds = Number(duration);
    if (!Number.isFinite(seconds))
      throw new LuaRaise(`bad argument #1 to 'sleep' (a number of seconds expected, got ${seconds})`);
    if (seconds <= 0) return undefined;
    return pause(runtime, seconds, 'msys.sleep', call);
  },

  'msys.asyncOk': (_runtime, _args, call) => isResumable(call),

  'msys.core.get_now_ts': ({ server }) => server.clock.seconds(),
};
