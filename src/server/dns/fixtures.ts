/** The DNS as tests write it: the option `dns` and what `mta.dns` is given. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../../support/errors';
import { byteString } from '../bytes';
import { checkedDomainKey } from '../domain-name';
import { durationMillis } from '../duration';
import { DNS_FAULTS, type DnsFault } from './answer';
import { dnsName, nameProblem } from './names';
import {
  isRecordType,
  readRecord,
  RECORD_TYPES,
  RecordProblem,
  type RecordData,
  type RecordFixture,
  type RecordType,
} from './records';
import { CnameConflict, type Zone } from './zone';
import { readZoneFile } from './zone-file/parser';

type OneOrMore<Value> = Value | readonly Value[];

/** Records of one type, or those with their time to live in seconds (300). */
export type RecordsFixture<Type extends RecordType = RecordType> =
  OneOrMore<RecordFixture[Type]> | { readonly ttl: number; readonly records: OneOrMore<RecordFixture[Type]> };

/** What a name has: records by type, and how long its answers take. */
export type DnsNameFixture = { readonly [Type in RecordType]?: RecordsFixture<Type> } & {
  /** Milliseconds of virtual time, or text such as `2s`. */
  readonly delay?: number | string;
};

/** The option `dns`: names with their records or their fault; or a zone file, as its path or its text. */
export type DnsOption = string | Readonly<Record<string, DnsNameFixture | DnsFault>>;

/** Reads the option `dns` into a zone. Throws UsageError that names the place, ZoneFileError for a zone file. */
export function readDnsOption(option: unknown, zone: Zone): void {
  if (typeof option === 'string') {
    readZoneText(option, zone);
    return;
  }
  if (!isObject(option))
    throw new UsageError("option dns: an object { 'name': { A: [...] } } or a zone file expected");
  for (const [name, content] of Object.entries(option)) {
    const key = checkedName(name, 'option dns');
    const where = `option dns, ${name}`;
    if (typeof content === 'string') zone.fail(key, checkedFault(content, where));
    else readName(key, content, zone, where);
  }
}

/** A text of several lines is a zone, any other the path of one. */
function readZoneText(option: string, zone: Zone): void {
  if (option.includes('\n')) {
    readZoneFile(byteString(option), zone);
    return;
  }
  const file = path.resolve(option);
  readZoneFile(readZoneAt(file), zone, file);
}

function readZoneAt(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    const reason = (error as Error).message;
    throw new UsageError(
      `option dns: no zone file could be read at ${file} (a text needs a line end): ${reason}`,
    );
  }
}

function readName(key: string, content: unknown, zone: Zone, where: string): void {
  if (!isObject(content))
    throw new UsageError(`${where}: records by type or a fault (${DNS_FAULTS.join(', ')}) expected`);
  zone.touch(key);
  for (const [member, value] of Object.entries(content)) {
    if (value === undefined) continue;
    if (member === 'delay') zone.delay(key, checkedDelay(value, where));
    else setRecords(zone, key, checkedType(member, where), value, undefined, `${where}, ${member}`);
  }
}

/** Sets the records of a name and type as a test gives them. Throws UsageError, which begins with `where`. */
export function setRecords(
  zone: Zone,
  key: string,
  type: RecordType,
  given: unknown,
  ttl: number | undefined,
  where: string,
): void {
  const isSet = isObject(given) && 'records' in given;
  const [unknown] = isSet ? Object.keys(given).filter((member) => !['ttl', 'records'].includes(member)) : [];
  if (unknown !== undefined) throw new UsageError(`${where}: unknown member ${unknown}: ttl, records`);
  const records = readRecords(type, isSet ? given.records : given, where);
  const seconds = checkedTtl(isSet ? (given.ttl ?? ttl) : ttl, where);
  try {
    zone.set(key, type, records, seconds);
  } catch (error) {
    if (error instanceof CnameConflict) throw new UsageError(`${where}: ${error.message}`);
    throw error;
  }
}

function readRecords(type: RecordType, given: unknown, where: string): RecordData[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.map((record, index) => {
    try {
      return readRecord(type, inBytes(record));
    } catch (error) {
      if (!(error instanceof RecordProblem)) throw error;
      const at = Array.isArray(given) ? `${where}[${index}]` : where;
      throw new UsageError(`${at}: ${error.message}, not ${JSON.stringify(record)}`);
    }
  });
}

function inBytes(value: unknown): unknown {
  if (typeof value === 'string' || value instanceof Uint8Array) return byteString(value);
  if (Array.isArray(value)) return value.map(inBytes);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, inBytes(inner)]));
}

/** The name of a test as the zone keeps it. */
export function checkedName(name: unknown, where: string): string {
  const key = dnsName(byteString(checkedDomainKey(name, where)));
  const problem = nameProblem(key);
  if (problem) throw new UsageError(`${where}: ${JSON.stringify(name)} is no domain name: ${problem}`);
  return key;
}

export function checkedType(type: unknown, where: string): RecordType {
  if (typeof type === 'string' && isRecordType(type)) return type;
  throw new UsageError(`${where}: ${JSON.stringify(type)} is no record type: ${RECORD_TYPES.join(', ')}`);
}

export function checkedFault(fault: unknown, where: string): DnsFault {
  const known = DNS_FAULTS.find((candidate) => candidate === fault);
  if (known) return known;
  throw new UsageError(`${where}: ${JSON.stringify(fault)} is no fault: ${DNS_FAULTS.join(', ')}`);
}

export function checkedDelay(delay: unknown, where: string): number {
  if (typeof delay === 'number' || typeof delay === 'string') return durationMillis(delay);
  throw new UsageError(`${where}: a delay in milliseconds or as text such as '2s' expected`);
}

function checkedTtl(ttl: unknown, where: string): number | undefined {
  if (ttl === undefined || (Number.isSafeInteger(ttl) && (ttl as number) >= 0))
    return ttl as number | undefined;
  throw new UsageError(`${where}: a ttl in whole seconds expected, not ${JSON.stringify(ttl)}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
