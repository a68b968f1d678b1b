import type { SocketAddress } from './socket-address';

export type Protocol = 'http' | 'smtp' | 'control';

/** What the server knows of an accepted connection (3/3-api/structs-accept-construct). */
export class AcceptConstruct {
  constructor(
    readonly protocol: Protocol,
    readonly remoteAddress: SocketAddress,
    /** The listener's address as configured: `*:2081`. */
    readonly listener: string,
    /** A connection id, of the form that `SpoolIds` makes. */
    readonly connectionId: string,
    /** Of the listener's end of the connection; undefined where nobody knows it. */
    readonly localAddress?: SocketAddress,
  ) {}
}
