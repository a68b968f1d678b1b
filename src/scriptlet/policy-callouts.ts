import { setImmediate } from 'node:timers';
import type { RegisteredModule } from '../api/runtime';
import type { LuaValue } from '../lua';
import type { PolicySubject, ReceptionPolicy } from '../server/reception/policy';
import { REPLIES } from '../server/reception/responses';
import { SCRIPTLET, type PolicyCalls } from './policy-calls';
import { logScriptError, readResult, reportResult } from './validate-results';

/** How often a callout may ask to be called again. */
const MAX_ROUNDS = 1000;

// From the module and not the global, which test runners replace.
const onNextTurn = setImmediate;

/** The phases of policy (4/4-implementing-policy-scriptlets). */
export function policyCallouts(calls: PolicyCalls): Pick<ReceptionPolicy, 'validate' | 'dealloc'> {
  return {
    async validate(phase, subject) {
      const callout = `validate_${phase}`;
      for (const module of calls.hooks.providers(callout)) {
        if (isBypassed(module, subject)) continue;
        subject.vctx.lastModule = SCRIPTLET;
        if (!(await goesOn(calls, module, callout, subject))) return;
      }
    },

    async dealloc(subject) {
      const callout = 'validate_dealloc';
      for (const module of calls.hooks.providers(callout)) {
        if (!calls.tables.has(subject.vctx, module)) continue;
        await calls.call(module, callout, subject, []).catch((error: unknown) => {
          logScriptError(calls.runtime, module, callout);
          calls.onError(error);
        });
      }
      calls.endSession(subject);
    },
  };
}

/** Calls one callout, as often as it asks for it; false when it ends the phase. */
async function goesOn(
  calls: PolicyCalls,
  module: RegisteredModule,
  callout: string,
  subject: PolicySubject,
): Promise<boolean> {
  // What follows may have no context, and is the module's Lua all the same.
  calls.tables.note(subject.vctx, module);
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    let results: LuaValue[];
    try {
      results = await calls.call(module, callout, subject, calls.argumentsOf(callout, subject));
    } catch (error) {
      failed(calls, module, callout, subject, error);
      return false;
    }
    const result = readResult(calls.runtime, module, callout, results[0]);
    if (result !== 'again') return result !== 'done';
    await new Promise((resolve) => void onNextTurn(resolve));
  }
  const problem = `returned msys.core.VALIDATE_AGAIN ${MAX_ROUNDS} times in a row: what it waits for never comes, and in production the session hangs.`;
  reportResult(calls.runtime, module, callout, problem);
  return true;
}

/** The session of a callout that fails is ended (4/lua/ref-msys-dnslookup). */
function failed(
  calls: PolicyCalls,
  module: RegisteredModule,
  callout: string,
  { session, vctx }: PolicySubject,
  error: unknown,
): void {
  logScriptError(calls.runtime, module, callout);
  calls.onError(error);
  if (!session) return;
  vctx.setCode(REPLIES.unavailable.code, REPLIES.unavailable.text);
  vctx.disconnect = true;
}

/** `__bypass_<module>` in the context (4/4-policy); that of the product's own module goes for all scripts. */
function isBypassed({ name }: RegisteredModule, { vctx }: PolicySubject): boolean {
  return [name, SCRIPTLET].some((module) => {
    const key = `__bypass_${module}`;
    return [vctx.connection, vctx.message].some((context) => context.get(key)?.toLowerCase() === 'true');
  });
}
