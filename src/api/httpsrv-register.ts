import { callerOf, callerPlace, LuaFunction, LuaRaise, type HostCall, type LuaValue } from '../lua';
import { endpointName } from '../server/http/registry';
import { contextOf, type EntryContext, type Runtime } from './runtime';
import { OK, text } from './values';

/** What runs while a configuration generation is assembled. */
const REGISTERING: readonly unknown[] = ['chunk', 'init', 'rsrc_setup'] satisfies EntryContext['phase'][];

/** Whether a configuration generation is being assembled: what is registered then lives as long as it. */
export const isAssembling = (call: HostCall): boolean => REGISTERING.includes(contextOf(call)?.phase);

/** `msys.httpsrv.register` (4/lua/ref-msys-httpsrv-register). */
export function register(runtime: Runtime, [method, path, handler]: LuaValue[], call: HostCall): LuaValue {
  const { server, registrations } = runtime;
  if (!isAssembling(call)) {
    const message =
      'msys.httpsrv.register outside of a configuration transaction: the endpoint is lost with the next configuration generation (any config set or reload). Register it in the callout rsrc_setup.';
    if (server.report('LATE_REGISTRATION', message, callerOf(call.L))) throw new LuaRaise(message);
  }
  const f = handlerOf(runtime, handler);
  runtime.vm.retain(f);
  const endpoint = registrations.endpoints.register(
    method === undefined ? undefined : text(method),
    text(path),
    (session) => runtime.handleRequest(f, session),
    callerPlace(call.L),
  );
  const { method: name, path: base } = endpointName(endpoint);
  const unreachable = registrations.endpoints.unreachable(endpoint);
  if (unreachable) {
    const reason =
      unreachable.reason === 'shadowed'
        ? `${endpointName(unreachable.by).path} was registered before it and answers first`
        : `its ${unreachable.reason.replaceAll('-', ' ')} matches no request`;
    const message = `${name ?? '*'} ${base} can never be called: ${reason}.`;
    server.report('UNREACHABLE_ENDPOINT', message, callerOf(call.L));
  }
  return OK;
}

/** The third argument: a function, or the name of a global function. */
function handlerOf({ vm }: Runtime, handler: LuaValue): LuaFunction {
  if (handler instanceof LuaFunction) return handler;
  const named = vm.globals.index(text(handler));
  if (named instanceof LuaFunction) return named;
  throw new LuaRaise(
    `bad argument #3 to 'register' (function expected, got the name '${text(handler)}', which is no global function)`,
  );
}
