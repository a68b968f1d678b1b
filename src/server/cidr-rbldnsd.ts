/**
 * Files in the format of rbldnsd, as far as a CIDR table takes them (4/lua/ref-msys-cidr-define): `address:a:txt` with
 * an address, a block, the beginning of an IPv4 address (`10.79`) or a range (`10.79.0.1-20`); ` :` after IPv6.
 */
import { addressBits, parseBlock, type CidrBlock } from './cidr-block';
import { CidrTable } from './cidr-table';

export interface RbldnsdOptions {
  /** Which of the two values of an entry counts. */
  readonly value: 'a' | 'txt';
}

/** What the file says where an entry says nothing. */
interface Values {
  readonly a: string;
  readonly txt: string;
}

/** Reads a file. Throws Error, naming the line, for an entry that cannot be understood. */
export function readRbldnsd(text: string, { value }: RbldnsdOptions): CidrTable {
  const table = new CidrTable();
  let defaults: Values = { a: '127.0.0.2', txt: '' };
  text.split(/\r?\n/).forEach((line, i) => {
    const entry = line.trim();
    if (entry === '' || /^[#;$]/.test(entry)) return;
    if (entry.startsWith(':') && !isIPv6Entry(entry)) {
      defaults = valuesOf(entry.slice(1), defaults);
      return;
    }
    const isException = entry.startsWith('!');
    const { subject, rest } = splitEntry(entry.slice(isException ? 1 : 0).trim());
    const chosen = isException ? undefined : valuesOf(rest, defaults)[value];
    if (!store(table, subject, chosen))
      throw new Error(`line ${i + 1}: '${entry}' names no address or block`);
  });
  return table;
}

/** An address of IPv6 ends at white space, one of IPv4 at the first colon. */
function isIPv6Entry(entry: string): boolean {
  const [word = ''] = entry.split(/\s/);
  if (/^[^:]*\./.test(word)) return false;
  const [address = ''] = word.split('-');
  return parseBlock(address)?.family === 6 || /^[\da-f]+:.*::|^[\da-f]+::/i.test(word);
}

function splitEntry(entry: string): { subject: string; rest: string } {
  const pattern = isIPv6Entry(entry) ? /^(\S+)(?:\s+:?(.*))?$/ : /^([^:\s]+)\s*:?(.*)$/;
  const [, subject = '', rest = ''] = pattern.exec(entry) ?? [];
  return { subject, rest };
}

/** `a:txt`, `a`, or `:txt`; one number stands for the last byte of `127.0.0.`. */
function valuesOf(rest: string, defaults: Values): Values {
  const [, first = '', text] = /^([^:]*)(?::(.*))?$/.exec(rest) ?? [];
  const a = first.trim();
  const address = a === '' ? defaults.a : /^\d+$/.test(a) ? `127.0.0.${a}` : a;
  if (a !== '' && !/^[\d.]+$/.test(a)) return { a: defaults.a, txt: rest };
  return { a: address, txt: text === undefined || text === '' ? defaults.txt : text };
}

function store(table: CidrTable, subject: string, value: string | undefined): boolean {
  const [from = '', to] = subject.split('-');
  const start = blockOf(from);
  if (!start) return false;
  if (to === undefined) {
    table.set(start, value);
    return true;
  }
  const end = rangeEnd(from, to);
  if (start.family !== 4 || !end || end.first < start.first) return false;
  const last = end.first + (1n << BigInt(addressBits(4) - end.bits)) - 1n;
  table.setRange(start.first, last, value);
  return true;
}

/** The end of a range may be given by its last numbers only. */
function rangeEnd(from: string, to: string): CidrBlock | undefined {
  const missing = from.split('.').length - to.split('.').length;
  return blockOf([...from.split('.').slice(0, Math.max(missing, 0)), to].join('.'));
}

function blockOf(text: string): CidrBlock | undefined {
  const [address = '', bits] = text.split('/');
  const numbers = address.split('.');
  if (numbers.length >= 4 || address.includes(':')) return parseBlock(text);
  const padded = [...numbers, ...Array<string>(4 - numbers.length).fill('0')].join('.');
  return parseBlock(`${padded}/${bits ?? 8 * numbers.length}`);
}
