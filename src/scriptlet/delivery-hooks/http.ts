/** Hooks of deliveries over HTTP (3/3-push/push-http-request-eval, 3/3-push/push-http-response-eval). */
import { bindHttpSession } from '../../api/http-delivery';
import { isRequired } from '../../api/packages';
import type { HttpHooks } from '../../server/delivery/hooks';
import type { Generation } from '../generation';
import type { HookBridge } from './bridge';
import type { HookCallOf, HookEntries, HookEntry } from './entry';

const PACKAGE = 'msys.httpclnt';
const warned = new WeakSet<Generation>();

/** The package brings the hooks: without it nobody calls them. */
function isEnabled({ generation, runtime, server }: HookBridge, names: readonly string[]): boolean {
  if (isRequired(runtime, PACKAGE)) return true;
  if (!warned.has(generation)) {
    warned.add(generation);
    const text = `${names.join(', ')} of a module is not called: no script has called require("${PACKAGE}").`;
    server.report('REQUEST_PROBLEM', text);
  }
  return false;
}

/** Calls the providers of a hook under all of its names, until one answers something else than 0. */
const evaluation = (...names: readonly string[]): HookEntry<HookCallOf<'httpRequest'>> => ({
  names,
  make: (bridge) => async (session) => {
    if (!isEnabled(bridge, names)) return;
    const args = [bindHttpSession(bridge.runtime, session)];
    for (const name of names) if (await bridge.run(name, args, session.message)) return;
  },
});

export const httpHooks: HookEntries<HttpHooks> = {
  httpRequest: evaluation('http_request_eval'),
  httpResponse: evaluation('http_response_eval', 'generic_delivery_http_response_eval'),
};
