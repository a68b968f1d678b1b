import type { ReceptionPolicy } from '../server/reception/policy';
import type { Generation } from './generation';
import { policyCallouts } from './policy-callouts';
import { PolicyCalls } from './policy-calls';
import { policyHooks } from './policy-hooks';

/**
 * What the scripts of a configuration have to say while mail is received. `onError` takes the error of a script, and
 * throws what must end the server.
 */
export function luaPolicy(
  { runtime, hooks }: Pick<Generation, 'runtime' | 'hooks'>,
  onError: (error: unknown) => void,
): ReceptionPolicy {
  const calls = new PolicyCalls(runtime, hooks, onError);
  return { ...policyCallouts(calls), ...policyHooks(calls) };
}
