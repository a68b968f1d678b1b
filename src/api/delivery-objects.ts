/** What scripts see of outbound connections and deliveries. */
import type { LuaValue } from '../lua';
import type { DomainRecord } from '../server/domain-record';
import type { Connection } from '../server/delivery/connections';
import type { ConnectionSubject, HostSubject, SmtpArguments } from '../server/delivery/hooks';
import { byteString } from '../server/bytes';
import { Message } from '../server/messages/message';
import type { QueuedMessage } from '../server/queues';
import type { ClassDeclaration } from './classes';
import { coreConstant } from './constants';
import { bindDictionary } from './dictionary';
import { domainRecord } from './domain-objects';
import { ecMessage } from './message';
import { bindObject } from './objects';
import type { Runtime } from './runtime';

/** Whatever is in a queue is a whole message. */
export function messageOf(queued: QueuedMessage): Message {
  if (queued instanceof Message) return queued;
  throw new TypeError(`${queued.id} is no message of this server`);
}

export const bindMessage = (runtime: Runtime, queued: QueuedMessage) =>
  bindObject(runtime, ecMessage, messageOf(queued));

/** The slot of a binding by its name. */
export const slotOf = (runtime: Runtime, binding: string): number =>
  runtime.server.delivery.bindings.get(binding)?.slot ?? coreConstant(runtime, 'EC_BINDING_SLOT_UNBOUND');

/** A host that mail goes to; its struct is not documented, `tostring()` gives its name. */
const hostRecord: ClassDeclaration<Pick<HostSubject, 'host'>> = {
  name: 'msys.core:_host_record',
  tostring: ({ host }) => byteString(host),
};

export const bindHost = (runtime: Runtime, host: string) => bindObject(runtime, hostRecord, { host });

/** A connection (3/3-api/structs-connection) of a domain. */
class ConnectionState {
  constructor(
    readonly record: DomainRecord,
    readonly connection: Connection,
  ) {}
}

const connectionState: ClassDeclaration<ConnectionState> = {
  name: 'msys.core:_connection',
  fields: {
    fd: ({ connection: { number } }) => number,
    in_use: ({ connection: { attempt } }) => (attempt ? 1 : 0),
    esmtp: () => 1,
    domain: ({ record }, runtime) => bindObject(runtime, domainRecord, record),
    curr_message: ({ connection: { attempt } }, runtime) => attempt && bindMessage(runtime, attempt.message),
  },
};

/** What C hands around for a connection (3/3-api/structs-connection-handle); one for each, as scripts compare them. */
class ConnectionHandle {
  constructor(readonly state: ConnectionState) {}
}

const connectionHandle: ClassDeclaration<ConnectionHandle> = {
  name: 'msys.core:_connection_handle',
  fields: {
    host: ({ state: { connection } }, runtime) => bindHost(runtime, connection.host ?? connection.ip),
    binding_slot: ({ state: { connection } }, runtime) => slotOf(runtime, connection.binding),
    conn: ({ state }, runtime) => bindObject(runtime, connectionState, state),
  },
};

const handles = new WeakMap<Connection, ConnectionHandle>();

/** A connection that is open; nil for one that is still to be opened. */
export function bindConnection(
  runtime: Runtime,
  { record, connection }: Pick<ConnectionSubject, 'record' | 'connection'>,
): LuaValue {
  if (!connection) return undefined;
  const handle = handles.get(connection) ?? new ConnectionHandle(new ConnectionState(record, connection));
  handles.set(connection, handle);
  return bindObject(runtime, connectionHandle, handle);
}

/** The message that goes over a connection now. */
export function currentMessage(runtime: Runtime, handle: LuaValue): LuaValue {
  const { attempt } = (handle as ConnectionHandle).state.connection;
  return attempt && bindMessage(runtime, attempt.message);
}

/** A message and the connection that it goes over (3/3-api/structs-delivery-construct). */
interface DeliveryConstruct {
  readonly message: QueuedMessage;
  readonly handle: ConnectionSubject;
}

const deliveryConstruct: ClassDeclaration<DeliveryConstruct> = {
  name: 'msys.core:_delivery_construct',
  fields: {
    message: ({ message }, runtime) => bindMessage(runtime, message),
    conn_handle: ({ handle }, runtime) => bindConnection(runtime, handle),
  },
};

export const bindDelivery = (runtime: Runtime, message: QueuedMessage, handle: ConnectionSubject) =>
  bindObject(runtime, deliveryConstruct, { message, handle });

/** Parameters of MAIL FROM or RCPT TO (3/3-api/structs-smtp-client-args). */
export class ClientArguments {
  constructor(readonly all: SmtpArguments) {}
}

const clientArguments: ClassDeclaration<ClientArguments> = {
  name: 'msys.core:_smtp_client_args',
  fields: {
    dict: ({ all }, runtime) => bindDictionary(runtime, all),
    len: ({ all }) =>
      Array.from(all, ([keyword, value]) => keyword.length + value.length).reduce(
        (sum, size) => sum + size,
        0,
      ),
  },
};

export const bindArguments = (runtime: Runtime, all: SmtpArguments) =>
  bindObject(runtime, clientArguments, new ClientArguments(all));
