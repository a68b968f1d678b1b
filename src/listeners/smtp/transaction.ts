import { refuses } from '../../server/reception/verdict';
import { BodyReader } from './body-reader';
import { STATES, type Conversation } from './conversation';
import { readEnvelopeCommand } from './envelope-command';
import { REPLIES, type Answer } from './replies';

/** Octets of one message that can be held at all, where `Max_Message_Size` sets no limit. */
const LARGEST_MESSAGE = 1_073_741_824;

/** 421 with the `Reconfig_Message` (4/esmtp-listener-reconfig-message); undefined while the configuration is current. */
export function staleAnswer({ session, settings }: Conversation): Answer | undefined {
  return session.isStale ? { code: 421, text: settings.reconfigMessage, disconnect: true } : undefined;
}

const reaches = (count: number, limit: number) => limit > 0 && count >= limit;

export async function mail(conversation: Conversation, argument: string, line: string): Promise<Answer> {
  const { session, settings } = conversation;
  const stale = staleAnswer(conversation);
  if (stale) return stale;
  if (conversation.hasSender) return conversation.refuse(REPLIES.alreadyMail);
  const command = readEnvelopeCommand(argument, 'FROM', settings, session.capabilities);
  if (!command) return conversation.refuse(REPLIES.mailSyntax);
  const { maxReceptionsPerConnection, maxMessageSize } = settings;
  if (reaches(session.counters.connectionMessages, maxReceptionsPerConnection))
    return conversation.refuse(REPLIES.batchLimit);
  const announced = Number(command.parameters.get('SIZE') ?? 0);
  if (maxMessageSize > 0 && announced > maxMessageSize) return conversation.refuse(REPLIES.tooLarge);
  const verdict = await session.mail(line, command.address);
  if (refuses(verdict)) {
    // What MAIL began in the session is over.
    conversation.endTransaction();
  } else {
    conversation.hasSender = true;
    conversation.enter(STATES.awaitingRcpt);
  }
  return conversation.answer(verdict, conversation.success(REPLIES.mail, '2.1.0'));
}

export async function rcpt(conversation: Conversation, argument: string, line: string): Promise<Answer> {
  const { session, settings } = conversation;
  if (!conversation.hasSender) return conversation.refuse(REPLIES.rcptBeforeMail);
  const command = readEnvelopeCommand(argument, 'TO', settings, session.capabilities);
  if (!command) return conversation.refuse(REPLIES.rcptSyntax);
  const { counters } = session;
  if (reaches(counters.connectionRecipients, settings.maxRecipientsPerConnection))
    return conversation.refuse(REPLIES.connectionRecipients);
  if (reaches(counters.messageRecipients, settings.maxRecipientsPerMessage))
    return conversation.refuse(REPLIES.messageRecipients);
  const verdict = await session.rcpt(line, command.address);
  return conversation.answer(verdict, conversation.success(REPLIES.rcpt, '2.1.5'));
}

export async function data(conversation: Conversation, argument: string): Promise<Answer> {
  const { session } = conversation;
  if (argument !== '') return conversation.refuse(REPLIES.dataArgument);
  if (!conversation.hasSender) return conversation.refuse(REPLIES.dataBeforeMail);
  if (session.recipients.length === 0) return conversation.refuse(REPLIES.dataBeforeRcpt);
  conversation.enter(STATES.data);
  const verdict = await session.dataCommand();
  const answer = conversation.answer(verdict, REPLIES.data);
  if (refuses(verdict)) {
    conversation.endTransaction();
    return answer;
  }
  return { ...answer, next: () => receive(conversation) };
}

/** Everything after 354; undefined when the client went away in the middle. */
async function receive(conversation: Conversation): Promise<Answer | undefined> {
  const { maxMessageSize } = conversation.settings;
  const reader = new BodyReader(maxMessageSize > 0 ? maxMessageSize : LARGEST_MESSAGE);
  conversation.enter(STATES.body);
  if (!(await conversation.input.body(reader))) return undefined;
  conversation.enter(STATES.bodyResponse);
  const answer = reader.isTooLarge
    ? conversation.refuse(maxMessageSize > 0 ? REPLIES.tooLarge : REPLIES.tooLargeNow)
    : conversation.answer(await conversation.session.data(reader.take()), REPLIES.accepted);
  conversation.endTransaction();
  return answer;
}
