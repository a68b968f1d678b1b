/** One host that takes mail for a domain. */
export interface RouteHost {
  readonly preference: number;
  readonly host: string;
  readonly addresses: readonly string[];
  /** Seconds. */
  readonly ttl: number;
}

/** Where the mail of a domain goes: its hosts, best first. */
export interface Route {
  readonly mxs: readonly RouteHost[];
  /** Seconds. */
  readonly ttl: number;
  readonly error?: undefined;
}

/** A text with a code of 400 and more: 4xx is tried again later, 5xx fails the message (4/message-responses). */
export interface RouteError {
  readonly error: string;
}

export type RouteAnswer = Route | RouteError;

/**
 * Finds the hosts of a domain, or of a gateway that is not the domain's own but a binding's; may take virtual time.
 * Undefined: not to be asked, the far side's script is enough.
 */
export type RouteResolver = (
  domain: string,
  gateway?: string,
) => RouteAnswer | undefined | Promise<RouteAnswer | undefined>;
