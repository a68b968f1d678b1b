import { parseCommandLine } from '../../server/console/command-line';
import type { ConsoleSession } from '../../server/console/builtin/session';
import { ConsoleResult } from '../../server/console/result';
import type { ControlSettings } from './settings';

/** `error`: the password could not be checked at all. */
export type LoginVerdict = 'ok' | 'fail' | 'error';

/** Who checks passwords and keeps account of it. */
export interface ControlAuthenticator {
  /** Checks a password by the parameters among `settings`; what is known of the peer is in `session`. */
  login(
    user: string,
    password: string,
    settings: ControlSettings,
    session: ConsoleSession,
  ): Promise<LoginVerdict>;
  /** Told of each Unix socket's peer, which counts as authenticated: such events go to the acctlog, too. */
  implicit?(session: ConsoleSession): void;
  /** Told of a connection that was closed because it had not logged in when its time was over. */
  timedOut?(session: ConsoleSession): void;
}

/** May the session's user run the command? */
export type AuthorizeCommand = (
  session: ConsoleSession,
  command: string,
  settings: ControlSettings,
) => Promise<{ readonly allowed: boolean }>;

export interface AccessChecks {
  readonly authenticator?: ControlAuthenticator;
  readonly authorize?: AuthorizeCommand;
}

/** What the console shows before it asks for a password (4/control-authz). */
export const LOGIN_REQUIRED = 'Authorization required for console session';
/** The answer to a command that no role of the user allows (4/control-authz). */
export const NOT_AUTHORIZED = 'Not Authorized for this command';

const LOGIN_ANSWERS: Readonly<Record<LoginVerdict, ConsoleResult>> = {
  ok: new ConsoleResult(''),
  fail: new ConsoleResult('Authentication failed', 'NOT_AUTHN'),
  error: new ConsoleResult('Authentication failed: the password could not be checked', 'NOT_AUTHN'),
};

/** Decides what one connection may do. Where nobody can check, nothing is allowed. */
export class AccessGate {
  #isIdentified: boolean;

  constructor(
    private readonly session: ConsoleSession,
    private readonly settings: ControlSettings,
    private readonly checks: AccessChecks,
  ) {
    this.#isIdentified = session.user !== undefined;
    if (this.#isIdentified) checks.authenticator?.implicit?.(session);
  }

  get isAuthenticated(): boolean {
    const { alwaysAllow, alwaysDeny, enableAuthentication } = this.settings;
    if (alwaysDeny) return false;
    return alwaysAllow || !enableAuthentication || this.#isIdentified;
  }

  /** A failed login takes back an earlier one. */
  async login(user: string, password: string): Promise<ConsoleResult> {
    this.session.roles = [];
    const verdict = await this.verdict(user, password);
    this.#isIdentified = verdict === 'ok';
    this.session.user = verdict === 'ok' ? user : undefined;
    return LOGIN_ANSWERS[verdict];
  }

  private async verdict(user: string, password: string): Promise<LoginVerdict> {
    const { alwaysAllow, alwaysDeny } = this.settings;
    if (alwaysDeny) return 'fail';
    const verdict = await this.checks.authenticator?.login(user, password, this.settings, this.session);
    return alwaysAllow ? 'ok' : (verdict ?? 'error');
  }

  /** The answer to a line that may not be run; undefined for one that may. */
  async refusal(line: string): Promise<ConsoleResult | undefined> {
    if (!this.isAuthenticated) return new ConsoleResult(LOGIN_REQUIRED, 'NOT_AUTHN');
    if (!this.settings.enableAuthorization) return undefined;
    const command = commandOf(line);
    if (command === '') return undefined;
    const decision = await this.checks.authorize?.(this.session, command, this.settings);
    return decision?.allowed ? undefined : new ConsoleResult(NOT_AUTHORIZED, 'NOT_AUTHZ');
  }

  /** To be called when the connection is closed because nothing came in time. */
  timedOut(): void {
    if (!this.isAuthenticated) this.checks.authenticator?.timedOut?.(this.session);
  }
}

/** Rules are written for commands, not for the word `xml` before them. */
function commandOf(line: string): string {
  try {
    return parseCommandLine(line).command;
  } catch {
    // An unclosed quote: the command will fail, but not before somebody has allowed it.
    return line.trim();
  }
}
