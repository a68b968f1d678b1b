import { LuaRaise, toDisplay, type LuaValue } from '../lua';
import type { DomainRecord } from '../server/domain-record';
import type { Message } from '../server/messages/message';
import type { MailQueue } from '../server/queues';
import type { ServerState } from '../server/server';
import { bindMessage, ClientArguments } from './delivery-objects';
import { domainRecord } from './domain-objects';
import type { MessageId } from './message-id';
import { bindObject } from './objects';
import type { ApiImplementation, ApiTable } from './runtime';
import { TimeValue } from './timeval';
import { text } from './values';

const message = (value: LuaValue) => value as Message;

/** A queued message by its id; `dequeues`: it is the script's from then on. */
const found =
  (dequeues: boolean): ApiImplementation =>
  (runtime, [mid]) => {
    const { server } = runtime;
    const live = server.delivery.operations.find((mid as MessageId).id)?.message;
    if (!live) return undefined;
    if (dequeues) take(server, message(live));
    return bindMessage(runtime, live);
  };

function take({ domains }: ServerState, live: Message): void {
  domains.take(live);
  domains.taken.set(live.id, live);
  live.disposition = 'taken';
}

/** Gives a message that is in no queue to one. */
function put(server: ServerState, given: Message, queue: 'active' | 'delayed', name: string): void {
  const { delivery, domains } = server;
  if (delivery.operations.find(given.id) || domains.get(given.domain)?.queue.trying.has(given))
    throw new LuaRaise(
      `${name}: message ${given.id} is in a queue already. In production it would be in two, which takes the server down`,
    );
  domains.taken.delete(given.id);
  given.disposition = 'queued';
  domains.put(given, queue);
}

function assign(server: ServerState, given: Message, domain: string): DomainRecord {
  const { domains } = server;
  const record = domains.ensure(domain);
  const queue = domains.take(given);
  given.domain = record.name;
  if (queue) domains.put(given, queue);
  return record;
}

/** Messages and their queues (3/3-api/3-api-mailq, 3/3-api/apis-ec-message-*). */
export const deliveryQueue: ApiTable = {
  'msys.core.ec_mailq_find_live_message': found(false),
  'msys.core.ec_mailq_dequeue_live_message': found(true),
  'msys.core.ec_mailq_first_delayed': (runtime, [mq]) => {
    const [first] = (mq as MailQueue).delayed;
    return first && bindMessage(runtime, first);
  },
  'msys.core.ec_mailq_get_mid': (runtime, [dr, mid, dequeues]) => {
    const { server } = runtime;
    const live = server.delivery.operations.find((mid as MessageId).id);
    if (!live || live.record !== dr) return undefined;
    if (Number(dequeues) !== 0) take(server, message(live.message));
    return bindMessage(runtime, live.message);
  },
  'msys.core.ec_mailq_insert_active': ({ server }, [mq, given]) => {
    message(given).domain = (mq as MailQueue).domain;
    put(server, message(given), 'active', 'ec_mailq_insert_active');
    return undefined;
  },
  'msys.core.ec_mailq_message_requeue': ({ server }, [given, now]) => {
    const instant = (now as TimeValue).instant ?? server.clock.now();
    const isDue = message(given).nextAttempt <= instant;
    put(server, message(given), isDue ? 'active' : 'delayed', 'ec_mailq_message_requeue');
    return undefined;
  },

  'msys.core.ec_message_set_next_attempt': async ({ server }, [given, now]) => {
    const instant = (now as TimeValue).instant ?? server.clock.now();
    const reason = await server.delivery.policy.setNextAttempt(message(given), instant);
    return reason === undefined ? 1 : 0;
  },
  'msys.core.ec_message_assign_domain': ({ server }, [given, dr]) => {
    assign(server, message(given), (dr as DomainRecord).name);
    return undefined;
  },
  'msys.core.ec_message_assign_domain_by_name': (runtime, [given, name]) =>
    bindObject(runtime, domainRecord, assign(runtime.server, message(given), toDisplay(text(name)))),
  'msys.core.ec_message_change_binding_slot': ({ server }, [given, slot]) => {
    const { bindings, operations } = server.delivery;
    const binding = bindings.bySlot(Number(slot));
    if (!binding)
      throw new LuaRaise(`ec_message_change_binding_slot: there is no binding slot ${String(slot)}`);
    operations.bind(message(given), binding.name);
    return undefined;
  },

  'msys.core.smtp_client_args_add': (_runtime, [args, extension, value]) => {
    (args as ClientArguments).all.set(text(extension), value === undefined ? '' : text(value));
    return 0;
  },
  'msys.core.smtp_client_args_delete': (_runtime, [args, extension]) => {
    (args as ClientArguments).all.delete(text(extension));
    return undefined;
  },
  'msys.core.smtp_client_args_exists_and_fetch': (_runtime, [args, extension]) => {
    const value = (args as ClientArguments).all.get(text(extension));
    return value === undefined ? [0, undefined] : [1, value];
  },
};
