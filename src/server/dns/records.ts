/** Resource records: their types, their data, and how tests write them. All text in them is byte strings. */
import net from 'node:net';
import { canonicalAddress } from './names';

/** Types whose data has a meaning here. */
const UNDERSTOOD = ['A', 'AAAA', 'TXT', 'MX', 'PTR', 'NS', 'CNAME'] as const;
/** Types whose data is kept as a zone file writes it. */
const OPAQUE = ['SOA', 'SRV', 'CAA', 'TLSA', 'DS', 'DNSKEY', 'NAPTR', 'SSHFP'] as const;

export const RECORD_TYPES = [...UNDERSTOOD, ...OPAQUE];
export type RecordType = (typeof RECORD_TYPES)[number];

export function isRecordType(type: string): type is RecordType {
  return (RECORD_TYPES as readonly string[]).includes(type);
}

export interface MxData {
  /** 0 to 65535; the lowest is tried first. */
  readonly preference: number;
  /** Without the dot at the end; '' is the root: a null MX (RFC 7505). */
  readonly exchange: string;
}

/** An address, a name without the dot at the end, the joined strings of a TXT record, or the text of opaque data. */
export type RecordData = string | MxData;

/** One string of a TXT record, as text (UTF-8) or bytes. */
type TxtString = string | Uint8Array;

/** How a test writes the records of each type; several strings of one TXT record are a list of their own. */
export type RecordFixture = { readonly [Type in Exclude<RecordType, 'MX' | 'TXT'>]: string } & {
  readonly MX: MxData;
  readonly TXT: TxtString | readonly TxtString[];
};

/** A value that is no record; `message` says what was expected. */
export class RecordProblem extends Error {}

const name = (value: unknown): string => {
  if (typeof value !== 'string' || value === '' || /[\x00-\x20\x7f]/.test(value))
    throw new RecordProblem('a domain name expected');
  return value.replace(/\.$/, '');
};

const address = (version: 4 | 6) => (value: unknown) => {
  if (typeof value !== 'string' || net.isIP(value) !== version || value.includes('%'))
    throw new RecordProblem(`an IPv${version} address expected`);
  return canonicalAddress(value);
};

const opaque = (value: unknown): string => {
  if (typeof value !== 'string' || value.trim() === '' || /[\r\n]/.test(value))
    throw new RecordProblem('the data as a line of text expected');
  return value;
};

function txt(value: unknown): string {
  const strings: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (strings.length === 0 || strings.some((part) => typeof part !== 'string'))
    throw new RecordProblem('text, a Buffer, or a list of them expected');
  return strings.join('');
}

function mx(value: unknown): MxData {
  const expected = new RecordProblem('{ preference: 0 to 65535, exchange: a domain name } expected');
  if (typeof value !== 'object' || value === null) throw expected;
  const { preference, exchange, ...others } = value as Record<string, unknown>;
  if (Object.keys(others).length > 0) throw expected;
  return { preference: mxPreference(preference, expected), exchange: exchange === '' ? '' : name(exchange) };
}

function mxPreference(value: unknown, problem: RecordProblem): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffff)
    return value as number;
  throw problem;
}

const READERS: Readonly<Record<(typeof UNDERSTOOD)[number], (value: unknown) => RecordData>> = {
  A: address(4),
  AAAA: address(6),
  TXT: txt,
  MX: mx,
  PTR: name,
  NS: name,
  CNAME: name,
};
const READER_OF = new Map<string, (value: unknown) => RecordData>(Object.entries(READERS));

/** The data of a record written as a RecordFixture of byte strings. Throws RecordProblem when it is none. */
export function readRecord(type: RecordType, value: unknown): RecordData {
  return (READER_OF.get(type) ?? opaque)(value);
}

const MAX_STRING = 255;

/** The data as `dig` and zone files write it; names are without the dot at the end, as the product prints them. */
export function recordText(type: RecordType, data: RecordData): string {
  if (typeof data !== 'string') return `${data.preference} ${data.exchange === '' ? '.' : data.exchange}`;
  if (type !== 'TXT') return data;
  const strings = data.match(new RegExp(`[^]{1,${MAX_STRING}}`, 'g')) ?? [''];
  return strings.map((part) => `"${part.replace(/[^]/g, escaped)}"`).join(' ');
}

function escaped(byte: string): string {
  if (byte === '"' || byte === '\\') return `\\${byte}`;
  return /[\x20-\x7e]/.test(byte) ? byte : `\\${String(byte.charCodeAt(0)).padStart(3, '0')}`;
}

/** Whether two records of a type are the same. */
export function sameData(one: RecordData, other: RecordData): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  return one.preference === other.preference && one.exchange === other.exchange;
}
