import type { AcceptConstruct } from '../server/accept-construct';
import type { Capabilities } from '../server/reception/capabilities';
import type { PolicySession } from '../server/reception/policy';
import { STATES } from '../server/reception/states';
import type { ValidationContext } from '../server/reception/validation-context';
import { acceptConstruct } from './accept-construct';
import type { ClassDeclaration } from './classes';
import { bindDictionary, type DictionaryLike } from './dictionary';
import { ecMessage } from './message';
import { bindObject } from './objects';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { sessionOf } from './session-ties';
import { validateContext } from './validate-context';

/** The capabilities of a session as the `ECDict` that the product keeps them in: the lines are the keys. */
class CapabilityDictionary implements DictionaryLike {
  constructor(private readonly capabilities: Capabilities) {}

  has(line: string): boolean {
    return this.capabilities.has(line);
  }

  get(line: string): string | undefined {
    return this.has(line) ? '' : undefined;
  }

  set(line: string): void {
    this.capabilities.add(line);
  }

  delete(line: string): boolean {
    return this.capabilities.remove(line);
  }

  *[Symbol.iterator](): Generator<[string, string], void> {
    for (const line of this.capabilities) yield [line, ''];
  }
}

const isRelayable = ({ vctx }: PolicySession) => vctx.connection.get('can_relay') === 'true';

/** An SMTP session (3/3-api/structs-message-construct, 4/modules/ac-auth). */
const messageConstruct: ClassDeclaration<PolicySession> = {
  name: 'msys.core:_message_construct',
  fields: {
    ac: ({ accept }, runtime) => bindObject(runtime, acceptConstruct, accept),
    ctx: ({ vctx }, runtime) => bindObject(runtime, validateContext, vctx),
    message: ({ message }, runtime) => message && bindObject(runtime, ecMessage, message),
    state: ({ stateName }) => STATES[stateName].number,
    relayable: (session) => (isRelayable(session) ? 1 : 0),
    smtp_capabilities: ({ capabilities }, runtime) =>
      bindDictionary(runtime, new CapabilityDictionary(capabilities)),
    connection_message_count: ({ counters }) => counters.connectionMessages,
    connection_rcpt_count: ({ counters }) => counters.connectionRecipients,
    message_rcpt_count: ({ counters }) => counters.messageRecipients,
    peer_address: ({ accept }) => accept.remoteAddress.host,
  },
};

export const bindConstruct = (
  runtime: Runtime,
  session: PolicySession | undefined,
): PolicySession | undefined => session && bindObject(runtime, messageConstruct, session);

/** 1 and the construct, or 0 without an SMTP session (3/3-api/apis-validate-context-find-message-construct). */
const find: ApiImplementation = (runtime, [vctx]) => {
  const construct = bindConstruct(runtime, sessionOf(vctx as ValidationContext));
  return [construct ? 1 : 0, construct];
};

/** Sessions that are no SMTP sessions have none. */
export const messageConstructs: ApiTable = {
  'msys.core.accept_construct_get_message_construct': (runtime, [ac]) =>
    bindConstruct(runtime, sessionOf(ac as AcceptConstruct)),
  'msys.core.validate_context_find_message_construct': find,
  'vctx:find_message_construct': find,
};
