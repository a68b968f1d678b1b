/** The options of `c:setopt` (4/lua/ref-curl-c-setopt). */
import { catalogue } from '../catalogue';

/** `data` goes with a callback of the same name. */
export type CurlOptionKind = 'callback' | 'data' | 'list' | 'string' | 'number' | 'boolean';

export interface CurlOption {
  /** Without `OPT_`. */
  readonly name: string;
  readonly kind: CurlOptionKind;
}

const CALLBACKS = ['READ', 'WRITE', 'HEADER', 'PROGRESS', 'IOCTL', 'SEEK'];
const words = (text: string) => text.trim().split(/\s+/);

/** All other options are strings. */
const KINDS: Readonly<Record<Exclude<CurlOptionKind, 'string'>, readonly string[]>> = {
  callback: CALLBACKS.map((name) => `${name}FUNCTION`),
  data: CALLBACKS.map((name) => `${name}DATA`),
  list: words(`HTTP200ALIASES HTTPHEADER HTTPPOST POSTQUOTE PREQUOTE QUOTE SOURCE_POSTQUOTE SOURCE_PREQUOTE
    SOURCE_QUOTE TELNETOPTIONS`),
  number:
    words(`BUFFERSIZE CLOSEPOLICY CONNECTTIMEOUT DNS_CACHE_TIMEOUT FTPSSLAUTH FTP_RESPONSE_TIMEOUT FTP_SSL
    HTTPAUTH HTTP_VERSION INFILESIZE INFILESIZE_LARGE IPRESOLVE LOW_SPEED_LIMIT LOW_SPEED_TIME MAXCONNECTS MAXFILESIZE
    MAXFILESIZE_LARGE MAXREDIRS NETRC PORT POSTFIELDSIZE POSTFIELDSIZE_LARGE PROXYAUTH PROXYPORT PROXYTYPE RESUME_FROM
    RESUME_FROM_LARGE SSLVERSION SSL_VERIFYHOST TIMECONDITION TIMEOUT TIMEVALUE`),
  boolean:
    words(`AUTOREFERER COOKIESESSION CRLF DNS_USE_GLOBAL_CACHE FAILONERROR FILETIME FOLLOWLOCATION FORBID_REUSE
    FRESH_CONNECT FTPAPPEND FTPLISTONLY FTP_CREATE_MISSING_DIRS FTP_USE_EPRT FTP_USE_EPSV HEADER HTTPGET
    HTTPPROXYTUNNEL NOBODY NOPROGRESS NOSIGNAL POST PUT SSLENGINE_DEFAULT SSL_VERIFYPEER TCP_NODELAY TRANSFERTEXT
    UNRESTRICTED_AUTH UPLOAD VERBOSE`),
};

/** Options that would change a request over HTTP, and do not here. All others that are not read matter to no test. */
const UNSIMULATED = new Set(
  words(`COOKIEFILE COOKIEJAR COOKIESESSION CRLF HTTP200ALIASES HTTPPOST HTTPPROXYTUNNEL NETRC NETRC_FILE PROXY
    PROXYAUTH PROXYPORT PROXYTYPE PROXYUSERPWD`),
);

const kindOf = (name: string): CurlOptionKind =>
  (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((kind) => KINDS[kind].includes(name)) ?? 'string';

let options: ReadonlyMap<number, CurlOption> | undefined;

/** The option of a number, undefined when the package knows none. */
export function curlOption(number: number): CurlOption | undefined {
  options ??= new Map(
    Array.from(catalogue.constants('curl')).flatMap(([constant, value]): [number, CurlOption][] => {
      const name = /^OPT_(.*)$/.exec(constant)?.[1];
      return name === undefined || value === undefined ? [] : [[value, { name, kind: kindOf(name) }]];
    }),
  );
  return options.get(number);
}

/** Whether giving the option this value would change what is sent, and does not here. */
export function isUnsimulated({ name }: CurlOption, value: unknown): boolean {
  const isSet = value !== undefined && value !== false && value !== 0 && !isEmptyList(value);
  // CURLAUTH_BASIC is 1, among others that a server may choose from.
  if (name === 'HTTPAUTH') return isSet && (Number(value) & 1) === 0;
  return isSet && UNSIMULATED.has(name);
}

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;
