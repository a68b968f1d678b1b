import type { Socket } from 'node:net';
import type { VirtualClock } from '../server/clock';
import type { ConnectionFacts } from '../server/console/builtin/host';

/** A connection as its listener knows it. */
export interface InboundConnection {
  /** `SMTP`, `HTTP`, `Control` */
  readonly service: string;
  /** The product's function that waits for the client. */
  readonly handler: string;
  /** The client's IP address; undefined on a Unix socket. */
  readonly peer: { readonly host: string; readonly port: number } | undefined;
  /** What it is at, and since when in virtual milliseconds. */
  readonly state: { readonly text: string; readonly since: number };
}

/** The clients that are connected: what `show inbound` and `count` look at. Those of Unix sockets have no address. */
export class InboundConnections {
  readonly #open = new Map<InboundConnection, number>();
  #last = 0;

  constructor(private readonly clock: VirtualClock) {}

  /** Notes a connection; the function that it answers ends it. */
  open(connection: InboundConnection): () => void {
    this.#open.set(connection, ++this.#last);
    return () => this.#open.delete(connection);
  }

  /** One over a socket, whose states the product's documentation does not name. */
  add(service: string, socket: Socket): void {
    const { remoteAddress: host, remotePort: port } = socket;
    const close = this.open({
      service,
      handler: `${service.toLowerCase()}_listener`,
      peer: host === undefined || port === undefined ? undefined : { host: plainAddress(host), port },
      state: { text: 'connected', since: this.clock.millis() },
    });
    socket.once('close', close);
  }

  /** The oldest first. */
  get facts(): ConnectionFacts[] {
    const now = this.clock.millis();
    return [...this.#open].flatMap(([{ service, handler, peer, state }, id]) => {
      if (!peer) return [];
      const { host, port } = peer;
      return [{ id, service, handler, peer: host, port, state: state.text, forMillis: now - state.since }];
    });
  }
}

const plainAddress = (address: string) => address.replace(/^::ffff:(?=\d+\.)/, '');
