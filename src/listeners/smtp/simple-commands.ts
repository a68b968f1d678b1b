import type { Conversation } from './conversation';
import { REPLIES, type Answer } from './replies';
import { staleAnswer } from './transaction';

export function rset(conversation: Conversation, argument: string): Answer {
  if (argument !== '') return REPLIES.rsetArgument;
  const stale = staleAnswer(conversation);
  if (stale) return stale;
  conversation.endTransaction();
  return REPLIES.accepted;
}

/** NOOP may have an argument, which means nothing (RFC 5321, 4.1.1.9). */
export const noop = (): Answer => REPLIES.accepted;

export const vrfy = (): Answer => REPLIES.vrfy;

export const expn = (): Answer => REPLIES.notImplemented;

export const help = (): Answer => REPLIES.help;

export function quit(conversation: Conversation, argument: string): Answer {
  if (argument !== '') return REPLIES.noParameters;
  const text = `${conversation.settings.hostname} service closing transmission channel`;
  return { ...conversation.success({ code: 221, text }, '2.0.0'), disconnect: true };
}
