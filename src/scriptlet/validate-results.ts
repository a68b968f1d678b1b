/** What policy callouts return, and what is said when they do not return it (4/4-implementing-policy-scriptlets). */
import { coreConstant } from '../api/constants';
import type { RegisteredModule, Runtime } from '../api/runtime';
import { definitionOf, LuaFunction, toDisplay, type LuaValue } from '../lua';
import { describeResult } from './describe-result';

export type ValidateResult = 'continue' | 'done' | 'again';

const RESULTS: readonly (readonly [result: ValidateResult, constant: string])[] = [
  ['continue', 'VALIDATE_CONT'],
  ['done', 'VALIDATE_DONE'],
  ['again', 'VALIDATE_AGAIN'],
];

/** The callout that must not ask to be called again. */
const NEVER_AGAIN = 'validate_set_binding';

/** A legal result of a callout; anything else is noted as VALIDATE_RESULT, and undefined. */
export function readResult(
  runtime: Runtime,
  module: RegisteredModule,
  callout: string,
  value: LuaValue,
): ValidateResult | undefined {
  const allowed = RESULTS.filter(([result]) => result !== 'again' || callout !== NEVER_AGAIN);
  const found = allowed.find(([, constant]) => value === coreConstant(runtime, constant));
  if (found) return found[0];
  logScriptError(runtime, module, callout);
  const names = allowed.map(([, constant]) => `msys.core.${constant}`).join(', ');
  const returned = value === undefined ? 'nothing' : describeResult(value);
  reportResult(runtime, module, callout, `returned ${returned}; one of ${names} is expected.`);
  return undefined;
}

/** The two lines that the product writes when a callout does not execute properly, word for word (L5). */
export function logScriptError({ server }: Runtime, module: RegisteredModule, callout: string): void {
  server.logs.panic('scriptlet-00147', `${callout} error: (null)`);
  server.logs.panic('scriptlet-00239', `${toDisplay(module.name)} error: (null)`);
}

/** Reports VALIDATE_RESULT; nothing else happens here, as nothing else happens in production. */
export function reportResult(
  { server }: Runtime,
  module: RegisteredModule,
  callout: string,
  problem: string,
): void {
  const f = module.table.index(callout);
  const place = f instanceof LuaFunction ? definitionOf(f.slot) : undefined;
  const text = `${callout}() of module ${toDisplay(module.name)} ${problem}`;
  server.report('VALIDATE_RESULT', text, place ? [place] : []);
}
