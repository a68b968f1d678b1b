/** What macros are expanded about: the message and the session of the callout that is running. */
import type { HostCall } from '../lua';
import type { Message } from '../server/messages/message';
import type { PolicySession } from '../server/reception/policy';
import { contextOf, type Runtime } from './runtime';

export interface MacroSubject {
  readonly runtime: Runtime;
  readonly message: Message | undefined;
  readonly session: PolicySession | undefined;
  /** The context dictionaries; a message has its own. */
  readonly context: {
    readonly message: ReadonlyMap<string, string>;
    readonly connection: ReadonlyMap<string, string>;
  };
  /** IP address of the peer, empty without one. */
  readonly peer: string;
}

const NOTHING: ReadonlyMap<string, string> = new Map<string, string>();

/** Expands the argument of a macro; undefined for a macro that the family does not have. */
export type MacroFamily = (name: string, subject: MacroSubject) => string | undefined;

export function macroSubject(runtime: Runtime, call: HostCall): MacroSubject {
  const entry = contextOf(call);
  const session = entry?.subject?.session;
  const message = entry?.subject?.message ?? session?.message;
  const dictionaries = session?.vctx ?? message?.context;
  return {
    runtime,
    message,
    session,
    context: {
      message: dictionaries?.message ?? NOTHING,
      connection: dictionaries?.connection ?? NOTHING,
    },
    peer: session?.accept.remoteAddress.host ?? message?.origin.receivedFrom?.host ?? entry?.peer ?? '',
  };
}
