/** Whether the server takes mail for a domain (4/config/ref-relay-domains and its neighbours). */
import { contains, parseBlock } from '../cidr-block';
import { domainKey } from '../domain-name';
import type { ReceptionSettings } from './settings';

/** Whether mail from an address is relayed to anywhere: `relay_hosts`, `open_relay`. */
export function isRelayHost(address: string, { openRelay, relayHosts }: ReceptionSettings): boolean {
  const peer = parseBlock(address);
  return openRelay || (peer !== undefined && relayHosts.some((text) => isIn(peer, text)));
}

function isIn(peer: NonNullable<ReturnType<typeof parseBlock>>, text: string): boolean {
  const block = parseBlock(text);
  return block !== undefined && contains(block, peer);
}

/** Whether mail of a sender is relayed to anywhere: `relay_for_sending_domains`, where empty means everybody's. */
export function isRelaySender(domain: string, { relayForSendingDomains: list }: ReceptionSettings): boolean {
  return list !== undefined && (list.length === 0 || matches(domain, list));
}

/** Whether everybody's mail to a domain is relayed: `relay_domains`. */
export function isRelayDomain(domain: string, { relayDomains }: ReceptionSettings): boolean {
  return matches(domain, relayDomains);
}

/** Domains, and domains with an asterisk on their left: `*.example.com`. */
function matches(domain: string, patterns: readonly string[]): boolean {
  const key = domainKey(domain);
  return patterns.some((text) => {
    const pattern = domainKey(text);
    return pattern.startsWith('*') ? key.endsWith(pattern.slice(1)) : key === pattern;
  });
}
