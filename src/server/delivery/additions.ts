import type { RemoteBehaviour } from '../remote';
import type { Additions, Attempt } from './attempts';
import type { DeliveryHooks, SmtpArguments } from './hooks';
import { headerBlock } from './message-headers';
import { RESPONSES } from './responses';

/** A hook does not let the message go out now: the reason, and how far the dialogue had come. */
export interface Refusal extends Additions {
  readonly refusal: string;
  readonly stage: number;
}

const DURING_MAIL = 2;
const DURING_RCPT = 4;
/** What is before MAIL FROM, by the numbers of 4/4-log-formats-connection-stages. */
const BEFORE_MAIL: ReadonlySet<number> = new Set([0, 1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
const AFTER_MAIL = 3;
const AFTER_DATA = 7;
const NO_ARGUMENTS: SmtpArguments = new Map();

/** Asks the hooks for what they add to an attempt, as far as the dialogue comes. */
export async function additionsTo(
  { message, connection, behaviour }: Attempt,
  hooks: DeliveryHooks,
): Promise<Additions | Refusal> {
  const subject = { message, connection };
  const mailArguments = hooks.mailFromArguments ? new Map<string, string>() : NO_ARGUMENTS;
  const rcptArguments = hooks.rcptToArguments ? new Map<string, string>() : NO_ARGUMENTS;
  const additions = { mailArguments, rcptArguments };
  if (!passes(behaviour, (stage) => BEFORE_MAIL.has(stage))) return additions;
  if ((await hooks.mailFromArguments?.(subject, mailArguments)) === false)
    return { ...additions, refusal: RESPONSES.mailFromArguments, stage: DURING_MAIL };
  if (!passes(behaviour, (stage) => BEFORE_MAIL.has(stage) || stage <= AFTER_MAIL)) return additions;
  if ((await hooks.rcptToArguments?.(subject, rcptArguments)) === false)
    return { ...additions, refusal: RESPONSES.rcptToArguments, stage: DURING_RCPT };
  if (!passes(behaviour, (stage) => BEFORE_MAIL.has(stage) || stage <= AFTER_DATA)) return additions;
  const body = await hooks.modifyBody?.(message);
  return body ? { ...additions, raw: withBody(message.raw, body) } : additions;
}

/** Whether the dialogue gets past the stages: it does not when the far side refuses at one of them. */
function passes(behaviour: RemoteBehaviour, isStage: (stage: number) => boolean): boolean {
  if (behaviour.kind === 'smtp') return true;
  return behaviour.kind === 'reply' && (behaviour.code < 400 || !isStage(behaviour.stage));
}

function withBody(raw: Buffer | undefined, body: Buffer): Buffer {
  const headers = headerBlock(raw);
  return Buffer.concat([headers, Buffer.from(headers.length > 0 ? '\r\n' : ''), body]);
}
