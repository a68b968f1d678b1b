import type { ListenOptions } from 'node:net';
import { UsageError } from '../../support/errors';

/** Where a control channel listens: a TCP port (0: any free one), `host:port`, `[v6]:port`, or a Unix socket's path. */
export type ControlAddress = number | string | { readonly address: string; readonly port: number };

/** What a listening control channel is reached at. */
export type BoundControlAddress =
  { readonly address: string; readonly port: number } | { readonly path: string };

const LOOPBACK = '127.0.0.1';
const HOST_AND_PORT = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s/:[\]]+)):(\d{1,5})$/;
const MAX_PORT = 65_535;

/** An address as `net` takes it, for listening and for connecting. Throws UsageError for what is none. */
export function socketOptions(
  given: ControlAddress | BoundControlAddress,
): Pick<ListenOptions, 'host'> & ({ port: number } | { path: string }) {
  if (typeof given === 'object') {
    return 'path' in given ? { path: given.path } : tcp(given.address, given.port, given);
  }
  if (typeof given === 'number') return tcp(LOOPBACK, given, given);
  const match = HOST_AND_PORT.exec(given);
  if (match) return tcp(match[1] ?? match[2]!, Number(match[3]), given);
  if (/^\d+$/.test(given)) return tcp(LOOPBACK, Number(given), given);
  if (given.includes('/')) return { path: given };
  throw new UsageError(
    `${JSON.stringify(given)} is no control address: give a port, host:port, or the path of a Unix socket`,
  );
}

function tcp(host: string, port: number, given: unknown): { host: string; port: number } {
  if (Number.isInteger(port) && port >= 0 && port <= MAX_PORT) return { host, port };
  throw new UsageError(`${JSON.stringify(given)} is no control address: the port must be 0 to ${MAX_PORT}`);
}
