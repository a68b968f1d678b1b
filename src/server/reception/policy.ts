import type { AcceptConstruct } from '../accept-construct';
import type { Message } from '../messages/message';
import type { RecipientList } from './recipients';
import type { ValidationContext } from './validation-context';

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
  /** The command line, with its CRLF. */
  readonly command?: string;
  readonly message?: Message;
  readonly recipients?: RecipientList;
}

/** The session as policy sees it. */
export interface PolicySession {
  readonly accept: AcceptConstruct;
  readonly vctx: ValidationContext;
  /** The name of a state of the product's: `MC_STATE_…` is for scripts, this is the rejectlog's text. */
  readonly state: string;
}

/** What a hook about relaying decided. */
export interface RelayAnswer {
  /** Undefined: as the configuration says. */
  readonly canRelay?: boolean | undefined;
}

/**
 * What modules have to say while mail is received. Decisions of the phases are left in the session's validation context
 * and on the message. All errors of scripts are dealt with inside; what rejects here ends the server.
 */
export interface ReceptionPolicy {
  /** Whether a module has the callout or hook, by its Lua name: arguments need not be made otherwise. */
  has(name: string): boolean;
  /** Runs the callouts of a phase, module after module. */
  validate(phase: Phase, subject: PolicySubject): Promise<void>;
  /** `validate_dealloc` of all modules; the session's tables are dropped. */
  dealloc(session: PolicySession): Promise<void>;
  /**
   * Calls the providers of a hook of reception by its Lua name; the subject gives its arguments. Answers the number of
   * the provider that ended the round, 0 when none did.
   */
  hook(name: string, subject: PolicySubject, extra?: HookExtra): Promise<number>;
}

/** What some hooks have besides the subject. */
export interface HookExtra {
  /** Strings handed to the hook by value. */
  readonly texts?: readonly string[];
  readonly numbers?: readonly number[];
  /** A buffer that the hook may write. */
  readonly buffer?: { text: string };
}
