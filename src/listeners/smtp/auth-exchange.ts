/** What the mechanisms of AUTH have in common (RFC 4954). */
import { decodeSasl } from '../../server/auth/sasl';
import type { AuthStatus } from '../../server/auth/scheme';
import type { AuthOutcome } from '../../server/reception/policy';
import type { AuthParameters } from '../http/settings';
import type { Conversation } from './conversation';
import { AUTH_REPLIES, type Answer } from './replies';
import type { AuthMechanism } from './settings';

/** One AUTH command: what its mechanism needs. */
export interface Exchange {
  readonly conversation: Conversation;
  readonly mechanism: AuthMechanism;
  readonly parameters: AuthParameters;
  /** What came with the command, decoded; undefined when nothing did. */
  readonly initial: string | undefined;
}

const STATUS = { ok: 'pass', fail: 'fail', error: 'error' } as const;

/** Sends a challenge and goes on with the client's decoded answer. */
export function ask(
  { input }: Conversation,
  challenge: string,
  answered: (response: string) => Answer | Promise<Answer>,
): Answer {
  return {
    code: 334,
    text: challenge,
    async next() {
      const line = await input.line();
      if (!line) return undefined;
      if (line.text === '*') return AUTH_REPLIES.cancelled;
      const response = line.isTooLong ? undefined : decodeSasl(line.text);
      return response === undefined ? AUTH_REPLIES.malformed : answered(response);
    },
  };
}

/** The attempt is over: the acctlog, policy, and the client hear of it. */
export async function conclude(
  { conversation, mechanism, parameters }: Exchange,
  user: string,
  status: AuthStatus,
  response?: string,
): Promise<Answer> {
  if (parameters.log_authentication?.toLowerCase() === 'true')
    conversation.service.authenticator.record(user, status, conversation.session.accept);
  return concludeAs(conversation, mechanism, user, STATUS[status], response);
}

export async function concludeAs(
  conversation: Conversation,
  method: string,
  user: string,
  status: AuthOutcome['status'],
  response?: string,
): Promise<Answer> {
  const verdict = await conversation.session.authenticated({ user, status, method });
  const usual = AUTH_REPLIES[status];
  const answer = conversation.answer(verdict, response === undefined ? usual : { ...usual, text: response });
  if (status === 'pass' && answer.code < 400) conversation.user = user;
  return answer;
}
