import type { LuaValue } from '../lua';
import { DEFAULT_BINDING, type Binding } from '../server/bindings';
import { classifyBounce } from '../server/delivery/bounce-classes';
import type { Disposition, Message, ReceptionMethod } from '../server/messages/message';
import { protocolNumber } from './accept-construct';
import type { ClassDeclaration } from './classes';
import { coreConstant } from './constants';
import { bindDictionary } from './dictionary';
import { domainRecord } from './domain-objects';
import { MessageId, messageId } from './message-id';
import { bindObject } from './objects';
import type { Runtime } from './runtime';
import { sockaddr } from './sockaddr';
import { TimeValue, timeValue, WritableTime, writableTime } from './timeval';

const id = (runtime: Runtime, text: string): LuaValue => bindObject(runtime, messageId, new MessageId(text));

const time = (runtime: Runtime, instant: Date | undefined): LuaValue =>
  bindObject(runtime, timeValue, new TimeValue(instant));

/** The binding that is in force or has been chosen; undefined for a message that policy has not given one. */
export function bindingOf({ server }: Runtime, message: Message): Binding | undefined {
  const { chosenBinding, disposition, binding } = message;
  const isOpen = disposition === 'received' && binding === DEFAULT_BINDING;
  const name = chosenBinding ?? (isOpen ? undefined : binding);
  return name === undefined ? undefined : server.delivery.bindings.get(name);
}

const STATES: Readonly<Partial<Record<Disposition, string>>> = {
  delivered: 'EM_SUCCEEDED',
  failed: 'EM_FAILED',
};

const stateOf = (message: Message, runtime: Runtime): number =>
  coreConstant(runtime, STATES[message.disposition] ?? 'EM_TRYING');

function setState(message: Message, value: LuaValue, runtime: Runtime): void {
  const [disposition] =
    Object.entries(STATES).find(([, constant]) => coreConstant(runtime, constant) === value) ?? [];
  message.disposition = (disposition ?? 'queued') as Disposition;
}

const METHODS: Readonly<Record<ReceptionMethod, (runtime: Runtime) => number>> = {
  esmtp: (runtime) => protocolNumber(runtime, 'smtp'),
  rest: (runtime) => protocolNumber(runtime, 'http'),
  internal: () => 3,
  xfer: () => 4,
};

/** A message for one recipient (3/3-api/structs-ec-message, 4/lua/ref-msg-id). */
export const ecMessage: ClassDeclaration<Message> = {
  name: 'msys.core:_ec_message',
  fields: {
    id: (message, runtime) => id(runtime, message.id),
    batch_id: (message, runtime) => id(runtime, message.batchId),
    conn_id: ({ origin }, runtime) => id(runtime, origin.connectionId),
    creation_time: (message, runtime) => time(runtime, message.created),
    next_attempt: (message, runtime) => {
      const written = (instant: Date) => {
        message.nextAttempt = instant;
      };
      return bindObject(runtime, writableTime, new WritableTime(message.nextAttempt, written));
    },
    final_time: (message, runtime) => time(runtime, message.finalTime),
    priority: (message) => message.priority,
    num_retries: (message) => message.retries,
    stage: (message) => message.lastAttempt?.stage ?? 0,
    state: stateOf,
    delivered: stateOf,
    delivered_class: ({ code, disposition }) =>
      disposition === 'failed' && code !== undefined ? classifyBounce(code) : 0,
    failed: ({ disposition }) => (disposition === 'failed' ? 1 : 0),
    bounce: ({ bounce }) => (bounce ? 1 : 0),
    invalid_mime: ({ content }) => content?.invalidMime ?? 0,
    // All messages are in memory: the first of SPOOL_MEM, SPOOL_SWAP, SPOOL_DISK.
    swapped: () => 0,
    recv_method: ({ origin }, runtime) => METHODS[origin.method](runtime),
    recv_from: ({ origin }, runtime) =>
      origin.receivedFrom && bindObject(runtime, sockaddr, origin.receivedFrom),
    recv_via: ({ origin }, runtime) =>
      origin.receivedVia && bindObject(runtime, sockaddr, origin.receivedVia),
    pathway: ({ origin }) => origin.pathway,
    domain: ({ domain }, runtime) => {
      const record = runtime.server.domains.get(domain);
      return record && bindObject(runtime, domainRecord, record);
    },
    binding_slot: (message, runtime) =>
      bindingOf(runtime, message)?.slot ?? coreConstant(runtime, 'EC_BINDING_SLOT_UNBOUND'),
    vctx_conn: ({ context }, runtime) => bindDictionary(runtime, context.connection),
    vctx_mess: ({ context }, runtime) => bindDictionary(runtime, context.message),
  },
  assign: {
    priority: (message, value) => {
      message.priority = Number(value) === 0 ? 0 : 1;
    },
    delivered: setState,
  },
};
