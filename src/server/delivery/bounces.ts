import type { VirtualClock } from '../clock';
import type { DomainTable } from '../domains';
import type { QueuedMessage } from '../queues';
import type { DeliveryLog } from './log';
import type { DeliveryPolicy } from './policy';
import type { Reports } from './reports';
import type { DeliveryStatistics } from './statistics';

/** What the making of bounces needs of the server. */
export interface BounceServices {
  readonly clock: VirtualClock;
  readonly domains: DomainTable;
  readonly policy: DeliveryPolicy;
  readonly log: DeliveryLog;
  readonly statistics: DeliveryStatistics;
  readonly reports: Reports;
}

/**
 * Queues a bounce to the sender of a message that has failed (4/config/ref-generate-bounces). There is none for the
 * null sender, for a bounce, and for a message without content: a fixture of which only the envelope is known.
 */
export async function generateBounce(
  { policy, reports }: BounceServices,
  message: QueuedMessage,
): Promise<QueuedMessage | undefined> {
  if (message.from === '' || message.bounce || !message.raw) return undefined;
  const configured = policy.settings.boolean('generate_bounces', policy.scopeOf(message));
  const isWanted = (await policy.hooks.generateBounces?.(message, configured)) ?? configured;
  const bounce = isWanted ? await reports.make(message, 'failed') : undefined;
  return bounce && reports.submit(bounce);
}
