import { LuaRaise, toDisplay, type LuaValue } from '../lua';
import type { AcceptConstruct, Protocol } from '../server/accept-construct';
import { SERVICES, type Service } from '../server/audit-inbound';
import type { PolicySession } from '../server/reception/policy';
import { coreConstant } from './constants';
import type { ClassDeclaration } from './classes';
import { MessageId, messageId } from './message-id';
import { bindObject } from './objects';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { sessionOf } from './session-ties';
import { sockaddr } from './sockaddr';
import { text } from './values';

/** Only SMTP's number has a documented name; the others are different from every `msys.core.P_…`. */
const PROTOCOLS: Readonly<Record<Protocol, (runtime: Runtime) => number>> = {
  smtp: (runtime) => coreConstant(runtime, 'P_ESMTP'),
  http: () => 1,
  control: () => 2,
};

export const protocolNumber = (runtime: Runtime, protocol: Protocol): number => PROTOCOLS[protocol](runtime);

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
    protocol: (ac, runtime) => protocolNumber(runtime, ac.protocol),
    conn_id: (ac, runtime) => bindObject(runtime, messageId, new MessageId(ac.connectionId)),
    inst: (ac, runtime) => bindObject(runtime, listenerInstance, new ListenerInstance(ac.listener)),
  },
};

/** The SMTP session of an accept construct; raises for one of another kind. */
function smtpSession(ac: LuaValue, name: string): PolicySession {
  const session = sessionOf(ac as AcceptConstruct);
  if (session) return session;
  throw new LuaRaise(`ac:${name}: the session is not attached to an SMTP listener`);
}

/** `SIZE 1000` and `AUTH=LOGIN` have parameters. */
const keywordOf = (line: string) => line.split(/[ =]/, 1)[0];

const capability =
  (name: string, effect: (session: PolicySession, capability: string) => void): ApiImplementation =>
  (_runtime, [ac, given]) => {
    effect(smtpSession(ac, name), text(given));
    return undefined;
  };

/** A block as `ac:inbound_session_count` takes it: `/24` is the peer's, without one it is the peer itself. */
function blockOf({ remoteAddress }: AcceptConstruct, given: LuaValue): string {
  if (given === undefined) return remoteAddress.host;
  const block = text(given).replace(/^localhost(?=\/|$)/, '127.0.0.1');
  return block.startsWith('/') ? remoteAddress.host + block : block;
}

function sessionCount({ server }: Runtime, [ac, cidr, service = 'SMTP']: LuaValue[]): LuaValue {
  const kind = text(service);
  if (!(SERVICES as readonly string[]).includes(kind))
    throw new LuaRaise(`bad argument #2 to 'inbound_session_count' (one of ${SERVICES.join(', ')} expected)`);
  const block = blockOf(ac as AcceptConstruct, cidr);
  const sessions = server.facilities.inboundSessions.count(kind as Service, block);
  if (sessions !== undefined) return sessions;
  throw new LuaRaise(
    `bad argument #1 to 'inbound_session_count' (an address or block expected, got '${toDisplay(block)}')`,
  );
}

/** 4/lua/ref-ac-esmtp-capability-add and its neighbours */
export const acceptConstructs: ApiTable = {
  'ac:esmtp_capability_add': capability('esmtp_capability_add', ({ capabilities }, name) => {
    capabilities.add(name);
  }),
  'ac:esmtp_capability_remove': capability('esmtp_capability_remove', ({ capabilities }, name) => {
    for (const line of [...capabilities])
      if (line === name || keywordOf(line) === name) capabilities.remove(line);
  }),
  'ac:inbound_session_count': sessionCount,
};
