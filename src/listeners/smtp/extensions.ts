/** The extensions that trusted clients get (4/esmtp-listener-extensions). */
import { isIP } from 'node:net';
import { refuses } from '../../server/reception/verdict';
import { SocketAddress } from '../../server/socket-address';
import { STATES, type Conversation } from './conversation';
import { banner } from './greeting';
import { REPLIES, type Answer } from './replies';

const syntaxError = (command: string): Answer => ({ code: 501, text: `5.5.2 ${command} syntax error` });

/** Both dictionaries, each in the order of its keys. */
export function xdumpcontext({ session: { vctx } }: Conversation, argument: string): Answer {
  if (argument !== '') return REPLIES.noParameters;
  const lines = (name: string, dictionary: ReadonlyMap<string, string>) =>
    [...dictionary]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, value]) => `[${name}] ${key} ${value}`.replace(/[\r\n]+/g, ' '));
  const dump = [...lines('connection', vctx.connection), ...lines('message', vctx.message)];
  return { code: 250, text: [...dump, 'XDUMPCONTEXT complete'].join('\n') };
}

/** `name=value …` in xtext (RFC 1891, 5); undefined when it is anything else. */
function readPairs(argument: string): [name: string, value: string][] | undefined {
  const pairs = argument
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => /^([^=]+)=(.*)$/s.exec(word))
    .map((match) => match && [decodeXtext(match[1]!), decodeXtext(match[2]!)]);
  const isComplete = (pair: (string | undefined)[] | null): pair is [string, string] =>
    pair !== null && pair.every((text) => text !== undefined);
  return pairs.length > 0 && pairs.every(isComplete) ? pairs : undefined;
}

function decodeXtext(text: string): string | undefined {
  if (/\+(?![\dA-F]{2})/.test(text)) return undefined;
  return text.replace(/\+([\dA-F]{2})/g, (_all, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}

export function xsetcontext({ session }: Conversation, argument: string): Answer {
  const pairs = readPairs(argument);
  if (!pairs) return syntaxError('XSETCONTEXT');
  for (const [name, value] of pairs) session.vctx.connection.set(name, value);
  return { code: 250, text: 'XSETCONTEXT complete' };
}

/** From now on all is as if the client had connected from another address. */
export async function xremoteip(conversation: Conversation, argument: string): Promise<Answer> {
  const address = argument.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) === 0) return syntaxError('XREMOTEIP');
  const { connection } = conversation.session.vctx;
  const refusal = await reconnect(conversation, SocketAddress.ip(address, conversation.remote.port));
  if (refusal) return refusal;
  const { vctx } = conversation.session;
  for (const [key, value] of connection) if (!vctx.connection.has(key)) vctx.connection.set(key, value);
  conversation.enter(conversation.greeting ? STATES.awaitingMail : STATES.awaitingEhlo);
  return { code: 250, text: 'XREMOTEIP complete' };
}

const UNAVAILABLE = ['[UNAVAILABLE]', '[TEMPUNAVAIL]'];

/** XCLIENT: the session begins again, from the banner on, as another client's. */
export async function xclient(conversation: Conversation, argument: string): Promise<Answer> {
  if (conversation.hasSender) return REPLIES.badSequence;
  const pairs = readPairs(argument);
  if (!pairs) return syntaxError('XCLIENT');
  const named = new Map(
    pairs
      .filter(([, value]) => !UNAVAILABLE.includes(value))
      .map(([name, value]) => [name.toUpperCase(), value]),
  );
  const { remote } = conversation;
  const address = named.get('ADDR')?.replace(/^IPV6:/i, '') ?? remote.host;
  const port = Number(named.get('PORT') ?? remote.port);
  if (pairs.some(([name]) => !XCLIENT_ATTRIBUTES.includes(name.toUpperCase()))) return syntaxError('XCLIENT');
  if (isIP(address) === 0 || !(port >= 0 && port <= 65_535)) return syntaxError('XCLIENT');
  conversation.greeting = undefined;
  conversation.user = undefined;
  const refusal = await reconnect(conversation, SocketAddress.ip(address, port));
  if (refusal) return refusal;
  const login = named.get('LOGIN');
  if (login !== undefined) {
    conversation.user = login;
    await conversation.session.authenticated({ user: login, status: 'pass', method: 'XCLIENT' });
  }
  conversation.enter(STATES.awaitingEhlo);
  return banner(conversation);
}

export const XCLIENT_ATTRIBUTES: readonly string[] = ['NAME', 'ADDR', 'PORT', 'PROTO', 'HELO', 'LOGIN'];

/** A refusal of the connect phase, which sees the other client, ends the connection. */
async function reconnect(conversation: Conversation, remote: SocketAddress): Promise<Answer | undefined> {
  await conversation.session.close(false);
  conversation.reopen(remote);
  const verdict = await conversation.session.connect();
  if (!verdict.disconnect && !refuses(verdict)) return undefined;
  return { ...conversation.answer(verdict, banner(conversation)), disconnect: true };
}
