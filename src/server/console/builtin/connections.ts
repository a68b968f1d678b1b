/** `show inbound`, `show outbound` and `count`. */
import { BlockList, isIPv4 } from 'node:net';
import { CommandUsageError } from './dispatch';
import type { BuiltinCommand, CommandCall } from './command';
import type { ConnectionFacts } from './host';

export const connectionCommands: readonly BuiltinCommand[] = [
  {
    name: 'show inbound',
    summary: 'the inbound connections',
    doc: '4/console-commands/show-inbound',
    run: (call) => list(call, 'inbound'),
  },
  {
    name: 'show outbound',
    summary: 'the outbound connections',
    doc: '4/console-commands/show-outbound',
    run: (call) => list(call, 'outbound'),
  },
  {
    name: 'count',
    usage: 'SERVICE|outbound CIDR',
    summary: 'counts the open connections of a service whose peers are in a network',
    doc: '4/console-commands/count',
    run(call) {
      const [service, network] = call.args;
      if (service === undefined || network === undefined || call.args.length > 2)
        throw new CommandUsageError('a service and a network are needed');
      const isInside = networkTest(network);
      const count = connectionsOf(call, service).filter(({ peer }) => isInside(peer)).length;
      return { text: `${count} sessions\n`, data: { service, network, count } };
    },
  },
];

function connectionsOf({ host }: CommandCall, service: string): readonly ConnectionFacts[] {
  if (service === 'outbound') return host.connections.filter(({ direction }) => direction === 'outbound');
  return host.connections.filter((it) => it.direction === 'inbound' && it.service === service);
}

function list({ host }: CommandCall, direction: ConnectionFacts['direction']) {
  const connections = host.connections.filter((connection) => connection.direction === direction);
  return { text: connections.map(line).join(''), data: connections };
}

/** `23: [inbound/esmtp_message_factory] IPv4 127.0.0.1:47741 async body response (for 0.264s)` */
function line({ id, direction, handler, peer, port, state, forMillis }: ConnectionFacts): string {
  const family = isIPv4(peer) ? 'IPv4' : 'IPv6';
  const address = isIPv4(peer) ? peer : `[${peer}]`;
  const seconds = (forMillis / 1000).toFixed(3);
  return `${id}: [${direction}/${handler}] ${family} ${address}:${port} ${state} (for ${seconds}s)\n`;
}

/** Whether an address is in a network in CIDR notation, or the address itself. */
function networkTest(network: string): (address: string) => boolean {
  const [, base = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
  const family = isIPv4(base) ? 'ipv4' : 'ipv6';
  const networks = new BlockList();
  try {
    networks.addSubnet(base, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  } catch {
    throw new CommandUsageError(
      `'${network}' is no network: an address with the length of its prefix is needed`,
    );
  }
  return (address) => networks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
