import type { Logs } from '../logs';
import { builtinSchemes } from './builtin-schemes';
import type { FileReader } from './parsed-files';
import {
  AuthProblem,
  type AuthRequest,
  type AuthScheme,
  type AuthVerdict,
  type Groups,
  type Ha1,
  type ScriptAuth,
} from './scheme';

export interface AuthenticatorOptions {
  readonly files: FileReader;
  readonly logs: Logs;
  /** Of the running configuration. */
  scripts(): ScriptAuth;
  /** A scheme of the running configuration that is neither the product's nor a script's. */
  configured?(scheme: string): AuthScheme | undefined;
  /** Takes an error of a script's function; throws it when it has to end the server. */
  onError(error: unknown): void;
}

/**
 * Checks credentials and finds groups, by the scheme of a uri (4/control-auth, 4/control-authz). What cannot be
 * checked (an unknown scheme, a missing or malformed file) has the status `error` and a line in the paniclog, which
 * never holds a password. Every method rejects only with what `onError` throws.
 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #builtin: ReadonlyMap<string, AuthScheme>;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#builtin = builtinSchemes(options.files, () => options.scripts().hooks);
  }

  authenticate(request: AuthRequest): Promise<AuthVerdict> {
    return this.#ask(request.uri, 'authenticate', async (ask, file) => ask(file, request), {
      status: 'error',
    });
  }

  /** What Digest authentication compares with: the user's name, realm and password as one MD5 sum. */
  ha1(uri: string, user: string, realm: string): Promise<Ha1> {
    const answer = async (ask: NonNullable<AuthScheme['ha1']>, file: string): Promise<Ha1> => {
      const ha1 = await ask(file, user, realm);
      return ha1 === undefined ? { status: 'fail' } : { status: 'ok', ha1 };
    };
    return this.#ask(uri, 'ha1', answer, { status: 'error' });
  }

  /** The groups of a user, its roles; `fail` for a user that a script's scheme does not know. */
  groupsOf(uri: string, user: string): Promise<Groups> {
    const answer = async (ask: NonNullable<AuthScheme['groupsOf']>, file: string): Promise<Groups> => {
      const groups = await ask(file, user);
      return groups ? { status: 'ok', groups } : { status: 'fail', groups: [] };
    };
    return this.#ask(uri, 'groupsOf', answer, { status: 'error', groups: [] });
  }

  /** All groups that there are. */
  allGroups(uri: string): Promise<Groups> {
    const answer = async (ask: NonNullable<AuthScheme['allGroups']>, file: string): Promise<Groups> => ({
      status: 'ok',
      groups: await ask(file),
    });
    return this.#ask(uri, 'allGroups', answer, { status: 'error', groups: [] });
  }

  async #ask<M extends keyof AuthScheme, R>(
    uri: string,
    method: M,
    answer: (ask: NonNullable<AuthScheme[M]>, file: string) => R | Promise<R>,
    failure: R,
  ): Promise<R> {
    try {
      const { name, file } = parseUri(uri);
      const scheme =
        this.#builtin.get(name) ??
        this.#options.scripts().schemes.get(name) ??
        this.#options.configured?.(name);
      if (!scheme) throw new AuthProblem(`there is no authentication scheme '${name}'`);
      const ask = scheme[method];
      if (!ask) throw new AuthProblem(`the scheme '${name}' cannot ${ABILITIES[method]}`);
      return await answer(ask.bind(scheme) as NonNullable<AuthScheme[M]>, file);
    } catch (error) {
      if (error instanceof AuthProblem) this.#options.logs.panic('auth', `${uri}: ${error.message}`);
      else this.#options.onError(error);
      return failure;
    }
  }
}

/** What a scheme without the method cannot do. */
const ABILITIES: Readonly<Record<keyof AuthScheme, string>> = {
  authenticate: 'check passwords',
  ha1: 'serve Digest authentication: it does not tell its passwords',
  groupsOf: 'tell the groups of a user',
  allGroups: 'tell what groups there are',
};

function parseUri(uri: string): { name: string; file: string } {
  const [, name, file] = /^([^:/]+):\/\/(.*)$/s.exec(uri) ?? [];
  if (name === undefined || file === undefined)
    throw new AuthProblem('an authentication uri has to be scheme:// or scheme:///path');
  return { name, file };
}
