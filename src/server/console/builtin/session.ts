/** One console session: a connection to the control channel, or the test itself. */
export interface ConsoleSession {
  /** The system user of a Unix socket's peer, or the name given at the login; undefined before it. */
  user: string | undefined;
  /** Of the user, by the group files of the listener. */
  roles: readonly string[];
  /** `ip:port`; undefined for a Unix socket and in process. */
  readonly peer: string | undefined;
  /** The listener's address as configured. */
  readonly listener: string | undefined;
  /** What the session keeps for commands, by a key of the command's own: the pending configuration transaction. */
  readonly state: Map<object, unknown>;
}

/** A session without a socket. */
export function inProcessSession(): ConsoleSession {
  return { user: undefined, roles: [], peer: undefined, listener: undefined, state: new Map() };
}
