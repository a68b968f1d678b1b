import type { VirtualClock } from '../clock';
import { checkedDomainKey } from '../domain-name';
import type { DomainTable } from '../domains';
import type { QueuedMessage } from '../queues';
import { UsageError } from '../../support/errors';
import { addressParts } from './address';
import type { DeliveryLog } from './log';
import { NO_CONNECTION } from './log-lines';
import { headerBlock } from './message-headers';
import type { DeliveryPolicy } from './policy';
import type { DeliveryStatistics } from './statistics';

/** What the making of bounces needs of the server. */
export interface BounceServices {
  readonly clock: VirtualClock;
  readonly domains: DomainTable;
  readonly policy: DeliveryPolicy;
  readonly log: DeliveryLog;
  readonly statistics: DeliveryStatistics;
}

/**
 * Queues a bounce to the sender of a message that has failed (4/config/ref-generate-bounces). There is none for the
 * null sender, for a bounce, and for a message without content: a fixture of which only the envelope is known.
 */
export async function generateBounce(
  services: BounceServices,
  message: QueuedMessage,
  note: string,
): Promise<void> {
  const { policy, domains, log, statistics, clock } = services;
  const domain = senderDomain(message);
  if (domain === undefined || message.bounce || !message.raw) return;
  const configured = policy.settings.boolean('generate_bounces', policy.scopeOf(message));
  const isWanted = (await policy.hooks.generateBounces?.(message, configured)) ?? configured;
  if (!isWanted) return;
  const raw = (await policy.hooks.renderBounce?.(message, note)) ?? render(message, note, clock.now());
  const bounce = domains.enqueue(domain, { from: '', to: message.from, raw, bounce: true });
  const { connectionId } = NO_CONNECTION;
  log.reception(bounce, { connectionId, peer: '127.0.0.1', protocol: 'internal' });
  statistics.count('received', bounce, domains.ensure(domain));
}

function senderDomain({ from }: QueuedMessage): string | undefined {
  try {
    return checkedDomainKey(addressParts(from).domain, 'bounce');
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

function render(message: QueuedMessage, note: string, now: Date): Buffer {
  const lines = [
    'From: Mail Delivery System <>',
    `To: <${message.from}>`,
    'Subject: Mail Delivery Failure',
    `Date: ${now.toUTCString().replace('GMT', '+0000')}`,
    'Auto-Submitted: auto-replied',
    '',
    'This message could not be delivered.',
    '',
    `<${message.to}>: ${note}`,
    '',
    '--- The headers of the message ---',
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(lines.join('\r\n')), headerBlock(message.raw)]);
}
