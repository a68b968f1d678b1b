import type { QueuedMessage } from '../queues';
import type { RemoteBehaviour, RemoteOutcome } from '../remote';
import type { Connection } from './connections';
import type { DialogueLine } from './dialogue';
import type { SmtpArguments } from './hooks';

/** One message on its way over one connection. */
export interface Attempt {
  readonly message: QueuedMessage;
  readonly connection: Connection;
  /** The connection was opened for it. */
  readonly isFirst: boolean;
  readonly behaviour: RemoteBehaviour;
  /** The domain whose far side it is. */
  readonly remote: string;
  /** Virtual time. */
  readonly startedAt: Date;
}

/** What hooks of modules have added to an attempt. */
export interface Additions {
  readonly mailArguments: SmtpArguments;
  readonly rcptArguments: SmtpArguments;
  /** In place of the message's own headers and body. */
  readonly raw?: Buffer;
}

export const NO_ADDITIONS: Additions = { mailArguments: new Map(), rcptArguments: new Map() };

/** An attempt that is over. */
export interface EndedAttempt extends Attempt {
  readonly behaviour: RemoteOutcome;
  readonly additions: Additions;
  /** It was no SMTP. */
  readonly protocol?: 'http';
  /** What was said over a real socket. */
  readonly dialogue?: readonly DialogueLine[];
  /** Seconds for which a host that could not be connected to is left alone, where a hook has said so. */
  readonly retryAfter?: number;
}

/** Told of an attempt when it has ended, before anything is made of its outcome. */
export type AttemptListener = (attempt: EndedAttempt, now: Date) => void;
