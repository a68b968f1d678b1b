import { callerOf, LuaRaise, type HostCall } from '../lua';
import type { RuleCode } from '../server/rules';
import type { Runtime } from './runtime';

/** Reports that a script broke a rule, and raises: what production would do next cannot be simulated. */
export function misuse(runtime: Runtime, code: RuleCode, message: string, call: HostCall): never {
  runtime.server.report(code, message, callerOf(call.L));
  throw new LuaRaise(message);
}
