import type { ReceivedMessage } from '../server/messages/message-view';
import { UsageError } from '../support/errors';
import { composeMessage, type MessageOptions } from './compose';
import type { SmtpReply } from './replies';
import type { SmtpSession } from './session';

export interface SendOptions {
  /** The null sender is ''. */
  readonly from: string;
  readonly to: string | readonly string[];
  /** The raw message. A text is sent as UTF-8; one without CRLF gets CRLF for its line ends. */
  readonly data?: string | Uint8Array;
  /** The message by what is in it, in place of `data`. */
  readonly message?: MessageOptions;
  /** The name that the client gives; `client.test` when left out. */
  readonly ehlo?: string;
}

/** A recipient that the server refused. */
export interface RejectedRecipient extends SmtpReply {
  readonly address: string;
}

/** What became of one transaction. `code` and `text` are of the reply that decided: the last one before QUIT. */
export interface SmtpOutcome extends SmtpReply {
  /** The first reply that refused something; undefined when none did. */
  readonly refusal: SmtpReply | undefined;
  /** The whole dialogue: `S: 220 …`, `C: EHLO …`; of the message only its size. */
  readonly transcript: readonly string[];
  /** Recipients that the server took at RCPT TO. */
  readonly accepted: readonly string[];
  readonly rejected: readonly RejectedRecipient[];
  /** What reception made of it, one for each recipient. */
  readonly messages: readonly ReceivedMessage[];
  /** The server closed the connection before QUIT. */
  readonly disconnected: boolean;
}

type Progress = Pick<SmtpOutcome, 'accepted' | 'rejected'> & { readonly last: SmtpReply };

const isRefusal = ({ code }: SmtpReply) => code === 0 || code >= 400;

/** The bytes that `options` ask to be sent. Throws UsageError when they do not say what. */
export function messageOf({ data, message, from, to }: SendOptions, now: Date): string | Uint8Array {
  if ((data === undefined) === (message === undefined))
    throw new UsageError('send: either data, the raw message, or message, what is in it');
  return data ?? composeMessage(message!, { from, to: [to].flat() }, now);
}

/** Runs a whole transaction over a session, and ends it. */
export async function transact(
  session: SmtpSession,
  options: SendOptions,
  message: string | Uint8Array,
): Promise<Omit<SmtpOutcome, 'messages'>> {
  const { last, accepted, rejected } = await converse(session, options, message);
  const { disconnected } = session;
  if (disconnected) await session.disconnect();
  else await session.quit();
  const refusal = rejected[0] ?? (isRefusal(last) ? last : undefined);
  return { ...last, refusal, transcript: session.transcript, accepted, rejected, disconnected };
}

async function converse(
  session: SmtpSession,
  { from, to, ehlo }: SendOptions,
  message: string | Uint8Array,
): Promise<Progress> {
  const accepted: string[] = [];
  const rejected: RejectedRecipient[] = [];
  let last = await session.ehlo(ehlo);
  const isOver = () => isRefusal(last) || session.disconnected;
  if (!isOver()) last = await session.mail(from);
  if (isOver()) return { last, accepted, rejected };
  for (const address of [to].flat()) {
    last = await session.rcpt(address);
    if (isRefusal(last)) rejected.push({ address, ...last });
    else accepted.push(address);
    if (session.disconnected) return { last, accepted, rejected };
  }
  if (accepted.length > 0) last = await session.data(message);
  return { last, accepted, rejected };
}
