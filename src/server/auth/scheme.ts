/** What an authentication scheme (`file`, `ac_auth`, one of a script's) does for listeners. */
import { MomentumSimError } from '../../support/errors';
import type { AcceptConstruct } from '../accept-construct';

/** `EC_AUTH_OK`, `EC_AUTH_FAIL`, `EC_AUTH_ERROR` (4/lua/ref-msys-register-auth). */
export type AuthStatus = 'ok' | 'fail' | 'error';

/** One attempt to log in. User, password and nonce are byte strings, one character per byte. */
export interface AuthRequest {
  /** Of the listener's parameters (`AuthPlainParameters = [ uri = "file:///path" ]`). */
  readonly uri: string;
  readonly user: string;
  /** Clear text, or what `crypt` made of it. */
  readonly password: string;
  /** `clear` when left out; `hmac_md5`: the 32 digits of a CRAM-MD5 answer (4/modules/auth-ds). */
  readonly crypt?: 'clear' | 'hmac_md5';
  /** The challenge that a password with `crypt` answers. */
  readonly nonce?: string;
  /** The other keys of the listener's parameters. */
  readonly params?: Readonly<Record<string, string>>;
  readonly ac: AcceptConstruct;
}

export interface AuthVerdict {
  readonly status: AuthStatus;
  /** What a module wants the client to be told in place of the usual answer. */
  readonly response?: string;
}

export interface Groups {
  readonly status: AuthStatus;
  /** Empty unless the status is `ok`. */
  readonly groups: readonly string[];
}

export interface Ha1 {
  readonly status: AuthStatus;
  /** MD5 of `user:realm:password` in 32 lower-case digits; only when the status is `ok`. */
  readonly ha1?: string;
}

/**
 * `file` is what follows `scheme://` in the uri. A scheme lacks the methods of what it cannot do. They throw
 * AuthProblem when they cannot tell.
 */
export interface AuthScheme {
  authenticate?(file: string, request: AuthRequest): AuthVerdict | Promise<AuthVerdict>;
  /** For Digest authentication; undefined: no such user in the realm. */
  ha1?(file: string, user: string, realm: string): Answer<string | undefined>;
  /** The groups of a user; undefined: no such user. */
  groupsOf?(file: string, user: string): Answer<readonly string[] | undefined>;
  /** All groups that there are. */
  allGroups?(file: string): Answer<readonly string[]>;
}

type Answer<T> = T | Promise<T>;

/** Calls the hooks of the module `ac_auth` (4/modules/ac-auth). Rejects with what a provider throws. */
export interface AuthHooks {
  /** `ac_auth_perform_auth`; undefined: no module has it. */
  performAuth(request: AuthRequest): Promise<AuthVerdict | undefined>;
  /** `ac_auth_log_auth_failure`. */
  logFailure(request: AuthRequest, verdict: AuthVerdict): Promise<void>;
}

/** What the scripts of a configuration do for authentication. */
export interface ScriptAuth {
  /** Registered schemes by name. */
  readonly schemes: ReadonlyMap<string, AuthScheme>;
  readonly hooks: AuthHooks;
}

/** The check itself failed: the verdict is `error`, and the paniclog has the message. */
export class AuthProblem extends MomentumSimError {
  readonly code = 'AUTH';
}
