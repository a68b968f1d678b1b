import type { DomainRecord } from '../domain-record';
import type { QueuedMessage } from '../queues';

type Awaitable<T> = T | Promise<T>;

/** Seconds; `maxRetries`: 0 is `auto`, -1 `none`. */
export interface ExpirationParams {
  readonly messageExpiration: number;
  readonly retryInterval: number;
  readonly maxRetries: number;
}

type DeliveryEvent = (
  message: QueuedMessage,
  record: DomainRecord,
  now: Date,
  note: string,
) => Awaitable<void>;

/**
 * What modules may have to say about queues and delivery. All are optional; what a hook leaves undefined is done as
 * the product does it without the hook. Names of the product's hooks are in front.
 */
export interface DeliveryHooks {
  /** `core_get_msg_expiration_params`: the values to use instead of the given ones. */
  expirationParams?(
    message: QueuedMessage,
    params: ExpirationParams,
  ): Awaitable<Partial<ExpirationParams> | undefined>;
  /** `core_ec_message_set_next_attempt`: true when it has set `message.nextAttempt`, false to fail the message. */
  setNextAttempt?(message: QueuedMessage, now: Date): Awaitable<boolean | undefined>;
  /** `core_mailq_insert_active`: false when the module has taken the message; it is then in no queue. */
  insertActive?(record: DomainRecord, message: QueuedMessage): Awaitable<boolean | undefined>;
  /** `core_pre_mailq_message_requeue`: immediately before a message is requeued because its delivery failed. */
  preRequeue?(message: QueuedMessage, now: Date): Awaitable<void>;
  /** `core_binding_group_choose_binding`: the name of a binding of the group. */
  chooseBinding?(group: string, message: QueuedMessage): Awaitable<string | undefined>;
  /** `validate_set_binding`, as `rebind` runs it anew: the name of the binding. */
  setBinding?(message: QueuedMessage): Awaitable<string | undefined>;
  /** `core_post_validate_set_binding`: the binding of a queued message has changed. */
  bindingChanged?(message: QueuedMessage): Awaitable<void>;
  /** `core_generate_bounces`: whether a bounce is made; `enabled` is what the configuration says. */
  generateBounces?(message: QueuedMessage, enabled: boolean): Awaitable<boolean | undefined>;
  /** The text of a bounce about a message; without it the bounce says what failed and quotes the headers. */
  renderBounce?(message: QueuedMessage, note: string): Awaitable<Buffer>;
  /** `core_bounce_error_classify`: a code of 4/4-bounce-logger-classification-codes. */
  classifyBounce?(note: string): number | undefined;
  /** `core_log_attempt_v1` */
  logAttempt?: DeliveryEvent;
  /** `core_log_delivery_v1` */
  logDelivery?: DeliveryEvent;
  /** `core_log_transient_failure_v1` */
  logTransient?: DeliveryEvent;
  /** `core_log_permanent_failure_v1` */
  logPermanent?: DeliveryEvent;
}
