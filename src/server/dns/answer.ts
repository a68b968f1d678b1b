import type { RecordData, RecordType } from './records';

/** What a test can make a name do instead of answering. */
export const DNS_FAULTS = ['NXDOMAIN', 'SERVFAIL', 'TIMEOUT'] as const;
export type DnsFault = (typeof DNS_FAULTS)[number];

/** How a query ended. NODATA: the name exists, but has no record of the type. BADNAME: it was never sent. */
export type DnsStatus = 'OK' | 'NODATA' | 'BADNAME' | DnsFault;

/** The resolver's sentence for each way to fail: the wording of c-ares, the product's resolver library. */
export const DNS_ERRORS: Readonly<Record<Exclude<DnsStatus, 'OK'>, string>> = {
  NODATA: 'DNS server returned answer with no data',
  SERVFAIL: 'DNS server returned general failure',
  NXDOMAIN: 'Domain name not found',
  BADNAME: 'Misformatted domain name',
  TIMEOUT: 'Timeout while contacting DNS servers',
};

export interface ResourceRecord {
  readonly name: string;
  readonly type: RecordType;
  /** Seconds. */
  readonly ttl: number;
  readonly data: RecordData;
}

export interface DnsAnswer {
  readonly status: DnsStatus;
  /** CNAME records that led to the answer. */
  readonly aliases: readonly ResourceRecord[];
  /** The records of the type that was asked for, in the order of the zone; none unless `status` is OK. */
  readonly records: readonly ResourceRecord[];
  /** Seconds for which the answer may be kept; 0 for failures that may pass. */
  readonly ttl: number;
}

/** How long the absence of a name or of its records is remembered, in seconds. */
export const NEGATIVE_TTL = 300;

export function failedAnswer(
  status: Exclude<DnsStatus, 'OK'>,
  aliases: readonly ResourceRecord[] = [],
): DnsAnswer {
  const isCertain = status === 'NXDOMAIN' || status === 'NODATA';
  return { status, aliases, records: [], ttl: isCertain ? NEGATIVE_TTL : 0 };
}
