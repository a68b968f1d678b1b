import { BlockList, isIP } from 'node:net';

interface Network {
  readonly prefix: number;
  readonly list: BlockList;
}

const networks = new Map<string, Network | undefined>();
const KEPT = 10_000;

/** The network that a `Peer` names: an address, or one with a prefix length; undefined for what is neither. */
function networkOf(cidr: string): Network | undefined {
  if (!networks.has(cidr)) {
    if (networks.size >= KEPT) networks.clear();
    networks.set(cidr, readNetwork(cidr));
  }
  return networks.get(cidr);
}

function readNetwork(cidr: string): Network | undefined {
  const [, address = '', length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(cidr) ?? [];
  const version = isIP(plainAddress(address));
  const bits = version === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  if (version === 0 || prefix > bits) return undefined;
  const list = new BlockList();
  list.addSubnet(plainAddress(address), prefix, family(version));
  return { prefix, list };
}

const family = (version: number) => (version === 4 ? 'ipv4' : 'ipv6');

/** Without brackets, and IPv4 in its own form. */
function plainAddress(address: string): string {
  return address.replace(/^\[(.*)\]$/, '$1').replace(/^::ffff:(?=\d+\.)/i, '');
}

export function isNetwork(cidr: string): boolean {
  return networkOf(cidr) !== undefined;
}

/** Bits that an address must share with the network to be in it. */
export function prefixLength(cidr: string): number | undefined {
  return networkOf(cidr)?.prefix;
}

export function isInNetwork(address: string, cidr: string): boolean {
  const plain = plainAddress(address);
  const version = isIP(plain);
  return version !== 0 && networkOf(cidr)?.list.check(plain, family(version)) === true;
}
