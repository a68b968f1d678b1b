import { callerOf, LuaRaise, LuaTable, type HostCall, type HostResult, type LuaValue } from '../lua';
import { DNS_ERRORS, type DnsAnswer, type ResourceRecord } from '../server/dns/answer';
import { question } from '../server/dns/cache';
import { displayed } from '../server/dns/names';
import { misuse } from './misuse';
import type { ApiTable, Runtime } from './runtime';
import { text } from './values';

const TYPES = ['A', 'AAAA', 'TXT', 'MX', 'PTR', 'NS'] as const;
type LookupType = (typeof TYPES)[number];

interface LookupOptions {
  readonly priority: boolean;
  readonly server: string | undefined;
}

function dnsLookup(
  runtime: Runtime,
  [name, type, options]: LuaValue[],
  call: HostCall,
): HostResult | Promise<HostResult> {
  const wanted = text(name);
  const recordType = typeOf(type);
  const { priority, server } = readOptions(runtime, options, call);
  warnWithoutDns(runtime, wanted, recordType, call);
  const answer = runtime.server.dns.cache.lookup(question(wanted, recordType), server);
  const results = (arrived: DnsAnswer) => resultsOf(runtime, arrived, priority);
  return answer instanceof Promise ? answer.then(results) : results(answer);
}

/** The types are those of the documentation, letter by letter; in production anything else ends an SMTP session. */
function typeOf(given: LuaValue): LookupType {
  if (given === undefined) return 'A';
  const name = text(given);
  const known = TYPES.find((type) => type === name);
  if (known) return known;
  throw new LuaRaise(`bad argument #2 to 'dnsLookup' (invalid record type '${name}': ${TYPES.join(', ')})`);
}

/** A key that is not documented changes nothing in production, and nothing says so. */
function readOptions(runtime: Runtime, options: LuaValue, call: HostCall): LookupOptions {
  if (!(options instanceof LuaTable)) return { priority: false, server: undefined };
  for (const [key] of options.entries()) {
    if (key === 'priority' || key === 'server') continue;
    const unknown = typeof key === 'string' ? `'${displayed(key)}'` : `of a ${typeof key}`;
    const message = `msys.dnsLookup has no option ${unknown}: priority, server. Production ignores it.`;
    if (runtime.server.report('BAD_ARGUMENT', message, callerOf(call.L))) throw new LuaRaise(message);
  }
  const [priority, server] = [options.index('priority'), options.index('server')];
  if (server !== undefined && typeof server !== 'string')
    misuse(runtime, 'BAD_ARGUMENT', 'option server of msys.dnsLookup: a string expected', call);
  return { priority: priority !== undefined && priority !== false, server: server && displayed(server) };
}

/** Without the option `dns` no name exists: a test could pass by luck. */
function warnWithoutDns({ server }: Runtime, name: string, type: string, call: HostCall): void {
  if (server.dns.isConfigured || server.diagnostics.has('UNCONFIGURED_DNS')) return;
  const message = `msys.dnsLookup asked for ${type} of '${displayed(name)}', and the test has no DNS: every name is unknown. Give Momentum.start the option dns, or call mta.dns.set or mta.dns.fail.`;
  server.report('UNCONFIGURED_DNS', message, callerOf(call.L));
}

/** On success a list, otherwise nil and the resolver's sentence. */
function resultsOf({ vm }: Runtime, { status, records }: DnsAnswer, priority: boolean): HostResult {
  if (status !== 'OK') return [undefined, DNS_ERRORS[status]];
  const table = vm.newTable();
  for (const [index, record] of bestFirst(records).entries()) table.set(index + 1, value(record));
  return table;

  function value({ data }: ResourceRecord): LuaValue {
    if (typeof data === 'string') return data;
    if (!priority) return data.exchange;
    const pair = vm.newTable();
    pair.set(1, data.preference);
    pair.set(2, data.exchange);
    return pair;
  }
}

function bestFirst(records: readonly ResourceRecord[]): ResourceRecord[] {
  return [...records].sort((one, other) => preferenceOf(one) - preferenceOf(other));
}

const preferenceOf = ({ data }: ResourceRecord) => (typeof data === 'string' ? 0 : data.preference);

/** `msys.dnsLookup` (4/lua/ref-msys-dnslookup). A lookup that takes virtual time suspends the script. */
export const dns: ApiTable = { 'msys.dnsLookup': dnsLookup };
