/** `count`: the open connections of a type, by the networks of their peers (4/console-commands/count). */
import {
  addressBits,
  blockAround,
  contains,
  parseAddress,
  parseBlock,
  type CidrBlock,
} from '../../cidr-block';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { outboundConnections } from './connections';
import { CommandUsageError } from './dispatch';
import { bindingOf } from './filters';
import { number, texts } from './layout';

const OUTBOUND = 'outbound';

export const countCommand: BuiltinCommand = {
  name: 'count',
  usage: 'SERVICE|outbound|outbound/binding ADDRESS|CIDR|mask|mask-mask',
  summary: 'count open connections',
  doc: '4/console-commands/count',
  run(call) {
    const [type, which, ...more] = texts(call.args);
    if (type === undefined || which === undefined || more.length > 0)
      throw new CommandUsageError('A connection type and networks are needed');
    const peers = peersOf(call, type).map((peer) => parseAddress(peer)!);
    const masks = masksOf(which);
    return masks ? groups(type, peers, masks) : countInside(type, peers, which);
  },
};

function peersOf({ server, host }: CommandCall, type: string): string[] {
  const [direction, binding] = type.split('/');
  if (direction !== OUTBOUND)
    return host.connections.filter(({ service }) => service === type).map(({ peer }) => peer);
  const wanted = binding === undefined ? undefined : bindingOf(server, binding);
  return outboundConnections(server)
    .filter((connection) => wanted === undefined || connection.binding === wanted)
    .map(({ peer }) => peer);
}

function countInside(type: string, peers: readonly CidrBlock[], cidr: string): CommandAnswer {
  const block = parseBlock(cidr);
  if (!block)
    throw new CommandUsageError(
      `'${cidr}' is no network: an address, a CIDR block, a mask or masks expected`,
    );
  const count = peers.filter((peer) => contains(block, peer)).length;
  return { text: `${count} sessions\n`, data: { type, cidr, count } };
}

type Masks = readonly [from: number, to: number];

function masksOf(text: string): Masks | undefined {
  const [, from, to = from] = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(text) ?? [];
  if (from === undefined) return undefined;
  const masks: Masks = [Number(from), Number(to)];
  if (masks[0] > masks[1] || masks[1] > addressBits(6))
    throw new CommandUsageError(`'${text}' is no mask from 0 to ${addressBits(6)}, and no range of masks`);
  return masks;
}

interface Group {
  readonly network: string;
  readonly mask: number;
  readonly count: number;
}

/** `      5                 217.117.0.0/16`, indented by the mask. */
function groups(type: string, peers: readonly CidrBlock[], [from, to]: Masks): CommandAnswer {
  const title = type.startsWith(OUTBOUND) ? '' : `Displaying '${type}' from /${from} to /${to}\n`;
  const found = [...groupsOf(peers, from, to)];
  const lines = found.map(
    ({ network, mask, count }) => `${number(count, 7)}${' '.repeat(mask + 1)}${network}/${mask}\n`,
  );
  return { text: `${title}${lines.join('')}`, data: { type, groups: found } };
}

/** The networks of a mask; in each those of the next longer mask that divides it, and at last the longest mask's. */
function* groupsOf(peers: readonly CidrBlock[], mask: number, longest: number): Generator<Group> {
  for (const members of divided(peers, mask)) {
    const { family, first } = members[0]!;
    const length = Math.min(mask, addressBits(family));
    const { first: start } = blockAround(family, first, length);
    yield { network: addressText(family, start), mask: length, count: members.length };
    const last = Math.min(longest, addressBits(family));
    for (let next = length + 1; next <= last; next++) {
      if (next < last && divided(members, next).length === 1) continue;
      yield* groupsOf(members, next, longest);
      break;
    }
  }
}

/** The peers by their networks of a mask, in the order of the addresses. */
function divided(peers: readonly CidrBlock[], mask: number): CidrBlock[][] {
  const networks = new Map<string, CidrBlock[]>();
  for (const peer of [...peers].sort(byAddress)) {
    const bits = Math.min(mask, addressBits(peer.family));
    const key = `${peer.family} ${blockAround(peer.family, peer.first, bits).first}`;
    networks.set(key, [...(networks.get(key) ?? []), peer]);
  }
  return [...networks.values()];
}

const byAddress = (one: CidrBlock, other: CidrBlock) =>
  one.family - other.family || (one.first < other.first ? -1 : Number(one.first > other.first));

function addressText(family: 4 | 6, address: bigint): string {
  const [width, base, separator] = family === 4 ? ([8, 10, '.'] as const) : ([16, 16, ':'] as const);
  const count = addressBits(family) / width;
  const parts = Array.from({ length: count }, (_, i) =>
    BigInt.asUintN(width, address >> BigInt(width * (count - 1 - i))).toString(base),
  ).join(separator);
  return family === 4 ? parts : new URL(`http://[${parts}]`).hostname.slice(1, -1);
}
