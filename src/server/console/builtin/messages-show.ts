/** `showqueue` and `message details`: what is in the queues. */
import { DEFAULT_BINDING } from '../../bindings';
import { shownText } from '../../bytes';
import type { FoundMessage } from '../../delivery/operations';
import { Message } from '../../messages/message';
import type { QueuedMessage, QueueName } from '../../queues';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { CommandUsageError } from './dispatch';
import { ALL, bindingOf, expectWords } from './filters';
import { dateAndTime, labelled, texts } from './layout';
import { notFound } from './message-not-found';

const DEFAULT_RANGE = '100,0';

interface QueueRequest {
  /** Undefined for all. */
  readonly binding: string | undefined;
  readonly domain: string;
  readonly limit: number;
  readonly offset: number;
}

function readRequest({ server, args }: CommandCall): QueueRequest {
  const words = texts(args);
  const names = words[0] === 'binding' && words.length > 1 ? words.splice(0, 2) : [];
  expectWords(words, 1, 2);
  const [domain, range = DEFAULT_RANGE] = words;
  const [, limit, offset = '0'] = /^(\d+)(?:,(\d+))?$/.exec(range) ?? [];
  if (limit === undefined) throw new CommandUsageError(`limit,offset expected, not '${range}'`);
  const binding = names[1] ?? DEFAULT_BINDING;
  return {
    binding: binding === ALL ? undefined : bindingOf(server, binding),
    domain: domain!,
    limit: Number(limit),
    offset: Number(offset),
  };
}

function showqueue(call: CommandCall): CommandAnswer {
  const { binding, domain, limit, offset } = readRequest(call);
  const entries = [...(call.server.domains.get(domain)?.queue.entries() ?? [])]
    .filter(([, message]) => binding === undefined || message.binding === binding)
    .slice(offset, offset + limit);
  const data = entries.map(([queue, message]) => entryFacts(queue, message));
  return { text: data.map(entryLines).join(''), data: { messages: data } };
}

const entryFacts = (queue: QueueName, { binding, id, created, from, to }: QueuedMessage) => ({
  queue,
  binding,
  id,
  created: Math.floor(created.getTime() / 1000),
  from: shownText(from),
  to: shownText(to),
});

function entryLines({ queue, binding, id, created, from, to }: ReturnType<typeof entryFacts>): string {
  return `[${queue}/${binding}] ${id} Created: ${created}\n  From: <${from}> To: <${to}>\n`;
}

type Part = 'full' | 'body';
const PARTS: readonly string[] = ['full', 'body'] satisfies Part[];

function details({ server, args }: CommandCall): CommandAnswer {
  const words = texts(args);
  const part = words.length > 1 && PARTS.includes(words[0]!) ? (words.shift() as Part) : undefined;
  expectWords(words, 1);
  const found = server.delivery.operations.find(words[0]!);
  if (!found) return notFound(server, words[0]!);
  const body = part ? (found.message.raw ?? Buffer.alloc(0)) : undefined;
  const head = Buffer.from(part === 'body' ? '' : metadata(found));
  return {
    text: Buffer.concat([head, body ?? Buffer.alloc(0)]),
    data: { ...detailFacts(found), body },
  };
}

function metadata({ message }: FoundMessage): string {
  const { id, created, nextAttempt, retries, from, to, code, size } = message;
  const via = receivedVia(message);
  const heading = `Message: ${id}\nMessage Type: full message\n`;
  const rows: [label: string, value: string][] = [
    ['Created', dateAndTime(created)],
    ['Next Attempt', dateAndTime(nextAttempt)],
    ['Retries', String(retries)],
    ...(via === undefined ? [] : [['Received Via', via] as [string, string]]),
    ['Sender', shownText(from)],
    ['Recipient', shownText(to)],
    ['Code', code ?? ''],
    ['Size', String(size ?? 0)],
  ];
  return heading + labelled(22, rows);
}

/** `SMTP 10.0.0.103 (IPv4)`; undefined for what no SMTP client brought. */
function receivedVia(message: QueuedMessage): string | undefined {
  const { method, receivedFrom } = message instanceof Message ? message.origin : {};
  if (method !== 'esmtp' || !receivedFrom || receivedFrom.family === 'unix') return undefined;
  return `SMTP ${receivedFrom.host} (${receivedFrom.family === 'ipv6' ? 'IPv6' : 'IPv4'})`;
}

function detailFacts({ message, queue }: FoundMessage) {
  const { id, created, nextAttempt, retries, from, to, code, size, binding, domain } = message;
  const addresses = { from: shownText(from), to: shownText(to) };
  return { id, queue, domain, binding, created, nextAttempt, retries, ...addresses, code, size };
}

export const messageViewCommands: readonly BuiltinCommand[] = [
  {
    name: 'showqueue',
    usage: '[binding binding_name] domain_name [limit,offset]',
    summary: 'show queue information',
    doc: '4/console-commands/showqueue',
    run: showqueue,
  },
  {
    name: 'message details',
    usage: '[full | body] message_id',
    summary: 'show detailed message information',
    doc: '4/console-commands/message-details',
    run: details,
  },
];
