import { coreConstant } from '../api/constants';
import type { ClassDeclaration } from '../api/classes';
import { EcString } from '../api/ec-string';
import { bindObject, ecString } from '../api/objects';
import { bindOutput, OutputPointer } from '../api/output-pointer';
import type { Runtime } from '../api/runtime';
import type { LuaValue } from '../lua';
import { byteString } from '../server/bytes';
import type {
  AuthOutcome,
  EnqueueDecision,
  FinalDecision,
  ReceptionPolicy,
} from '../server/reception/policy';
import { STATES } from '../server/reception/states';
import { argumentsFor } from './policy-arguments';
import type { PolicyCalls } from './policy-calls';

/** What the server knows of an attempt to log in; its members are not documented. */
const authInfo: ClassDeclaration<AuthOutcome> = { name: 'msys.core:_ec_auth_info' };

const AUTH_CONSTANTS = { pass: 'EC_AUTH_OK', fail: 'EC_AUTH_FAIL', error: 'EC_AUTH_ERROR' } as const;
const AUTH_STATUSES = ['pass', 'fail', 'error'] as const;

const FINAL: Readonly<Record<number, FinalDecision | undefined>> = { 1: 'reject', 2: 'defer' };
const ENQUEUE: readonly (readonly [string, EnqueueDecision])[] = [
  ['EC_MESSAGE_ENQUEUE_HOOK_OK', 'taken'],
  ['EC_MESSAGE_ENQUEUE_HOOK_ERR', 'failed'],
];

const never = () => false;
const isTrue = (value: LuaValue): boolean => value === true || (typeof value === 'number' && value !== 0);
const hasResult = ([result]: readonly LuaValue[]): boolean => isTrue(result);

const output = (runtime: Runtime): OutputPointer => bindOutput(runtime, 'int *', new OutputPointer(0));

/** The hooks of reception (3/3-api/hooks-core-*). */
export function policyHooks(calls: PolicyCalls): Omit<ReceptionPolicy, 'validate' | 'dealloc'> {
  const { runtime, hooks } = calls;
  const constant = (name: string) => coreConstant(runtime, name);
  return {
    has: (name) => hooks.has(name),

    async notify(hook, subject) {
      if (hooks.has(hook)) await calls.first(hook, subject, calls.argumentsOf(hook, subject), never);
    },

    async preAuthenticate(subject) {
      const hook = 'core_pre_esmtp_auth';
      if (!hooks.has(hook)) return undefined;
      const statusOf = (value: LuaValue) =>
        AUTH_STATUSES.find((status) => constant(AUTH_CONSTANTS[status]) === value);
      const args = calls.argumentsOf(hook, subject);
      const results = await calls.first(hook, subject, args, ([result]) => statusOf(result) !== undefined);
      return results && statusOf(results[0]);
    },

    async authenticated(subject, outcome) {
      // Under both names that the documentation gives it (4/4-policy-context-variables).
      for (const hook of ['core_validate_auth', 'core_validate_auth_hook'].filter((name) =>
        hooks.has(name),
      )) {
        const info = bindObject(runtime, authInfo, { ...outcome });
        const args = [
          ...argumentsFor(runtime, subject, ['vctx']),
          info,
          constant(AUTH_CONSTANTS[outcome.status]),
        ];
        await calls.first(hook, subject, args, hasResult);
      }
    },

    async canRelayTo(domain, subject) {
      const name = byteString(domain);
      if (hooks.has('core_pre_ec_can_relay_to')) {
        const [answer, cont] = [output(runtime), output(runtime)];
        await calls.first('core_pre_ec_can_relay_to', subject, [name, answer, cont], never);
        if (cont.value === constant('VALIDATE_DONE')) return isTrue(answer.value);
      }
      if (!hooks.has('core_config_get_domain_relay')) return undefined;
      const answer = output(runtime);
      const args = [undefined, name, answer];
      const results = await calls.first('core_config_get_domain_relay', subject, args, hasResult);
      return results && isTrue(results[1] ?? answer.value);
    },

    async receivedHeader(subject) {
      const hook = 'core_get_received_header_text';
      if (!hooks.has(hook)) return undefined;
      const response = bindObject(runtime, ecString, new EcString(''));
      const args = [...argumentsFor(runtime, subject, ['message', 'construct', 'accept', 'vctx']), response];
      return (await calls.first(hook, subject, args, hasResult)) && response.text;
    },

    async protocolString(subject) {
      const hook = 'core_get_protocol_string_for_trace_headers';
      if (!hooks.has(hook)) return undefined;
      const isText = ([result]: readonly LuaValue[]) => typeof result === 'string';
      const results = await calls.first(hook, subject, calls.argumentsOf(hook, subject), isText);
      return results?.[0] as string | undefined;
    },

    async finalDecision(subject) {
      const hook = 'core_final_validation2';
      if (!hooks.has(hook)) return 'continue';
      const decide = ([result]: readonly LuaValue[]) => typeof result === 'number' && FINAL[result];
      const args = calls.argumentsOf(hook, subject);
      const results = await calls.first(hook, subject, args, (answer) => Boolean(decide(answer)));
      return (results && decide(results)) || 'continue';
    },

    async routingDomain(subject) {
      const hook = 'core_config_get_message_routing_domain';
      if (!hooks.has(hook)) return undefined;
      const buffer = bindObject(runtime, ecString, new EcString(''));
      const args = [undefined, ...argumentsFor(runtime, subject, ['message']), buffer];
      const results = await calls.first(hook, subject, args, hasResult);
      return results && buffer.text !== '' ? buffer.text : undefined;
    },

    async enqueue(subject) {
      const hook = 'core_ec_message_enqueue';
      if (!hooks.has(hook)) return 'continue';
      const decide = ([result]: readonly LuaValue[]) =>
        ENQUEUE.find(([name]) => constant(name) === result)?.[1];
      const args = calls.argumentsOf(hook, subject);
      const results = await calls.first(hook, subject, args, (answer) => decide(answer) !== undefined);
      return (results && decide(results)) ?? 'continue';
    },

    async logRejection(subject, { code, text, state }) {
      const hook = 'core_log_rejection';
      if (!hooks.has(hook)) return;
      const format = `${code} ${text}`.replace(/%/g, '%%');
      const args = [
        ...argumentsFor(runtime, subject, ['now', 'accept', 'vctx']),
        STATES[state].number,
        format,
        undefined,
      ];
      await calls.first(hook, subject, args, never);
    },
  };
}
