import { callerOf, callerPlace, LuaFunction, LuaRaise, type HostCall, type LuaValue } from '../lua';
import { readJson, writeJson } from '../lua/packages/json/host';
import { endpointName } from '../server/http/registry';
import type { HttpSession } from '../server/http/session';
import { EcString } from './ec-string';
import { bindObject, ecString, urlDetails } from './objects';
import { contextOf, type ApiImplementation, type ApiTable, type EntryContext, type Runtime } from './runtime';
import { bytes, ENOENT, OK, text } from './values';

/** What runs while a configuration generation is assembled. */
const REGISTERING: readonly unknown[] = ['chunk', 'init', 'rsrc_setup'] satisfies EntryContext['phase'][];

function register(runtime: Runtime, [method, path, handler]: LuaValue[], call: HostCall): LuaValue {
  const { server, registrations } = runtime;
  if (!REGISTERING.includes(contextOf(call)?.phase)) {
    const message =
      'msys.httpsrv.register outside of a configuration transaction: the endpoint is lost with the next configuration generation (any config set or reload). Register it in the callout rsrc_setup.';
    if (server.report('LATE_REGISTRATION', message, callerOf(call.L))) throw new LuaRaise(message);
  }
  const f = handlerOf(runtime, handler);
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

/** A session method: the receiver first, then its arguments. */
const method =
  (
    implementation: (session: HttpSession, args: LuaValue[], runtime: Runtime) => LuaValue | LuaValue[],
  ): ApiImplementation =>
  (runtime, [session, ...args]) =>
    implementation(session as HttpSession, args, runtime);

/** Response methods answer 0. */
const response = (effect: (session: HttpSession, args: LuaValue[]) => void): ApiImplementation =>
  method((session, args) => {
    effect(session, args);
    return OK;
  });

/** `msys.httpsrv` and the session object (4/lua/ref-msys-httpsrv-register, 3/3-api/apis-ec-httpsrv-*). */
export const httpsrv: ApiTable = {
  'msys.httpsrv.register': register,

  'session:request_url_get': method((session, _args, runtime) =>
    bindObject(runtime, urlDetails, session.url),
  ),
  'session:request_method_get': method((session) => session.request.method),
  'session:request_header_get': method((session, [name]) => {
    const value = session.requestHeader(text(name));
    return [value === undefined ? ENOENT : OK, value];
  }),
  'session:request_content_type_get': method((session) => {
    const content = session.requestContentType();
    return content ? [OK, content.type, content.charset] : [ENOENT, undefined, undefined];
  }),
  'session:request_data_get_string': method((session, _args, runtime) => [
    OK,
    bindObject(runtime, ecString, new EcString(session.request.body.toString('latin1'))),
  ]),
  // Success says that the body could be read: without a json object it is not JSON.
  'session:request_data_get_json': method((session, _args, { vm }) => [
    OK,
    readJson(vm, session.request.body.toString('latin1')),
  ]),

  'session:response_status_set': response((session, [code, message]) =>
    session.statusSet(Number(code), text(message)),
  ),
  'session:response_status_set_std': response((session, [code, message, type]) =>
    session.statusSetStd(Number(code), text(message), type === undefined ? undefined : text(type)),
  ),
  'session:response_status_ok': response((session, [type]) => session.statusOk(text(type))),
  'session:response_status_denied': response((session, [type]) => session.statusDenied(text(type))),
  'session:response_status_not_found': response((session, [type]) => session.statusNotFound(text(type))),
  'session:response_status_error': response((session, [type]) => session.statusError(text(type))),
  'session:response_header_set': response((session, [name, value]) =>
    session.headerSet(text(name), text(value)),
  ),
  'session:response_append': response((session, [buffer, length]) => {
    const data = bytes(buffer);
    if (Number(length) > data.length)
      throw new LuaRaise(
        `bad argument #2 to 'response_append' (${Number(length)} bytes of a buffer of ${data.length}: production would send memory beyond its end)`,
      );
    session.append(data.subarray(0, Math.max(Number(length), 0)));
  }),
  'session:response_json': response((session, [json]) => {
    const payload = writeJson(json);
    if (payload === undefined)
      throw new LuaRaise(
        "bad argument #1 to 'response_json' (a json object expected: json.encode makes one of a table)",
      );
    session.setPayload(Buffer.from(payload, 'latin1'));
  }),
  'session:response_string': response((session, [payload]) => session.setPayload(bytes(payload))),
};
