/** Domain names as DNS compares them: byte strings in lower case, without the dot at the end; '' is the root. */
import net from 'node:net';
import { textOfBytes } from '../bytes';
import { domainKey } from '../domain-name';

const MAX_NAME = 253;
const MAX_LABEL = 63;

export function dnsName(name: string): string {
  return domainKey(name).replace(/\.$/, '');
}

/** Why a name in the form of `dnsName` cannot be asked for, undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return undefined;
  if (name.length > MAX_NAME) return `it is longer than ${MAX_NAME} bytes`;
  const labels = name.split('.');
  if (labels.includes('')) return 'it has an empty label';
  if (labels.some((label) => label.length > MAX_LABEL)) return `a label is longer than ${MAX_LABEL} bytes`;
  return undefined;
}

/** The name one label up, undefined for the root. */
export function parentName(name: string): string | undefined {
  if (name === '') return undefined;
  const dot = name.indexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1);
}

/** The name under which an address has its PTR records: `7.2.0.192.in-addr.arpa`, or nibbles under `ip6.arpa`. */
export function reverseName(address: string): string {
  if (net.isIPv4(address)) return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  const nibbles = ipv6Groups(address)
    .map((group) => group.padStart(4, '0'))
    .join('');
  return `${Array.from(nibbles).reverse().join('.')}.ip6.arpa`;
}

/** An address as the resolver writes it: IPv6 in lower case, the longest run of zeros left out. */
export function canonicalAddress(address: string): string {
  const family = net.isIPv6(address) ? 'ipv6' : 'ipv4';
  return new net.SocketAddress({ address, family }).address;
}

function ipv6Groups(address: string): string[] {
  const canonical = canonicalAddress(address).replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...bytes) => {
    const [a, b, c, d] = bytes.map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [left = '', right] = canonical.split('::');
  const head = left === '' ? [] : left.split(':');
  if (right === undefined) return head;
  const tail = right === '' ? [] : right.split(':');
  return [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
}

/** A byte string as people read it. */
export function displayed(bytes: string): string {
  return textOfBytes(Buffer.from(bytes, 'latin1'));
}
