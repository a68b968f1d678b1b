/** The arguments of the callouts and hooks of reception, after `self` (4/lua/ref-msys-register-module, 3/3-api/hooks-core-*). */
import { acceptConstruct } from '../api/accept-construct';
import type { ClassDeclaration } from '../api/classes';
import { EcString } from '../api/ec-string';
import { ConnectionEvent, connectionEvent } from '../api/httpsrv-objects';
import { ecMessage } from '../api/message';
import { bindConstruct } from '../api/message-construct';
import { bindObject, ecString } from '../api/objects';
import { bindOutput, OutputPointer } from '../api/output-pointer';
import type { Runtime } from '../api/runtime';
import { tieToSession } from '../api/session-ties';
import { TimeValue, timeValue } from '../api/timeval';
import { validateContext } from '../api/validate-context';
import type { LuaValue } from '../lua';
import type { PolicySubject } from '../server/reception/policy';
import type { RecipientList } from '../server/reception/recipients';

/** The recipients as a list of C's: scripts change it through the validation context alone. */
const recipientNode: ClassDeclaration<RecipientList> = { name: 'msys.core:_eclist_node' };

type Argument = (subject: PolicySubject, runtime: Runtime) => LuaValue;

const string = (runtime: Runtime, bytes: string) => bindObject(runtime, ecString, new EcString(bytes));

const ARGUMENTS = {
  accept: ({ session }, runtime) => session && bindObject(runtime, acceptConstruct, session.accept),
  vctx: ({ vctx }, runtime) => bindObject(runtime, validateContext, vctx),
  construct: ({ session }, runtime) => bindConstruct(runtime, session),
  message: ({ message }, runtime) => message && bindObject(runtime, ecMessage, message),
  /** The command line as it came, with its CRLF (L14). */
  line: ({ command = '' }, runtime) => string(runtime, command),
  /** The command line (M8). */
  command: ({ command = '' }, runtime) => string(runtime, command.replace(/\r?\n$/, '')),
  recipients: ({ recipients }, runtime) => recipients && bindObject(runtime, recipientNode, recipients),
  now: (_subject, runtime) => bindObject(runtime, timeValue, new TimeValue(runtime.server.clock.now())),
  event: ({ session }, runtime) =>
    session && bindObject(runtime, connectionEvent, new ConnectionEvent(session.accept.connectionId)),
  /** A pointer to a number that nothing is known about. */
  pointer: (_subject, runtime) => bindOutput(runtime, 'int *', new OutputPointer(0)),
  /** A pointer that only C can follow. */
  nothing: () => undefined,
  /** The kind of the connection; with the descriptor after it, it is a `char *` with an `int`. */
  kind: (_subject, runtime) => string(runtime, 'SMTP'),
  zero: () => 0,
  emptyText: () => '',
} satisfies Readonly<Record<string, Argument>>;

type ArgumentName = keyof typeof ARGUMENTS;

const MESSAGE: readonly ArgumentName[] = ['message', 'accept', 'vctx'];

/** Callouts that are not here have other arguments besides. */
const SIGNATURES: Readonly<Record<string, readonly ArgumentName[] | undefined>> = {
  validate_connect: ['accept', 'vctx'],
  validate_ehlo: ['line', 'accept', 'vctx'],
  validate_mailfrom: ['command', 'accept', 'vctx'],
  validate_rcptto: ['message', 'command', 'accept', 'vctx'],
  validate_rcptto_list: ['recipients', 'vctx'],
  validate_rcptto_list_final: ['recipients', 'vctx'],
  validate_data: MESSAGE,
  validate_data_spool: MESSAGE,
  validate_data_spool_each_rcpt: MESSAGE,
  validate_set_binding: ['message'],
  validate_dealloc: [],
  core_validate_accept: ['accept', 'vctx'],
  core_validate_connect: ['accept', 'vctx'],
  core_inc_inbound_connections: ['kind', 'accept'],
  core_dec_inbound_connections: ['kind', 'accept'],
  core_server_esmtp_session_abort: ['accept'],
  core_post_smtp_command: ['pointer', 'construct', 'vctx'],
  core_inbound_smtp_tls_post_accept: ['construct', 'event', 'zero', 'nothing', 'now'],
  core_pre_esmtp_auth: ['accept', 'construct', 'vctx'],
  core_validate_data_spool_each_rcpt: MESSAGE,
  core_post_validate_data_spool_each_rcpt_v1: MESSAGE,
  core_post_validate_set_binding: ['message'],
  core_final_validation2: MESSAGE,
  core_final_validation: MESSAGE,
  core_post_final_validation: MESSAGE,
  core_get_protocol_string_for_trace_headers: ['accept', 'vctx', 'message'],
  core_ec_message_enqueue: ['message', 'now'],
  core_log_reception_v1: ['accept', 'message', 'now', 'emptyText', 'zero'],
  msg_gen_data_spool: ['message'],
};

/** The names of a callout's arguments. */
export const signatureOf = (name: string): readonly ArgumentName[] => SIGNATURES[name] ?? [];

/** Some of the arguments that callouts have, by their names. */
export function argumentsFor(
  runtime: Runtime,
  subject: PolicySubject,
  names: readonly ArgumentName[],
): LuaValue[] {
  if (subject.session) tieToSession(subject.session);
  return names.map((name) => (ARGUMENTS[name] as Argument)(subject, runtime));
}
