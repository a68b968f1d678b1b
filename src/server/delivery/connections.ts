import type { Attempt } from './attempts';

/** One outbound connection of a domain and binding. */
export interface Connection {
  /** As in the logs: of the form of a spool id. */
  readonly id: string;
  /** Counts connections from 1; the console shows it for the product's file descriptor. */
  readonly number: number;
  readonly ip: string;
  /** The far side's name; undefined when no route says so. */
  readonly host: string | undefined;
  readonly binding: string;
  readonly openedAt: Date;
  /** Since when no message has gone over it; undefined while one does. */
  idleSince: Date | undefined;
  /** What goes over it now. */
  attempt: Attempt | undefined;
  /** It has come about: the far side has answered. */
  isEstablished: boolean;
}

/** The outbound connections of one domain. An idle one stays open for `idle_timeout` (4/config/ref-idle-timeout). */
export class Connections implements Iterable<Connection> {
  #open: Connection[] = [];
  /** Told of each connection that is no more. */
  onClosed: (connection: Connection) => void = () => undefined;

  /** Those of a binding, in the order in which they were opened. */
  of(binding: string): Connection[] {
    return this.#open.filter((connection) => connection.binding === binding);
  }

  /** An idle connection of a binding, the one used last. */
  idle(binding: string): Connection | undefined {
    return this.of(binding).findLast(({ idleSince }) => idleSince);
  }

  open(connection: Omit<Connection, 'idleSince' | 'attempt' | 'isEstablished'>): Connection {
    const opened = { ...connection, idleSince: undefined, attempt: undefined, isEstablished: false };
    this.#open.push(opened);
    return opened;
  }

  close(connection: Connection): void {
    this.#keep((other) => other !== connection);
  }

  closeIdle(binding: string): void {
    this.#keep((other) => other.binding !== binding || !other.idleSince);
  }

  /** Closes what has been idle for too long at `now`; `idleMillis` answers for a binding. */
  expire(now: number, idleMillis: (binding: string) => number): void {
    this.#keep(({ idleSince, binding }) => !idleSince || now < idleSince.getTime() + idleMillis(binding));
  }

  #keep(stays: (connection: Connection) => boolean): void {
    const closed = this.#open.filter((connection) => !stays(connection));
    if (closed.length === 0) return;
    this.#open = this.#open.filter(stays);
    closed.forEach((connection) => {
      this.onClosed(connection);
    });
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.#open.values();
  }
}
