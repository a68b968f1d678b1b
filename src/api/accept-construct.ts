import type { AcceptConstruct, Protocol } from '../server/accept-construct';
import { coreConstant } from './constants';
import type { ClassDeclaration } from './classes';
import { MessageId, messageId } from './message-id';
import { bindObject } from './objects';
import type { Runtime } from './runtime';
import { sockaddr } from './sockaddr';

/** Only SMTP's number has a documented name; the others are different from every `msys.core.P_…`. */
const PROTOCOLS: Readonly<Record<Protocol, (runtime: Runtime) => number>> = {
  smtp: (runtime) => coreConstant(runtime, 'P_ESMTP'),
  http: () => 1,
  control: () => 2,
};

/** The listener that accepted a connection. */
class ListenerInstance {
  constructor(readonly address: string) {}
}

const listenerInstance: ClassDeclaration<ListenerInstance> = {
  name: 'msys.core:_netlistener_instance',
  fields: { address: (instance) => instance.address },
};

/** An accepted connection (3/3-api/structs-accept-construct, 4/modules/ac-auth). */
export const acceptConstruct: ClassDeclaration<AcceptConstruct> = {
  name: 'msys.core:_accept_construct',
  fields: {
    remote_addr: (ac, runtime) => bindObject(runtime, sockaddr, ac.remoteAddress),
    protocol: (ac, runtime) => PROTOCOLS[ac.protocol](runtime),
    conn_id: (ac, runtime) => bindObject(runtime, messageId, new MessageId(ac.connectionId)),
    inst: (ac, runtime) => bindObject(runtime, listenerInstance, new ListenerInstance(ac.listener)),
  },
};
