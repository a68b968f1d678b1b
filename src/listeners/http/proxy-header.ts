import { isIPv4, isIPv6 } from 'node:net';
import type { SocketAddress } from '../../server/http/messages';

export type ProxyHeader =
  | { readonly outcome: 'incomplete' }
  | { readonly outcome: 'malformed' }
  | {
      readonly outcome: 'complete';
      /** Bytes of the header. */
      readonly length: number;
      /** The client, undefined when the header deliberately names none. */
      readonly client: SocketAddress | undefined;
    };

const INCOMPLETE: ProxyHeader = { outcome: 'incomplete' };
const MALFORMED: ProxyHeader = { outcome: 'malformed' };

const TEXT_PREFIX = Buffer.from('PROXY ');
/** The longest header of version 1, its line end included. */
const LONGEST_TEXT = 107;

/** What an address of each family is. */
const TEXT_FAMILIES = new Map([
  ['TCP4', isIPv4],
  ['TCP6', isIPv6],
]);

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n');
const BINARY_HEAD = 16;
const LOCAL = 0;
const PROXY = 1;
/** Bytes of the address block by family and transport: TCP over IPv4 and IPv6. Other kinds name no client. */
const TCP4 = { code: 0x11, addressBytes: 4, blockBytes: 12 };
const TCP6 = { code: 0x21, addressBytes: 16, blockBytes: 36 };

/**
 * Reads the header of the PROXY protocol that begins a connection; the first byte tells the version.
 *
 * Source: `4/config/ref-proxy-protocol`.
 */
export function readProxyHeader(bytes: Buffer, versions: readonly (1 | 2)[] = [1, 2]): ProxyHeader {
  if (bytes.length === 0) return INCOMPLETE;
  if (bytes[0] === TEXT_PREFIX[0]) return versions.includes(1) ? readText(bytes) : MALFORMED;
  return versions.includes(2) ? readBinary(bytes) : MALFORMED;
}

/** `PROXY TCP4 192.0.2.1 198.51.100.1 40000 25\r\n` */
function readText(bytes: Buffer): ProxyHeader {
  if (!beginsLike(bytes, TEXT_PREFIX)) return MALFORMED;
  const end = bytes.subarray(0, LONGEST_TEXT).indexOf('\r\n');
  if (end === -1) return bytes.length < LONGEST_TEXT ? INCOMPLETE : MALFORMED;
  const length = end + 2;
  const [family, source, destination, sourcePort, destinationPort, ...more] = bytes
    .toString('latin1', TEXT_PREFIX.length, end)
    .split(' ');
  if (family === 'UNKNOWN') return { outcome: 'complete', length, client: undefined };
  const isAddress = TEXT_FAMILIES.get(family ?? '');
  const isValid =
    isAddress?.(source ?? '') &&
    isAddress(destination ?? '') &&
    isPort(sourcePort) &&
    isPort(destinationPort) &&
    more.length === 0;
  if (!isValid) return MALFORMED;
  return { outcome: 'complete', length, client: { address: source!, port: Number(sourcePort) } };
}

function isPort(text = ''): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65535;
}

function readBinary(bytes: Buffer): ProxyHeader {
  if (!beginsLike(bytes, SIGNATURE)) return MALFORMED;
  if (bytes.length < BINARY_HEAD) return INCOMPLETE;
  const [version, command] = [bytes[12]! >> 4, bytes[12]! & 0xf];
  if (version !== 2 || (command !== LOCAL && command !== PROXY)) return MALFORMED;
  const blockBytes = bytes.readUInt16BE(14);
  const kind = command === LOCAL ? undefined : [TCP4, TCP6].find(({ code }) => code === bytes[13]);
  if (kind && blockBytes < kind.blockBytes) return MALFORMED;
  const length = BINARY_HEAD + blockBytes;
  if (bytes.length < length) return INCOMPLETE;
  return { outcome: 'complete', length, client: kind && binaryClient(bytes, kind.addressBytes) };
}

function binaryClient(bytes: Buffer, addressBytes: number): SocketAddress {
  const address = bytes.subarray(BINARY_HEAD, BINARY_HEAD + addressBytes);
  return {
    address: addressBytes === 4 ? address.join('.') : textOfIPv6(address),
    port: bytes.readUInt16BE(BINARY_HEAD + 2 * addressBytes),
  };
}

/** The shortest form (RFC 5952): the URL parser writes it. */
function textOfIPv6(address: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => address.readUInt16BE(2 * i).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function beginsLike(bytes: Buffer, prefix: Buffer): boolean {
  const length = Math.min(bytes.length, prefix.length);
  return bytes.subarray(0, length).equals(prefix.subarray(0, length));
}
