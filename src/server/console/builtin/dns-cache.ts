/** Commands about the DNS cache of policy; the route cache has its own. */
import net from 'node:net';
import { CACHE_ROWS, question, type CacheEntry, type Question } from '../../dns/cache';
import type { DnsAnswer, ResourceRecord } from '../../dns/answer';
import { displayed } from '../../dns/names';
import { recordText, type RecordType } from '../../dns/records';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { CommandUsageError } from './dispatch';

const DOC = '4/console-commands/dns-cache';

interface QuestionType {
  readonly type: RecordType;
  /** The version of the address that is asked about, in place of a name. */
  readonly address?: 4 | 6;
}

/** X and X_AAAA ask for the names of an IPv4 and of an IPv6 address. */
const TYPES: Readonly<Record<string, QuestionType>> = {
  A: { type: 'A' },
  MX: { type: 'MX' },
  PTR: { type: 'PTR' },
  X: { type: 'PTR', address: 4 },
  X_AAAA: { type: 'PTR', address: 6 },
  TXT: { type: 'TXT' },
  AAAA: { type: 'AAAA' },
  CNAME: { type: 'CNAME' },
};

/** References to an entry that nobody waits for, as the documented sample shows them. */
const IDLE_REFERENCES = 3;

export const dnsCacheCommands: readonly BuiltinCommand[] = [
  {
    name: 'dns_cache lookup',
    usage: 'record type',
    summary: 'looks up a DNS query in the cache',
    doc: DOC,
    run: lookup,
  },
  {
    name: 'dns_cache submit',
    usage: 'record type',
    summary: 'submits a DNS query, whose result goes into the cache',
    doc: DOC,
    run(call) {
      void call.server.dns.cache.lookup(asked(call));
      return { text: 'Submitted\n' };
    },
  },
  { name: 'dns_cache stats', summary: 'statistics of the DNS cache', doc: DOC, run: statistics },
  {
    name: 'dns_cache refcnts',
    summary: 'the count of references of each entry of the DNS cache',
    doc: DOC,
    run: references,
  },
];

/** The question of a command's two words. */
function asked({ args }: CommandCall): Question {
  const [name, typed, ...more] = args;
  if (name === undefined || typed === undefined || more.length > 0)
    throw new CommandUsageError('A record and a type expected');
  const type = Object.hasOwn(TYPES, typed) ? TYPES[typed] : undefined;
  if (!type)
    throw new CommandUsageError(`Unknown type: ${displayed(typed)} (${Object.keys(TYPES).join(', ')})`);
  if (type.address && net.isIP(name) !== type.address)
    throw new CommandUsageError(`Type ${typed} takes an IPv${type.address} address: ${displayed(name)}`);
  return question(name, type.type);
}

function lookup(call: CommandCall): CommandAnswer {
  const { cache } = call.server.dns;
  const wanted = asked(call);
  const answer = cache.peek(wanted);
  if (!answer) return { text: 'Cached result not found, try a submit.\n', data: { cached: false } };
  const seconds = cache.ttlOf(wanted);
  const records = [...answer.aliases, ...answer.records];
  const text = [
    ';; QUESTION SECTION:',
    column(`;${displayed(wanted.name)}`, 24) + column('IN', 8) + wanted.type,
    '',
    ';; ANSWER SECTION:',
    ...records.map((record) => recordLine(record, seconds)),
    '',
    '',
  ].join('\n');
  return { text, data: answerData(wanted, answer, seconds) };
}

function recordLine({ name, type, data }: ResourceRecord, seconds: number): string {
  const columns =
    column(displayed(name), 24) + column(String(seconds), 8) + column('IN', 8) + column(type, 8);
  return columns + displayed(recordText(type, data));
}

/** As tabs do it: at least one blank between columns. */
const column = (text: string, width: number) => `${text} `.padEnd(width);

function answerData(wanted: Question, { status, aliases, records }: DnsAnswer, ttl: number) {
  const answer = [...aliases, ...records].map(({ name, type, data }) => ({
    name: displayed(name),
    type,
    data: displayed(recordText(type, data)),
  }));
  return { cached: true, name: displayed(wanted.name), type: wanted.type, status, ttl, answer };
}

function statistics({ server }: CommandCall): CommandAnswer {
  const { cache } = server.dns;
  const hitRate = cache.lookups === 0 ? 0 : (100 * cache.hits) / cache.lookups;
  const queries = CACHE_ROWS.map((row): [string, number] => [row, cache.queriesOf(row)]);
  const text = [
    ...section('DNS Queries:', queries),
    '',
    ...section('DNS responses:', [
      ['Total', cache.responses],
      ['Bad', cache.badResponses],
    ]),
    '',
    ...section('DNS cache:', [
      ['Lookups', cache.lookups],
      ['Hit Rate', `${hitRate.toFixed(4)}%`],
    ]),
    '',
  ].join('\n');
  const { responses, badResponses, lookups, hits } = cache;
  return { text, data: { queries: Object.fromEntries(queries), responses, badResponses, lookups, hits } };
}

function section(
  title: string,
  rows: readonly (readonly [label: string, value: number | string])[],
): string[] {
  return [title, ...rows.map(([label, value]) => `${label.padStart(11)}: ${value}`)];
}

function references({ server }: CommandCall): CommandAnswer {
  const entries = [...server.dns.cache.entries()].map((entry) => ({
    name: displayed(entry.name),
    type: entry.type,
    references: referencesOf(entry),
    ttl: entry.ttl,
  }));
  const text = entries.map(
    ({ name, references: count, ttl }) => `[${String(count).padStart(3)}] ${name} [${ttl}s]\n      (null)\n`,
  );
  return { text: text.join(''), data: { entries } };
}

const referencesOf = ({ waiting }: CacheEntry) => IDLE_REFERENCES + waiting;
