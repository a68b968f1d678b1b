import type { LuaValue } from '../lua';
import { method } from './httpsrv-method';
import type { ApiTable } from './runtime';

/** What belongs to a request beyond one invocation of its handler. */
export const sessionMethods: ApiTable = {
  // Lua's register takes no closure.
  'session:service_ctx_get': method(() => undefined),
  'session:ctx_get': method((session) => session.context as LuaValue),
  'session:ctx_set': method((session, [context]) => {
    session.context = context;
    return undefined;
  }),
  'session:session_suspend': method(({ suspension }) => suspension.suspend()),
  'session:session_resume': method(({ suspension }, [finished]) =>
    suspension.resume(Number(finished) === 0 ? 'again' : 'finished'),
  ),
};
