/** Hooks of queues and routing. */
import { slotOf, bindConnection } from '../../api/delivery-objects';
import { LuaTable, toDisplay, type LuaValue } from '../../lua';
import { byteString } from '../../server/bytes';
import { deliveryEvent } from '../../server/delivery/events';
import type { ConnectionSubject, QueueHooks } from '../../server/delivery/hooks';
import { Message } from '../../server/messages/message';
import type { HookAnswer } from '../hooks';
import { isTrue, written, type HookBridge } from './bridge';
import type { HookEntries } from './entry';

const EXPIRATION = 'core_get_msg_expiration_params';
const NEXT_ATTEMPT = 'core_ec_message_set_next_attempt';
/** Each of these pairs is a hook and its older form; providers of either are called. */
const INSERT_ACTIVE = ['core_mailq_insert_active', 'core_mail_queue_insert_active'];
const NEXT_ACTIVE = ['core_mailq_get_next_active', 'core_mail_queue_get_next_active'];
const REQUEUE = ['core_pre_mailq_message_requeue', 'core_pre_mail_queue_message_requeue'];
const PRE_MAINTAIN = 'core_pre_mail_queue_maintain_domain';
const POST_MAINTAIN = 'core_post_mail_queue_maintain_domain';
const ROUTES = 'core_config_fetch_domain_routes';
const CHOOSE_BINDING = 'core_binding_group_choose_binding';
const BINDING_CHANGED = 'core_post_validate_set_binding';

export const queueHooks: HookEntries<Omit<QueueHooks, 'setBinding'>> = {
  expirationParams: {
    names: [EXPIRATION],
    make: (bridge) => async (message, params) => {
      const outputs = [
        bridge.output('time_t *', params.messageExpiration),
        bridge.output('time_t *', params.retryInterval),
        bridge.output('int *', params.maxRetries),
      ] as const;
      const answer = await bridge.run(EXPIRATION, [bridge.message(message), ...outputs], message);
      if (!answer) return undefined;
      const [messageExpiration, retryInterval, maxRetries] = outputs.map((output, index) =>
        Number(written(answer, output, index)),
      );
      return { messageExpiration, retryInterval, maxRetries };
    },
  },

  setNextAttempt: {
    names: [NEXT_ATTEMPT],
    make: (bridge) => async (message, now) => {
      const rv = bridge.output('int *', 0);
      const answer = await bridge.run(NEXT_ATTEMPT, [bridge.message(message), bridge.time(now), rv], message);
      return answer && isTrue(written(answer, rv));
    },
  },

  insertActive: {
    names: INSERT_ACTIVE,
    make: (bridge) => async (record, message) => {
      const args = [bridge.queue(record), bridge.message(message)];
      const taken = await first(INSERT_ACTIVE, (name) =>
        bridge.until(name, args, (result) => result === 0 || result === false, message),
      );
      if (!taken) return undefined;
      message.disposition = 'taken';
      const { clock } = bridge.server;
      clock.note(deliveryEvent('taken', message, clock.now(), toDisplay(taken.module.name)));
      return false;
    },
  },

  nextActive: {
    names: NEXT_ACTIVE,
    make: (bridge) => async (subject) => {
      const answer = await first(NEXT_ACTIVE, (name) =>
        bridge.until(name, connectionArguments(bridge, subject), (result) => result instanceof Message),
      );
      return answer?.results[0] as Message | undefined;
    },
  },

  preRequeue: {
    names: REQUEUE,
    make: (bridge) => async (message, now) => {
      for (const name of REQUEUE)
        await bridge.all(name, [bridge.message(message), bridge.time(now)], message);
    },
  },

  preMaintain: {
    names: [PRE_MAINTAIN],
    make: (bridge) => async (record, now) => {
      await bridge.all(PRE_MAINTAIN, [bridge.record(record), bridge.time(now), bridge.output('int *', 0)]);
    },
  },

  postMaintain: {
    names: [POST_MAINTAIN],
    make: (bridge) => async (record, now, activated) => {
      const rv = bridge.output('int *', activated);
      await bridge.write(POST_MAINTAIN, rv, [bridge.record(record), bridge.time(now), rv]);
    },
  },

  domainRoutes: {
    names: [ROUTES],
    make: (bridge) => async (domain) => {
      const value = bridge.output('ec_config_value **', undefined);
      const answer = await bridge.run(ROUTES, [value, undefined, byteString(domain)]);
      return answer && routesOf(written(answer, value));
    },
  },

  chooseBinding: {
    names: [CHOOSE_BINDING],
    make: (bridge) => async (group, message) => {
      const { bindings } = bridge.server.delivery;
      const unbound = bridge.constant('EC_BINDING_SLOT_UNBOUND');
      const isSlot = (result: LuaValue) => typeof result === 'number' && result !== unbound;
      const args = [bridge.message(message), byteString(group)];
      const answer = await bridge.until(CHOOSE_BINDING, args, isSlot, message);
      return answer && bindings.bySlot(answer.results[0] as number)?.name;
    },
  },

  bindingChanged: {
    names: [BINDING_CHANGED],
    make: (bridge) => async (message) => {
      await bridge.all(BINDING_CHANGED, [bridge.message(message)], message);
    },
  },
};

/** The answer of the first of several hooks that has one. */
async function first(
  names: readonly string[],
  ask: (name: string) => Promise<HookAnswer | undefined>,
): Promise<HookAnswer | undefined> {
  for (const name of names) {
    const answer = await ask(name);
    if (answer) return answer;
  }
  return undefined;
}

const connectionArguments = (bridge: HookBridge, subject: ConnectionSubject): LuaValue[] => [
  bridge.record(subject.record),
  slotOf(bridge.runtime, subject.binding),
  bindConnection(bridge.runtime, subject),
];

/** A list of routes as the option has it: a table, or a text with white space between them. */
function routesOf(value: LuaValue): readonly string[] | undefined {
  if (typeof value === 'string') return toDisplay(value).split(/\s+/).filter(Boolean);
  if (!(value instanceof LuaTable)) return undefined;
  const routes: string[] = [];
  for (let item = value.get(1), i = 1; item !== undefined; item = value.get(++i))
    if (typeof item === 'string') routes.push(toDisplay(item));
  return routes;
}
