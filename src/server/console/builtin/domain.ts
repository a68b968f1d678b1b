/** `domain <name>` (4/console-commands/domain). */
import { printRecursively } from '../../config/print';
import type { Connection } from '../../delivery/connections';
import { IDLE, NOT_CONNECTED, STAGES } from '../../delivery/stages';
import type { DomainRecord } from '../../domain-record';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { hostLines, hostsOf, routesOf } from './domain-hosts';
import { expectWords } from './filters';
import { number, texts } from './layout';

interface ConnectionState {
  readonly number: number;
  readonly ip: string;
  readonly binding: string;
  readonly state: string;
  /** Since the state was entered. */
  readonly millis: number;
}

function domain(call: CommandCall): CommandAnswer {
  const { server, args } = call;
  expectWords(args, 1);
  const [name] = texts(args);
  const record = server.domains.get(name!);
  if (!record) return { text: `Domain '${name}' not found.\n`, status: 'FAILED' };
  const options = explicitOptions(call, record);
  const hosts = hostsOf(server, record);
  const ttl = routesOf(server, record)?.ttl ?? 0;
  const connections = connectionsOf(call, record);
  const { active, delayedCount: delayed, deliveries, failures, connectionFailures } = record;
  const lines = [
    ...(options.length > 0 ? [`Domain ${record.name} {`, ...options, '}'] : []),
    `Domain '${record.name}' has ${hosts.length} MXs and a TTL of ${ttl} seconds`,
    ...hosts.flatMap(hostLines),
    `Domain has had ${connectionFailures} consecutive connection failures`,
    ...queueLines(record),
    `Active Connections: ${connections.length}`,
    ...connections.map(connectionLine),
  ];
  const counts = { active, delayed, deliveries, failures, connectionFailures };
  return { text: `${lines.join('\n')}\n`, data: { domain: record.name, ttl, hosts, ...counts, connections } };
}

/** What the configuration says for this very domain; patterns that match it are none of it. */
function explicitOptions({ host }: CommandCall, { name }: DomainRecord): string[] {
  const scope = host.config.running.find([['domain', name]]);
  return scope ? printRecursively(scope, '  ') : [];
}

const queueLines = ({ active, delayedCount, deliveries, failures }: DomainRecord): string[] => [
  'Queue:',
  `        Active:    ${number(active, 7)}`,
  `        Delayed:   ${number(delayedCount, 7)}`,
  `Deliveries:  ${number(deliveries, 8)}`,
  `Failures:    ${number(failures, 8)}`,
];

function connectionsOf({ server }: CommandCall, record: DomainRecord): ConnectionState[] {
  const now = server.clock.millis();
  return server.delivery.engine.connections(record).map((connection) => {
    const { ip, binding } = connection;
    const { stage, since } = stageOf(connection);
    const state = STAGES[stage]!;
    return { number: connection.number, ip, binding, state, millis: now - since.getTime() };
  });
}

/** The far side takes its time where it is going to say something. */
function stageOf({ attempt, idleSince, openedAt }: Connection): { stage: number; since: Date } {
  if (!attempt) return { stage: IDLE, since: idleSince ?? openedAt };
  const { behaviour, startedAt } = attempt;
  return { stage: behaviour.kind === 'reply' ? behaviour.stage : NOT_CONNECTED, since: startedAt };
}

/** `[ 1] FD:    174  IP:    65.54.252.99  State: reading confirmation (4615.39ms)` */
function connectionLine({ number: descriptor, ip, state, millis }: ConnectionState, index: number): string {
  const [place, fd] = [number(index + 1, 2), number(descriptor, 6)];
  return `[${place}] FD: ${fd}  IP: ${ip.padStart(15)}  State: ${state} (${millis.toFixed(2)}ms)`;
}

export const domainCommand: BuiltinCommand = {
  name: 'domain',
  usage: 'domain_name',
  summary: 'show domain statistics',
  doc: '4/console-commands/domain',
  run: domain,
};
