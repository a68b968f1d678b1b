import { LuaRaise, toDisplay, type HostCall, type LuaValue } from '../lua';
import { DEFAULT_BINDING, type Binding } from '../server/bindings';
import { byteString } from '../server/bytes';
import { addressParts } from '../server/delivery/address';
import type { Message } from '../server/messages/message';
import { bindingOf } from './message';
import type { EcString } from './ec-string';
import { isRequired } from './packages';
import { requirePhase } from './phases';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { text } from './values';

/** The documented logic of groups: a random member that is not suspended, `default` when there is none of that name. */
async function selectFromGroup({ server }: Runtime, message: Message, group: string): Promise<Binding> {
  const { delivery } = server;
  return (await delivery.chooseBinding(group, message)) ?? delivery.bindings.get(DEFAULT_BINDING)!;
}

/** Chooses a binding by its name; undefined when none has it, and then the message keeps the one that it has. */
export function chooseBinding({ server }: Runtime, message: Message, name: string): string | undefined {
  const binding = server.delivery.bindings.get(name);
  if (binding) message.chosenBinding = binding.name;
  return binding?.name;
}

/** Chooses a binding of a group; answers the group that the message then is in. */
export async function chooseFromGroup(runtime: Runtime, message: Message, group: string): Promise<string> {
  const binding = await selectFromGroup(runtime, message, group);
  message.chosenBinding = binding.name;
  return binding.group;
}

const nameOf = (value: LuaValue) => toDisplay(text(value));
const bytesOf = (name: string | undefined) => (name === undefined ? undefined : byteString(name));

const binding: ApiImplementation = (runtime, [target, name]) => {
  const message = target as Message;
  return bytesOf(
    name === undefined ? bindingOf(runtime, message)?.name : chooseBinding(runtime, message, nameOf(name)),
  );
};

const bindingGroup: ApiImplementation = async (runtime, [target, group]) => {
  const message = target as Message;
  return bytesOf(
    group === undefined
      ? bindingOf(runtime, message)?.group
      : await chooseFromGroup(runtime, message, nameOf(group)),
  );
};

const selectByGroup: ApiImplementation = async (runtime, [message, group]) =>
  (await selectFromGroup(runtime, message as Message, nameOf(group))).slot;

/** The domain whose queue a message belongs to, in lower case; that of the recipient while nothing routes it. */
export function routingDomainOf(message: Message): string {
  const { routingDomain, disposition, domain, to } = message;
  if (routingDomain !== undefined) return routingDomain;
  if (disposition !== 'received' && domain !== '') return domain;
  return toDisplay(addressParts(to).domain).toLowerCase();
}

const ROUTING_PACKAGE = 'msys.extended.message_routing';
const ROUTING_CHANGE = {
  name: 'msg:routing_domain(domain)',
  phases: ['rcptto', 'data_spool_each_rcpt'],
  doc: '4/lua/ref-msg-routing-domain',
} as const;

/** The package brings the hook that lets a domain be set. */
function setRoutingDomain(runtime: Runtime, message: Message, domain: string, call: HostCall): void {
  requirePhase(runtime, ROUTING_CHANGE, call);
  if (domain === '')
    throw new LuaRaise("bad argument #1 to 'routing_domain' (a domain expected, got an empty string)");
  if (!isRequired(runtime, ROUTING_PACKAGE))
    throw new LuaRaise(
      `msg:routing_domain(domain) has no effect before require('${ROUTING_PACKAGE}'), which registers the hook behind it (4/lua/ref-msg-routing-domain)`,
    );
  message.routingDomain = domain.toLowerCase();
}

const getRoutingDomain2: ApiImplementation = (_runtime, [message, buffer]) => {
  const domain = routingDomainOf(message as Message);
  (buffer as EcString).text = byteString(domain);
  return domain === '' ? 0 : 1;
};

/** 4/lua/ref-msg-binding, 4/lua/ref-msg-binding-group, 4/lua/ref-msg-routing-domain, 3/3-api/ec-message */
export const messageBinding: ApiTable = {
  'msg:binding': binding,
  'msg:binding_group': bindingGroup,
  'msg:select_binding_by_group': selectByGroup,
  'msys.core.ec_message_select_binding_by_group': selectByGroup,
  'msg:routing_domain': (runtime, [target, domain], call) => {
    const message = target as Message;
    if (domain !== undefined) setRoutingDomain(runtime, message, nameOf(domain), call);
    return byteString(routingDomainOf(message));
  },
  'msg:get_routing_domain2': getRoutingDomain2,
  'msys.core.ec_message_get_routing_domain2': getRoutingDomain2,
};
