import { isIPv6 } from 'node:net';

/** The numbers of the address families on Linux. */
const FAMILIES = { ipv4: 2, ipv6: 10, unix: 1 } as const;

/** One end of a connection. */
export class SocketAddress {
  private constructor(
    readonly family: keyof typeof FAMILIES,
    /** An IP address, or the path of a Unix socket ('' at the end that has none). */
    readonly host: string,
    /** 0 for a Unix socket. */
    readonly port: number,
  ) {}

  /** `host` is an IP address; one of IPv4 in IPv6 form (`::ffff:192.0.2.1`) counts as IPv4. */
  static ip(host: string, port: number): SocketAddress {
    const plain = host.replace(/^::ffff:(?=\d+\.)/i, '');
    return new SocketAddress(isIPv6(plain) ? 'ipv6' : 'ipv4', plain, port);
  }

  static unix(path = ''): SocketAddress {
    return new SocketAddress('unix', path, 0);
  }

  /** C's `AF_INET`, `AF_INET6`, `AF_UNIX`. */
  get familyNumber(): number {
    return FAMILIES[this.family];
  }

  equals(other: SocketAddress): boolean {
    return this.family === other.family && this.host === other.host && this.port === other.port;
  }

  /** `ip:port` (4/lua/ref-msg-reception-peer), `[ip]:port` for IPv6 as listeners write it, or a path. */
  toString(): string {
    if (this.family === 'unix') return this.host;
    return this.family === 'ipv6' ? `[${this.host}]:${this.port}` : `${this.host}:${this.port}`;
  }
}
