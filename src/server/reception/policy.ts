import type { AcceptConstruct } from '../accept-construct';
import type { Message } from '../messages/message';
import type { Capabilities } from './capabilities';
import type { RecipientList } from './recipients';
import type { SessionCounters } from './session';
import type { StateName } from './states';
import type { ValidationContext } from './validation-context';
import type { Reply } from './verdict';

/** The policy phases in their order; the callout of one is `validate_<phase>` (4/4-policy). */
export const PHASES = [
  'connect',
  'ehlo',
  'mailfrom',
  'rcptto',
  'rcptto_list',
  'rcptto_list_final',
  'data',
  'data_spool',
  'data_spool_each_rcpt',
  'set_binding',
] as const;

export type Phase = (typeof PHASES)[number];

/** What one run of a phase is about; which of these a phase has is in 4/lua/ref-msys-register-module. */
export interface PolicySubject {
  /** Undefined for what no session brought: the HTTP path, messages that a script injects, bounces. */
  readonly session: PolicySession | undefined;
  /** The session's; what no session brought has one of its own. */
  readonly vctx: ValidationContext;
  /** The command line, with its CRLF. */
  readonly command?: string;
  readonly message?: Message;
  readonly recipients?: RecipientList;
}

/** The session as policy sees it: to scripts, the message construct (3/3-api/structs-message-construct). */
export interface PolicySession {
  readonly accept: AcceptConstruct;
  readonly vctx: ValidationContext;
  /** `P=` of the rejectlog. */
  readonly state: string;
  /** The same state by the name of its constant, without `MC_STATE_` (3/3-api/apis-ec-log-rejection-2). */
  readonly stateName: StateName;
  readonly recipients: RecipientList;
  readonly capabilities: Capabilities;
  readonly counters: Readonly<SessionCounters>;
  /** The message of the transaction, from MAIL FROM on. */
  readonly message?: Message | undefined;
}

/** Hooks that are told of something and answer nothing that counts (3/3-api/hooks-core-*, 4/hooks). */
export type Notice =
  | 'core_validate_accept'
  | 'core_validate_connect'
  | 'core_inc_inbound_connections'
  | 'core_dec_inbound_connections'
  | 'core_server_esmtp_session_abort'
  | 'core_post_smtp_command'
  | 'core_inbound_smtp_tls_post_accept'
  | 'core_validate_data_spool_each_rcpt'
  | 'core_post_validate_data_spool_each_rcpt_v1'
  | 'core_post_validate_set_binding'
  | 'core_final_validation'
  | 'core_post_final_validation'
  | 'msg_gen_data_spool'
  | 'core_log_reception_v1';

/** What `core_final_validation2` decided: `EC_HOOK_CONT`, `EC_HOOK_DONE`, `EC_HOOK_RETRY`. */
export type FinalDecision = 'continue' | 'reject' | 'defer';

/** What `core_ec_message_enqueue` decided: `EC_MESSAGE_ENQUEUE_HOOK_CONT`, `…_OK`, `…_ERR`. */
export type EnqueueDecision = 'continue' | 'taken' | 'failed';

/**
 * What modules have to say while mail is received. Decisions of the phases are left in the validation context and on the
 * message. All errors of scripts are dealt with inside; what rejects here ends the server.
 */
export interface ReceptionPolicy {
  /** Whether a module has the callout or hook, by its Lua name. */
  has(name: string): boolean;
  /** Runs the callouts of a phase, module after module. */
  validate(phase: Phase, subject: PolicySubject): Promise<void>;
  /** `validate_dealloc` of the modules that something ran in; what they kept for the context is dropped. */
  dealloc(subject: PolicySubject): Promise<void>;
  notify(hook: Notice, subject: PolicySubject): Promise<void>;
  /** `core_pre_esmtp_auth`; undefined: the server authenticates by itself. */
  preAuthenticate(subject: PolicySubject): Promise<AuthOutcome['status'] | undefined>;
  /** `core_validate_auth`, after an attempt. */
  authenticated(subject: PolicySubject, outcome: AuthOutcome): Promise<void>;
  /** `core_pre_ec_can_relay_to`, then `core_config_get_domain_relay`; undefined: as the configuration says. */
  canRelayTo(domain: string, subject: PolicySubject): Promise<boolean | undefined>;
  /** `core_get_received_header_text`; undefined: the default text. */
  receivedHeader(subject: PolicySubject): Promise<string | undefined>;
  /** `core_get_protocol_string_for_trace_headers` */
  protocolString(subject: PolicySubject): Promise<string | undefined>;
  finalDecision(subject: PolicySubject): Promise<FinalDecision>;
  /** `core_config_get_message_routing_domain`; undefined: the recipient's domain. */
  routingDomain(subject: PolicySubject): Promise<string | undefined>;
  enqueue(subject: PolicySubject): Promise<EnqueueDecision>;
  /** `core_log_rejection` */
  logRejection(subject: PolicySubject, rejection: Rejection): Promise<void>;
}

/** How an attempt to authenticate ended. */
export interface AuthOutcome {
  readonly user: string;
  readonly status: 'pass' | 'fail' | 'error';
  /** The SASL mechanism. */
  readonly method: string;
}

/** Something that was refused. */
export interface Rejection extends Reply {
  readonly state: StateName;
}

/** A server without scripts. */
export const NO_POLICY: ReceptionPolicy = {
  has: () => false,
  validate: () => Promise.resolve(),
  dealloc: () => Promise.resolve(),
  notify: () => Promise.resolve(),
  preAuthenticate: () => Promise.resolve(undefined),
  authenticated: () => Promise.resolve(),
  canRelayTo: () => Promise.resolve(undefined),
  receivedHeader: () => Promise.resolve(undefined),
  protocolString: () => Promise.resolve(undefined),
  finalDecision: () => Promise.resolve('continue'),
  routingDomain: () => Promise.resolve(undefined),
  enqueue: () => Promise.resolve('continue'),
  logRejection: () => Promise.resolve(),
};
