/** `uri` of a Datasource: a driver, a colon, and what the driver makes of the rest (4/modules/ds-core). */
import { UsageError } from '../../support/errors';

export interface SourceUri {
  /** In lower case. */
  readonly driver: string;
  /** What follows the first colon. */
  readonly rest: string;
}

/** Undefined for what names no driver. */
export function parseUri(uri: string): SourceUri | undefined {
  const [, driver, rest = ''] = /^\s*([A-Za-z][\w+-]*):([^]*)$/.exec(uri) ?? [];
  return driver === undefined ? undefined : { driver: driver.toLowerCase(), rest: rest.trim() };
}

/** How a database server is reached. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number | undefined;
  /** The path of a Unix socket; it goes before the host. */
  readonly socket: string | undefined;
  readonly database: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

const KEYS = ['host', 'port', 'socket', 'dbname', 'user', 'password'] as const;

/** `host=…;port=…;dbname=…;user=…;password=…`. Throws UsageError for anything else. */
export function parseServerAddress(uri: SourceUri): ServerAddress {
  const given = new Map<string, string>();
  for (const part of uri.rest.split(';').map((text) => text.trim())) {
    if (part === '') continue;
    const [, key, value = ''] = /^(\w+)\s*=\s*([^]*)$/.exec(part) ?? [];
    if (key === undefined || !(KEYS as readonly string[]).includes(key))
      throw new UsageError(
        `data source ${withoutSecrets(uri)}: '${key ?? 'a part without ='}' is none of ${KEYS.join(', ')}`,
      );
    given.set(key, value);
  }
  const port = given.get('port');
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) > 0 && Number(port) < 65536))
    throw new UsageError(`data source ${withoutSecrets(uri)}: '${port}' is no port`);
  return {
    host: given.get('host') ?? 'localhost',
    port: port === undefined ? undefined : Number(port),
    socket: given.get('socket'),
    database: given.get('dbname'),
    user: given.get('user'),
    password: given.get('password'),
  };
}

/** A URI for messages, without its passwords. */
export function withoutSecrets({ driver, rest }: SourceUri): string {
  return `${driver}:${rest.replace(/\b(password|pwd|x-bindpw)\s*=[^;,]*/gi, '$1=…')}`;
}
