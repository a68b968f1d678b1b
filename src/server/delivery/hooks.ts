import type { DomainRecord } from '../domain-record';
import type { Message } from '../messages/message';
import type { QueuedMessage } from '../queues';
import type { Connection } from './connections';
import type { DsnAction } from './dsn-action';
import type { HttpDeliverySession } from './http-session';

type Awaitable<T> = T | Promise<T>;

/** Seconds; `maxRetries`: 0 is `auto`, -1 `none`. */
export interface ExpirationParams {
  readonly messageExpiration: number;
  readonly retryInterval: number;
  readonly maxRetries: number;
}

/** A connection of a domain from a binding, or one that is about to be opened. */
export interface ConnectionSubject {
  readonly record: DomainRecord;
  readonly binding: string;
  readonly connection: Connection | undefined;
}

/** A host that a connection may be opened to. */
export interface HostSubject extends ConnectionSubject {
  readonly host: string;
  readonly ip: string;
  /** Connections that the configuration allows (-1: any number), and those that are open. */
  readonly maxConnections: number;
  readonly openConnections: number;
}

/** A message on its way over a connection. */
export interface TransferSubject {
  readonly message: QueuedMessage;
  readonly connection: Connection;
}

/** Parameters of MAIL FROM or RCPT TO by their keywords; '' is one without a value. */
export type SmtpArguments = Map<string, string>;

export type ConnectFailure = 'refuse' | 'timeout';

type DeliveryEvent = (
  message: QueuedMessage,
  record: DomainRecord,
  now: Date,
  note: string,
) => Awaitable<void>;

type Throttle = (record: DomainRecord, binding: string, now: Date) => Awaitable<Date | undefined>;
type ThrottleUse = (record: DomainRecord, binding: string) => Awaitable<void>;

/** The hooks of queues and routing (3/3-api/hooks-core). */
export interface QueueHooks {
  /** `core_get_msg_expiration_params`: the values to use instead of the given ones. */
  expirationParams?(
    message: QueuedMessage,
    params: ExpirationParams,
  ): Awaitable<Partial<ExpirationParams> | undefined>;
  /** `core_ec_message_set_next_attempt`: true when it has set `message.nextAttempt`, false to fail the message. */
  setNextAttempt?(message: QueuedMessage, now: Date): Awaitable<boolean | undefined>;
  /** `core_mailq_insert_active`: false when the module has taken the message; it is then in no queue. */
  insertActive?(record: DomainRecord, message: QueuedMessage): Awaitable<boolean | undefined>;
  /** `core_mailq_get_next_active`: what goes over a connection next; undefined: the first of the active queue. */
  nextActive?: (subject: ConnectionSubject) => Awaitable<QueuedMessage | undefined>;
  /** `core_pre_mailq_message_requeue`: immediately before a message is requeued because its delivery failed. */
  preRequeue?(message: QueuedMessage, now: Date): Awaitable<void>;
  /** `core_pre_mail_queue_maintain_domain` */
  preMaintain?(record: DomainRecord, now: Date): Awaitable<void>;
  /** `core_post_mail_queue_maintain_domain`; `activated`: how many messages became active. */
  postMaintain?(record: DomainRecord, now: Date, activated: number): Awaitable<void>;
  /** `core_config_fetch_domain_routes`: the value of the option `routes`. */
  domainRoutes?: (domain: string) => Awaitable<readonly string[] | undefined>;
  /** `core_binding_group_choose_binding`: the name of a binding of the group. */
  chooseBinding?(group: string, message: QueuedMessage): Awaitable<string | undefined>;
  /** `validate_set_binding`, as `rebind` runs it anew: the name of the binding. */
  setBinding?(message: QueuedMessage): Awaitable<string | undefined>;
  /** `core_post_validate_set_binding`: the binding of a queued message has changed. */
  bindingChanged?(message: QueuedMessage): Awaitable<void>;
}

