/** Which session an object of the product's belongs to. */
import type { PolicySession } from '../server/reception/policy';

const sessions = new WeakMap<object, PolicySession>();

/** Lets the session be found from its accept construct and its validation context. */
export function tieToSession(session: PolicySession): void {
  sessions.set(session.accept, session);
  sessions.set(session.vctx, session);
}

/** The session of an accept construct or a validation context; undefined for what no SMTP session brought. */
export const sessionOf = (object: object): PolicySession | undefined => sessions.get(object);
