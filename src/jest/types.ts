/* eslint-disable @typescript-eslint/no-namespace, @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars --
   merging with the declarations of jest takes their form: a namespace, and the same type parameters */
import type { LogName } from '../index';

/** The matchers that `momentum-sim/jest` adds. `R` is what a matcher returns: nothing, or a promise after `resolves`. */
export interface MomentumMatchers<R> {
  /**
   * A domain (`mta.domain(name)`) is delayed: `mail_queue_delay_domain` is in force. `note` is a part of the note's
   * text, a pattern, or an asymmetric matcher (4/lua/ref-msys-core-mail-queue-delay-domain).
   */
  toBeDelayed(expected?: { readonly note?: string | RegExp }): R;
  /**
   * A server has an endpoint that was registered for exactly this path and answers this method: registered for it,
   * or for every method. `null` as the method asks for one that was registered for every method
   * (4/lua/ref-msys-httpsrv-register).
   */
  toHaveEndpoint(method: string | null, path: string): R;
  /** A server has a console command that was registered with exactly this prefix (4/lua/ref-msys-register-control). */
  toHaveCommand(prefix: string): R;
  /**
   * An entry of one of a server's logs, in its complete layout, contains a text or matches a pattern. Looking at the
   * paniclog declares what is in it expected.
   */
  toHaveLogged(log: LogName, pattern: string | RegExp): R;
  /** A server has recorded a diagnostic of this code. Declares those recorded so far expected. */
  toHaveDiagnostic(code: string): R;
  /**
   * A script of the server called a function of the product, with these first arguments; asymmetric matchers may stand
   * for them. Names are those of the journal: `msys.dnsLookup`, `msg:header`.
   */
  toHaveCalled(api: string, ...args: unknown[]): R;
  /** A message of `mta.messages` has a header, in whatever case; with a value: exactly this one, or one that fits. */
  toHaveHeader(name: string, value?: string | RegExp): R;
  /** A message carries a context variable, of the message or of the connection; with a value: exactly this one. */
  toHaveContext(key: string, value?: string | RegExp): R;
  /** A message has this binding. */
  toBeBoundTo(binding: string): R;
  /**
   * The server took what was sent: a reply of `mta.smtp.session()` has a code of 2xx or 3xx; all recipients of an
   * `mta.smtp.send()` were accepted, and the message as well.
   */
  toBeAccepted(): R;
  /**
   * The server refused: with this code, if one is given, and a text that contains this one or fits. Of
   * `mta.smtp.send()`, the first refusal counts.
   */
  toBeRejected(code?: number, text?: string | RegExp): R;
  /** A server is down: something happened that takes the real process down. */
  toHaveCrashed(): R;
}

declare global {
  namespace jest {
    interface Matchers<R, T = {}> extends MomentumMatchers<R> {}
  }
}

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends MomentumMatchers<R> {}
}
