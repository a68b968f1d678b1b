/** The commands that fail messages of domains: `fail domain`, `fail all`, `binding fail domain`, each also `quiet`. */
import type { MessageFilter } from '../../delivery/filter';
import type { ServerState } from '../../server';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { CommandUsageError } from './dispatch';
import { dryRun } from './dry-run';
import {
  ALL,
  bindingOf,
  CLAUSE_USAGE,
  leadingClause,
  unlessAll,
  withoutDryRun,
  type Clause,
} from './filters';
import { texts } from './layout';

/** What is to be failed. */
interface Target {
  readonly filter: MessageFilter;
  /** How the answer begins, up to the count. */
  readonly purged: string;
  /** What a preview names. */
  readonly scope: string;
  /** What is left of the words is the note. */
  readonly note: readonly string[];
}

type TargetOf = (words: readonly string[], clause: Clause, server: ServerState) => Target;

const ALL_DOMAINS = { purged: 'All domains purged.', scope: 'all domains' };

const purged = (domain: string) => ({ purged: `${domain} purged.`, scope: domain });

const ofDomain: TargetOf = ([domain, ...note], clause) => {
  if (domain === undefined) throw new CommandUsageError('A domain expected');
  return { filter: { ...clause, domain }, ...purged(domain), note };
};

const ofAll: TargetOf = (note, clause) => {
  if (Object.keys(clause).length === 0) throw new CommandUsageError('--meta or --header is needed');
  return { filter: clause, ...ALL_DOMAINS, note };
};

/** The documented answer about all domains has a second blank here. */
const ofBinding: TargetOf = ([name, domain, ...note], clause, server) => {
  if (name === undefined || domain === undefined)
    throw new CommandUsageError('A binding and a domain expected');
  const filter = { ...clause, binding: bindingOf(server, name), domain: unlessAll(domain) };
  const subject = domain === ALL ? { ...ALL_DOMAINS, purged: `${ALL_DOMAINS.purged} ` } : purged(domain);
  return { filter, ...subject, note };
};

async function fail(
  { server, args }: CommandCall,
  name: string,
  targetOf: TargetOf,
  quiet: boolean,
): Promise<CommandAnswer> {
  const { isDryRun, words } = withoutDryRun(texts(args));
  const { clause, rest } = leadingClause(words);
  const { filter, purged: beginning, scope, note } = targetOf(rest, clause, server);
  const options = { quiet, dryRun: isDryRun, ...(note.length > 0 && { note: note.join(' ') }) };
  const messages = await server.delivery.operations.fail(filter, options);
  if (isDryRun) return dryRun(name, scope, 'failed', messages);
  return {
    text: `${beginning} ${messages.length} messages failed.\n`,
    data: { messagesFailed: messages.length },
  };
}

interface Family {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly targetOf: TargetOf;
}

const FAMILIES: readonly Family[] = [
  {
    name: 'fail domain',
    usage: `[--dry-run] [${CLAUSE_USAGE}] domain_name [note ...]`,
    summary: 'fail messages for a domain',
    targetOf: ofDomain,
  },
  {
    name: 'fail all',
    usage: `[--dry-run] ${CLAUSE_USAGE} [note ...]`,
    summary: 'fail matching messages everywhere',
    targetOf: ofAll,
  },
  {
    name: 'binding fail domain',
    usage: `[--dry-run] [${CLAUSE_USAGE}] binding_name {domain_name | all} [note ...]`,
    summary: 'fail messages for a domain on a binding',
    targetOf: ofBinding,
  },
];

const commandOf = ({ name, usage, summary, targetOf }: Family, quiet: boolean): BuiltinCommand => {
  const words = quiet ? `${name} quiet` : name;
  return {
    name: words,
    usage,
    summary: quiet ? `${summary} without generating bounces` : summary,
    doc: `4/console-commands/${words.replaceAll(' ', '-')}`,
    run: (call) => fail(call, words, targetOf, quiet),
  };
};

export const failCommands: readonly BuiltinCommand[] = FAMILIES.flatMap((family) => [
  commandOf(family, false),
  commandOf(family, true),
]);
