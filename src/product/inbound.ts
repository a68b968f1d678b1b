import type { Socket } from 'node:net';
import type { VirtualClock } from '../server/clock';
import type { ConnectionFacts } from '../server/console/builtin/host';

interface Inbound {
  readonly id: number;
  readonly service: string;
  readonly socket: Socket;
  /** Virtual milliseconds. */
  readonly since: number;
}

/** The clients that are connected: what `show inbound` and `count` look at. Those of Unix sockets have no address. */
export class InboundConnections {
  readonly #open = new Set<Inbound>();
  #last = 0;

  constructor(private readonly clock: VirtualClock) {}

  add(service: string, socket: Socket): void {
    const connection = { id: ++this.#last, service, socket, since: this.clock.millis() };
    this.#open.add(connection);
    socket.once('close', () => this.#open.delete(connection));
  }

  /** The oldest first. The product's names for what waits for HTTP and console clients are not documented. */
  get facts(): ConnectionFacts[] {
    const now = this.clock.millis();
    return [...this.#open].flatMap(({ id, service, socket, since }) => {
      const { remoteAddress, remotePort } = socket;
      if (remoteAddress === undefined || remotePort === undefined) return [];
      const peer = remoteAddress.replace(/^::ffff:(?=\d+\.)/, '');
      const handler = `${service.toLowerCase()}_listener`;
      return [{ id, service, handler, peer, port: remotePort, state: 'connected', forMillis: now - since }];
    });
  }
}
