import type { QueuedMessage } from '../queues';
import { addressParts } from './address';
import type { DeliveryPolicy } from './policy';

/** The option `hostname` (4/config/ref-hostname). */
export function hostname({ settings }: DeliveryPolicy): string {
  return settings.text('hostname', {}) ?? 'localhost';
}

/**
 * What the server calls itself to the far side (4/config/ref-ehlo-hostname): `__hostname__` is its own name,
 * `__message__` the domain of the envelope sender.
 */
export function ehloHostname(policy: DeliveryPolicy, message: QueuedMessage): string {
  const configured = policy.settings.text('ehlo_hostname', policy.scopeOf(message));
  if (configured === '__message__') return addressParts(message.from).domain || hostname(policy);
  return configured === undefined || configured === '__hostname__' ? hostname(policy) : configured;
}
