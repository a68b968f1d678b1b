/** The hooks of the module `ac_auth` in Lua (4/modules/ac-auth). */
import { LuaFunction, toDisplay, type LuaValue } from '../lua';
import type { AuthHooks, AuthRequest, ScriptAuth } from '../server/auth/scheme';
import { acceptConstruct } from './accept-construct';
import { schemesOf } from './auth';
import { readStatus } from './auth-results';
import { EcString } from './ec-string';
import { bindObject, ecString } from './objects';
import type { RegisteredModule, Runtime } from './runtime';

/** Who calls the hooks of modules. */
export interface HookCaller {
  /** The modules that have the hook, in the order of the calls. */
  providers(name: string): readonly RegisteredModule[];
  /** Rejects with the provider's error. */
  call(module: RegisteredModule, name: string, call: { args: readonly LuaValue[] }): Promise<LuaValue[]>;
}

/** What the scripts of a configuration do for authentication. */
export function scriptAuth(runtime: Runtime, hooks: HookCaller): ScriptAuth {
  return { schemes: schemesOf(runtime), hooks: authHooks(runtime, hooks) };
}

const PERFORM = 'ac_auth_perform_auth';
const LOG_FAILURE = 'ac_auth_log_auth_failure';

function authHooks(runtime: Runtime, hooks: HookCaller): AuthHooks {
  const userdata = ({ ac }: AuthRequest) => bindObject(runtime, acceptConstruct, ac);
  const responseOf = (bytes: string) => bindObject(runtime, ecString, new EcString(bytes));
  return {
    // Each of the three results ends the calls, so that the first provider decides.
    async performAuth(request) {
      const [module] = hooks.providers(PERFORM);
      if (!module) return undefined;
      const response = responseOf('');
      const args = [request.user, request.password, userdata(request), response];
      const [value] = await hooks.call(module, PERFORM, { args });
      const asked = {
        f: module.table.index(PERFORM) as LuaFunction,
        name: `${PERFORM}() of module ${toDisplay(module.name)}`,
      };
      const status = readStatus(runtime, value, asked);
      return response.text === '' ? { status } : { status, response: response.text };
    },

    async logFailure(request, { response = '' }) {
      for (const module of hooks.providers(LOG_FAILURE))
        await hooks.call(module, LOG_FAILURE, {
          args: [request.user, userdata(request), responseOf(response)],
        });
    },
  };
}
