import type { LuaValue } from '../lua';
import type { HttpSession } from '../server/http/session';
import { misuse } from './misuse';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { OK } from './values';

type SessionFunction = (
  session: HttpSession,
  args: LuaValue[],
  runtime: Runtime,
) => LuaValue | readonly LuaValue[];

/** A session method, which gets the receiver first: a session whose request has been answered is none any more. */
export const method =
  (implementation: SessionFunction): ApiImplementation =>
  (runtime, [receiver, ...args], call) => {
    const session = receiver as HttpSession;
    if (session.isComplete) {
      const { request, url } = session;
      const text = `the request ${request.method} ${url.path} has been answered: its session is freed memory in production.`;
      misuse(runtime, 'SESSION_ENDED', text, call);
    }
    return implementation(session, args, runtime);
  };

/** A method that answers 0. */
export const response = (
  effect: (session: HttpSession, args: LuaValue[], runtime: Runtime) => void,
): ApiImplementation =>
  method((session, args, runtime) => {
    effect(session, args, runtime);
    return OK;
  });

/** The methods under their C names, too: `session:request_url_get()` is `msys.core.ec_httpsrv_request_url_get(session)`. */
export function withCNames(methods: ApiTable): ApiTable {
  const functions = Object.entries(methods).map(([name, implementation]) => [
    name.replace(/^session:/, 'msys.core.ec_httpsrv_'),
    implementation,
  ]);
  return { ...methods, ...(Object.fromEntries(functions) as ApiTable) };
}
