import net from 'node:net';
import { DEFAULT_BINDING } from '../bindings';
import { retryDelayMillis, type QueuedMessage, type RetryPolicy } from '../queues';
import type { DeliveryHooks, ExpirationParams } from './hooks';
import { RESPONSES } from './responses';
import {
  DELIVERY_DEFAULTS,
  isTrue,
  PlainDeliverySettings,
  type DeliveryScope,
  type DeliverySettings,
} from './settings';

/** `max_retries` as the C API gives it: 0 is `auto`, -1 `none` (3/3-api/apis-config-get-binding-domain-max-retries). */
const AUTO = 0;
const NONE = -1;

/**
 * Answers the questions of queues and delivery, out of the configuration and what modules have to say. Both can be
 * exchanged while the server runs.
 */
export class DeliveryPolicy {
  settings: DeliverySettings = new PlainDeliverySettings();
  hooks: DeliveryHooks = {};
  /** Gets the error of a hook that fails after the clock has gone on without it. */
  onError: (error: unknown) => void = throwLater;

  /** A number, or the product's default where the configuration has none. */
  number(option: string, where: DeliveryScope): number {
    return this.settings.number(option, where) ?? Number(DELIVERY_DEFAULTS[option]);
  }

  /** `retry_interval` and `max_retry_interval`. */
  retryPolicy(where: DeliveryScope): RetryPolicy {
    return {
      retryInterval: this.number('retry_interval', where),
      maxRetryInterval: this.number('max_retry_interval', where),
    };
  }

  /** `gateway`: the host that mail goes to instead, maybe with a port (4/config/ref-gateway). */
  gateway(where: DeliveryScope): string | undefined {
    return this.settings.text('gateway', where) || undefined;
  }

  /**
   * For what options are read. With a gateway, the stanzas of the domain have no effect: mail is sent to the gateway
   * (4/config/ref-gateway).
   */
  scope(where: DeliveryScope): DeliveryScope {
    const gateway = this.gateway(where);
    return gateway === undefined ? where : { ...where, domain: gatewayHost(gateway) };
  }

  scopeOf({ domain, binding, group }: QueuedMessage): DeliveryScope {
    return this.scope({ domain, binding, group });
  }

  readonly retryPolicyOf = (message: QueuedMessage): RetryPolicy => this.retryPolicy(this.scopeOf(message));

  /** `max_retries`: 0 is `auto`, -1 `none`. */
  maxRetries(where: DeliveryScope): number {
    const text = (this.settings.text('max_retries', where) ?? 'auto').toLowerCase();
    if (text === 'auto') return AUTO;
    return text === 'none' ? NONE : this.number('max_retries', where);
  }

  /** `suspend_delivery`, or `default_binding = suspended` for the default binding (4/config/ref-default-binding). */
  isSuspended(where: DeliveryScope): boolean {
    if (this.settings.boolean('suspend_delivery', where)) return true;
    return where.binding === DEFAULT_BINDING && this.settings.text('default_binding', {}) === 'suspended';
  }

  /** Any value of `blackhole` fails what is queued already (4/config/ref-blackhole). */
  isBlackholed(where: DeliveryScope): boolean {
    const value = this.settings.text('blackhole', where)?.toLowerCase();
    return value === 'inline' || value === 'internal' || isTrue(value);
  }

  /** Past `message_expiration`, or out of retries: what `never_attempt_expired_messages` looks at. */
  async isExpired(message: QueuedMessage, now: Date): Promise<boolean> {
    return exhausted(message, now, await this.#limits(message), 1) !== undefined;
  }

  /**
   * `ec_message_set_next_attempt` (3/3-api/apis-ec-message-set-next-attempt) after a failure: sets the time of the next
   * attempt, which depends on the failures so far. Answers undefined, or why the message fails for good.
   */
  async setNextAttempt(message: QueuedMessage, now: Date): Promise<string | undefined> {
    const handled = await this.hooks.setNextAttempt?.(message, now);
    if (handled !== undefined) return handled ? undefined : RESPONSES.outOfRetries;
    if (this.settings.boolean('never_retry', this.scopeOf(message))) return RESPONSES.outOfRetries;
    const limits = await this.#limits(message);
    const reason = exhausted(message, now, limits, 0);
    if (reason === undefined)
      message.nextAttempt = new Date(now.getTime() + retryDelayMillis(message.retries, limits));
    return reason;
  }

  async #limits(message: QueuedMessage): Promise<Limits> {
    const where = this.scopeOf(message);
    const configured: ExpirationParams = {
      messageExpiration: this.number('message_expiration', where),
      retryInterval: this.number('retry_interval', where),
      maxRetries: this.maxRetries(where),
    };
    const changed = await this.hooks.expirationParams?.(message, configured);
    const params = { ...configured, ...changed };
    const policy = { ...params, maxRetryInterval: this.number('max_retry_interval', where) };
    return {
      ...policy,
      maxRetries: params.maxRetries === AUTO ? automaticRetries(policy) : params.maxRetries,
    };
  }
}

/** The host of `host`, `host:port`, `[address]:port`. */
export function gatewayHost(gateway: string): string {
  const inner = /^\[(.*)\](?::\d+)?$/.exec(gateway)?.[1];
  if (inner !== undefined) return inner;
  return net.isIPv6(gateway) ? gateway : gateway.replace(/:\d+$/, '');
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

type Limits = ExpirationParams & RetryPolicy;

/** `spare`: how many retries past the limit are let through. */
function exhausted(message: QueuedMessage, now: Date, limits: Limits, spare: 0 | 1): string | undefined {
  const age = now.getTime() - message.created.getTime();
  if (age >= limits.messageExpiration * 1000) return RESPONSES.outOfTime;
  const isOut = limits.maxRetries !== NONE && message.retries >= limits.maxRetries + spare;
  return isOut ? RESPONSES.outOfRetries : undefined;
}

/** The smallest number of retries that lasts at least for `message_expiration` (4/config/ref-max-retries). */
function automaticRetries({ messageExpiration, retryInterval, maxRetryInterval }: Limits): number {
  if (Math.min(retryInterval, maxRetryInterval) <= 0) return NONE;
  let retries = 0;
  for (let lasted = 0; lasted < messageExpiration; retries++)
    lasted += Math.min(retryInterval * 2 ** retries, maxRetryInterval);
  return retries;
}
