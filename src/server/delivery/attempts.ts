import type { QueuedMessage } from '../queues';
import type { RemoteBehaviour } from '../remote';
import type { Connection } from './connections';

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

/** Told of an attempt when it has ended, before anything is made of its outcome. */
export type AttemptListener = (attempt: Attempt, now: Date) => void;
