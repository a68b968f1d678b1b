/** `show inbound` and `show outbound`. */
import { isIPv4 } from 'node:net';
import type { ServerState } from '../../server';
import type { BuiltinCommand } from './command';
import type { ConnectionFacts } from './host';

/** What delivery has open, domain by domain. */
export function outboundConnections({ domains, delivery }: ServerState) {
  return [...domains].flatMap((record) =>
    [...delivery.engine.connections(record)].map(({ number: id, ip, binding }) => ({
      id,
      domain: record.name,
      peer: ip,
      binding,
    })),
  );
}

const familyOf = (peer: string) => (isIPv4(peer) ? 'IPv4' : 'IPv6');

/** `23: [inbound/esmtp_message_factory] IPv4 127.0.0.1:47741 async body response (for 0.264s)` */
function inboundLine({ id, handler, peer, port, state, forMillis }: ConnectionFacts): string {
  const address = isIPv4(peer) ? peer : `[${peer}]`;
  const seconds = (forMillis / 1000).toFixed(3);
  return `${id}: [inbound/${handler}] ${familyOf(peer)} ${address}:${port} ${state} (for ${seconds}s)\n`;
}

export const connectionCommands: readonly BuiltinCommand[] = [
  {
    name: 'show inbound',
    summary: 'the inbound connections',
    doc: '4/console-commands/show-inbound',
    run: ({ host: { connections } }) => ({ text: connections.map(inboundLine).join(''), data: connections }),
  },
  {
    name: 'show outbound',
    summary: 'the outbound connections',
    doc: '4/console-commands/show-outbound',
    run({ server }) {
      const connections = outboundConnections(server);
      // Of the product's functions only this one is documented.
      const lines = connections.map(
        ({ id, domain, peer }) =>
          `${id}: [outbound/connection_handleconnect] ${domain} ${familyOf(peer)} ${peer}\n`,
      );
      return { text: lines.join(''), data: connections };
    },
  },
];
