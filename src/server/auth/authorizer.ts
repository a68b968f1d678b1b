import type { Accounting } from '../accounting';
import type { ConsoleSession } from '../console/builtin/session';
import type { Logs } from '../logs';
import { BadRolePattern, type Authorization, type RegexTester } from './authorization';
import type { Authenticator } from './authenticator';
import type { AuthStatus } from './scheme';

export interface AuthorizerOptions {
  readonly authenticator: Pick<Authenticator, 'groupsOf'>;
  readonly authorization: Authorization;
  readonly accounting: Accounting;
  readonly logs: Logs;
  readonly test: RegexTester;
}

export interface AuthzVerdict {
  readonly allowed: boolean;
  /** `error`: a group file or a pattern is broken. Nothing is allowed then. */
  readonly status: AuthStatus;
  /** The role that allowed it. */
  readonly role?: string;
}

/** Decides whether a console session may run a command, and writes that into the acctlog (4/control-authz). */
export class Authorizer {
  constructor(private readonly options: AuthorizerOptions) {}

  /**
   * Finds the user's groups by `uri` (of `AuthorizationParameters`; none without), which become the session's roles,
   * and asks the stanza `Authorization`. `command` is the line without the word `xml` before it. Rejects as
   * `Authenticator.groupsOf` does.
   */
  async authorize(session: ConsoleSession, uri: string | undefined, command: string): Promise<AuthzVerdict> {
    const { user = '', listener = '', peer } = session;
    const groups =
      uri === undefined
        ? ({ status: 'ok', groups: [] } as const)
        : await this.options.authenticator.groupsOf(uri, user);
    session.roles = groups.groups;
    const verdict: AuthzVerdict =
      groups.status === 'error'
        ? { allowed: false, status: 'error' }
        : this.#check(command, [user, ...groups.groups]);
    this.options.accounting.authorization({ listener, peer, user, command, ...verdict });
    return verdict;
  }

  #check(command: string, names: readonly string[]): AuthzVerdict {
    const { authorization, test, logs } = this.options;
    try {
      const role = authorization.find(command, names, test);
      return role === undefined ? { allowed: false, status: 'fail' } : { allowed: true, status: 'ok', role };
    } catch (error) {
      if (!(error instanceof BadRolePattern)) throw error;
      logs.panic('auth', error.message);
      return { allowed: false, status: 'error' };
    }
  }
}