/** The hooks of outbound connections and what is said over them. */
export interface ConnectionHooks {
  /** `core_connection_goal`: how many connections there should be; `goal` is what the server would say. */
  connectionGoal?: (record: DomainRecord, binding: string, goal: number) => Awaitable<number>;
  /** `core_veto_host_connection`: true when no connection to the host may be opened. */
  vetoHost?: (subject: HostSubject) => Awaitable<boolean>;
  /** `core_check_outbound_conn_throttle`: when the next connection may be opened; undefined: now. */
  connectionThrottle?: Throttle;
  /** `core_check_outbound_mess_throttle`: when the next message may be sent; undefined: now. */
  messageThrottle?: Throttle;
  /** `core_inc_outbound_conn_throttle` */
  connectionThrottleUsed?: ThrottleUse;
  /** `core_inc_outbound_mess_throttle` */
  messageThrottleUsed?: ThrottleUse;
  /** `core_inc_outbound_connections`, `core_log_client_connection_success`: a connection has come about. */
  connectionOpened?(subject: ConnectionSubject, now: Date): Awaitable<void>;
  /** `core_log_client_connection_failure` */
  connectionFailed?(subject: ConnectionSubject, failure: ConnectFailure, now: Date): Awaitable<void>;
  /** `core_dec_outbound_connections` */
  connectionClosed?(subject: ConnectionSubject): Awaitable<void>;
  /** `core_config_get_host_failure_retry`: seconds in place of the configured ones. */
  hostFailureRetry?(configured: number): Awaitable<number>;
  /** `core_smtp_client_mailfrom_args`: false when the message is to fail for now. */
  mailFromArguments?(subject: TransferSubject, args: SmtpArguments): Awaitable<boolean>;
  /** `core_smtp_client_rcptto_args`: false when the message is to fail for now. */
  rcptToArguments?(subject: TransferSubject, args: SmtpArguments): Awaitable<boolean>;
  /** `core_body_modify`: the body to send in place of the message's own; undefined: its own. */
  modifyBody?(message: QueuedMessage): Awaitable<Buffer | undefined>;
  /** `core_smtp_should_session_shutdown`: true to close the connection after a message. */
  closesSession?(subject: TransferSubject): Awaitable<boolean>;
}

/** The hooks of deliveries over HTTP (3/3-push/push-generic-delivery-lua). */
export interface HttpHooks {
  /** `http_request_eval`: before the request is sent. */
  httpRequest?(session: HttpDeliverySession): Awaitable<void>;
  /** `http_response_eval`, `generic_delivery_http_response_eval`: the answer is there. */
  httpResponse?(session: HttpDeliverySession): Awaitable<void>;
}

/** The hooks of reports about messages (RFC 3464). */
export interface ReportHooks {
  /** `core_generate_bounces`: whether a bounce is made; `enabled` is what the configuration says. */
  generateBounces?(message: QueuedMessage, enabled: boolean): Awaitable<boolean | undefined>;
  /** `core_generate_rfc3464_message`: a report in place of the server's, null for none; undefined: the server's. */
  generateReport?(message: QueuedMessage, action: DsnAction): Awaitable<Message | null | undefined>;
  /** `core_generate_rfc3464_message_preamble`: headers and text as the module left them. */
  reportPreamble?(
    message: QueuedMessage,
    action: DsnAction,
    headers: string,
  ): Awaitable<{ readonly text: string; readonly isComplete: boolean } | undefined>;
  /** `core_rfc3464_inline_message_fragment`: what stands in the place of the original message. */
  reportFragment?(message: QueuedMessage, action: DsnAction): Awaitable<string | undefined>;
  /** `core_post_generate_rfc3464_message` */
  reportGenerated?(message: QueuedMessage, report: Message, action: DsnAction): Awaitable<void>;
  /** `delay_dsn_generate_delay_dsn` */
  generateDelayDsn?: (message: QueuedMessage, enabled: boolean) => Awaitable<boolean | undefined>;
  /** `delay_dsn_next_delay_dsn`: when the next notice is due; undefined: as the server's schedule has it. */
  nextDelayDsn?(message: QueuedMessage, now: Date, when: Date): Awaitable<Date | undefined>;
  /** `delay_dsn_send_notification`: true when the module has dealt with the notice. */
  sendDelayDsn?(message: QueuedMessage): Awaitable<boolean>;
  /** `core_bounce_error_classify`: the same for the text of a message that came in. */
  classifyReceived?: (body: string) => Awaitable<number | undefined>;
  /** `core_smtp_error_classify`: a code of 4/4-bounce-logger-classification-codes. */
  classifyBounce?: (note: string, domain: string) => Awaitable<number | undefined>;
}

/** The hooks that are told what happens to messages. */
export interface LogHooks {
  /** `core_log_attempt_v1` */
  logAttempt?: DeliveryEvent;
  /** `core_log_delivery_v1` */
  logDelivery?: DeliveryEvent;
  /** `core_log_transient_failure_v1` */
  logTransient?: DeliveryEvent;
  /** `core_log_permanent_failure_v1` */
  logPermanent?: DeliveryEvent;
  /** `generic_delivery_msg_dispose`; `failure`: the code and text of what failed. */
  dispose?(message: QueuedMessage, failure: string | undefined): Awaitable<void>;
}

/**
 * What modules may have to say about queues and delivery. All are optional; what a hook leaves undefined is done as
 * the product does it without the hook. Names of the product's hooks are in front.
 */
export interface DeliveryHooks extends QueueHooks, ConnectionHooks, HttpHooks, ReportHooks, LogHooks {}
