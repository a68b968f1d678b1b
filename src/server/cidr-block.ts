/** IP addresses and blocks of them as numbers. */
import { isIPv4, isIPv6 } from 'node:net';

/** A block in CIDR notation; a single address is a block of its full length. */
export interface CidrBlock {
  readonly family: 4 | 6;
  /** The first address of the block. */
  readonly first: bigint;
  /** Leading bits that its addresses share. */
  readonly bits: number;
}

const LENGTH = { 4: 32, 6: 128 } as const;

export const addressBits = (family: 4 | 6): number => LENGTH[family];

/** `addr` or `addr/bits`, IPv6 also in square brackets; undefined for anything else. */
export function parseBlock(text: string): CidrBlock | undefined {
  const [, address = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  const family = isIPv4(bare) ? 4 : isIPv6(bare) && !bare.includes('%') ? 6 : undefined;
  if (!family) return undefined;
  const bits = length === undefined ? LENGTH[family] : Number(length);
  if (bits > LENGTH[family]) return undefined;
  return blockAround(family, family === 4 ? parseV4(bare) : parseV6(bare), bits);
}

/** A single address. */
export function parseAddress(text: string): CidrBlock | undefined {
  const block = parseBlock(text);
  return block?.bits === (block && LENGTH[block.family]) ? block : undefined;
}

/** The block of a length that an address lies in. */
export function blockAround(family: 4 | 6, address: bigint, bits: number): CidrBlock {
  const rest = BigInt(LENGTH[family] - bits);
  return { family, first: (address >> rest) << rest, bits };
}

export function contains(block: CidrBlock, { family, first, bits }: CidrBlock): boolean {
  return (
    family === block.family &&
    bits >= block.bits &&
    blockAround(family, first, block.bits).first === block.first
  );
}

function parseV4(text: string): bigint {
  return text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): bigint {
  const plain = text.replace(/\d+(?:\.\d+){3}$/, (dotted) => {
    const number = parseV4(dotted);
    return `${(number >> 16n).toString(16)}:${(number & 0xffffn).toString(16)}`;
  });
  const parts = plain.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const [head = [], tail = []] = parts;
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  const groups = [...head, ...zeros, ...tail];
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}
