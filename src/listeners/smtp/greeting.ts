import type { Conversation } from './conversation';
import { STATES } from './conversation';
import { rfc2822Date } from '../../mail/date';
import { REPLIES, type Answer } from './replies';
import { refuses } from '../../server/reception/verdict';

/** What a domain or an address literal consists of, generously: nothing that could be taken for a line end or a blank. */
const NAME = /^[^\s\x00-\x1f\x7f]+$/;

/** What a client hears that the connect phase let in (4/esmtp-listener-extensions). */
export function banner({ settings, service }: Conversation): Answer {
  const { staticBanner, hostname } = settings;
  const [, code, text] = /^(\d{3})[ -]?(.*)$/s.exec(staticBanner ?? '') ?? [];
  if (code !== undefined) return { code: Number(code), text: (text ?? '').trimEnd() };
  const date = rfc2822Date(service.clock.now());
  return { code: 220, text: staticBanner ?? `${hostname} ESMTP ${service.software} ${date}` };
}

export async function ehlo(conversation: Conversation, argument: string, line: string): Promise<Answer> {
  return greet(conversation, 'EHLO', argument, line);
}

export async function helo(conversation: Conversation, argument: string, line: string): Promise<Answer> {
  return greet(conversation, 'HELO', argument, line);
}

async function greet(
  conversation: Conversation,
  verb: 'EHLO' | 'HELO',
  argument: string,
  line: string,
): Promise<Answer> {
  const name = argument.trim();
  if (!NAME.test(name))
    return conversation.refuse(verb === 'EHLO' ? REPLIES.invalidEhlo : REPLIES.invalidHelo);
  if (conversation.hasSender) conversation.endTransaction();
  conversation.enter(STATES.awaitingEhlo);
  const verdict = await conversation.session.ehlo(line, name);
  const { settings, remote, session } = conversation;
  const usual = { code: 250, text: `${settings.hostname} says ${verb} to ${remote.host || 'localhost'}` };
  const answer = conversation.answer(verdict, usual);
  if (refuses(verdict)) return answer;
  conversation.greeting = verb;
  conversation.enter(STATES.awaitingMail);
  if (verb === 'HELO') return answer;
  // A text of the policy takes the place of the first line: without the others clients could not go on.
  return { ...answer, text: [answer.text, ...session.capabilities].join('\n') };
}
