import { shownText } from '../bytes';
import type { QueuedMessage } from '../queues';

/**
 * `transient`: put off until its next attempt. `bounced`: a bounce about it is on its way to its sender, `notified`: a
 * notice of its delay. `taken`: a module keeps it, it is in no queue.
 */
export type DeliveryEventType = 'delivered' | 'transient' | 'failed' | 'bounced' | 'notified' | 'taken';

/** What became of a message, as `mta.clock.advance` answers it. */
export interface DeliveryEvent {
  /** Virtual time. */
  readonly at: Date;
  readonly type: DeliveryEventType;
  /** Of the message. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The routing domain. */
  readonly domain: string;
  /** What the far side, or the server itself, said about it; of a bounce or a notice its id. */
  readonly note: string;
}

export function deliveryEvent(
  type: DeliveryEventType,
  { id, from, to, domain }: QueuedMessage,
  at: Date,
  note: string,
): DeliveryEvent {
  return { at, type, id, from: shownText(from), to: shownText(to), domain, note };
}
