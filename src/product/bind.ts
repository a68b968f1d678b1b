/** Where listeners listen: in the notation of the configuration (4/listeners), or of a test. */
import type { Server } from 'node:net';
import { UsageError } from '../support/errors';

/** A port on loopback (0: any), `host:port`, or the path of a Unix socket. */
export type ListenAddress = number | string;

export type BoundAddress = { readonly address: string; readonly port: number } | { readonly path: string };

type BindTarget = { readonly host: string; readonly port: number } | { readonly path: string };

const LOOPBACK = '127.0.0.1';
const MAX_PORT = 65_535;
const HOST_AND_PORT = /^(?:(\[(?:\*|[0-9A-Fa-f:.]+)\]|[^[\]:/]*):)?(\d{1,5})$/;
/** All interfaces, of either family. */
const WILDCARDS = new Map([
  ['', '0.0.0.0'],
  ['*', '0.0.0.0'],
  ['[*]', '::'],
]);

/**
 * `2081` and `"2081"` are on loopback, `":2081"` and `"*:2081"` on all interfaces, `"[*]:2081"` on all of IPv6,
 * `"127.0.0.1:2081"`, `"[::1]:2081"`, `"/run/socket"`. Throws UsageError for what is none of these.
 */
export function bindTarget(given: ListenAddress): BindTarget {
  if (typeof given === 'number') return tcp(LOOPBACK, given, given);
  if (given.startsWith('/')) return { path: given };
  const [, host, port] = HOST_AND_PORT.exec(given) ?? [];
  if (port === undefined) throw wrong(given);
  if (host === undefined) return tcp(LOOPBACK, Number(port), given);
  return tcp(WILDCARDS.get(host) ?? host.replace(/^\[(.*)\]$/, '$1'), Number(port), given);
}

function tcp(host: string, port: number, given: ListenAddress): BindTarget {
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) throw wrong(given);
  return { host, port };
}

function wrong(given: ListenAddress): UsageError {
  return new UsageError(
    `a port, host:port or the path of a Unix socket expected, not ${JSON.stringify(given)}`,
  );
}

/** Rejects with the system's error. */
export async function bindServer(server: Server, target: BindTarget): Promise<BoundAddress> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(target, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return { path: bound ?? '' };
  return { address: bound.address, port: bound.port };
}
