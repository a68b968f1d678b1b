import type { HttpRequest } from '../../server/http/messages';
import type { AccessVerdict } from './access';
import { quoted, readAuthorization, readBasic } from './auth-header';
import { isHa1, readDigest } from './digest';
import { Nonces } from './nonces';
import type { AuthParameters, HttpSettings } from './settings';

export type RequestHead = Omit<HttpRequest, 'body'>;

/** The authentication schemes behind the `uri` of the parameters. Names and passwords are byte strings. */
export interface HttpAuthenticator {
  plain(
    user: string,
    password: string,
    parameters: AuthParameters,
    request: RequestHead,
  ): Promise<'ok' | 'fail' | 'error'>;
  /** MD5 of `user:realm:password` in hexadecimal; undefined for an unknown user. A rejection is an error verdict. */
  ha1(
    user: string,
    realm: string,
    parameters: AuthParameters,
    request: RequestHead,
  ): Promise<string | undefined>;
}

/** One authentication, for the account log. */
export interface HttpAuthentication {
  readonly mechanism: 'Basic' | 'Digest';
  readonly user: string;
  readonly outcome: 'ok' | 'fail' | 'error';
  readonly request: RequestHead;
}

export interface AuthenticationOptions {
  readonly authenticator: HttpAuthenticator;
  /** Of the server: the realm unless the configuration has one. */
  readonly hostname: string;
  /** Gives integers from 0 to 2^32 - 1. */
  readonly random: () => number;
  /** Told of authentications under parameters with `log_authentication`. */
  readonly onAuthentication?: (authentication: HttpAuthentication) => void;
}

type Outcome =
  { readonly outcome: 'ok'; readonly username: string } | { readonly outcome: 'fail' | 'stale' | 'error' };

const FAILED: Outcome = { outcome: 'fail' };

/** HTTP Basic and Digest. */
export class Authentication {
  private readonly nonces: Nonces;

  constructor(
    private readonly options: AuthenticationOptions,
    clock: { now(): number },
  ) {
    this.nonces = new Nonces(options.random, clock);
  }

  /** Settings without parameters for any mechanism let nobody in. */
  async check(request: RequestHead, settings: HttpSettings): Promise<AccessVerdict> {
    if (!settings.authPlain && !settings.authDigest) return { status: 403 };
    const result = await this.authenticate(request, settings);
    if (result.outcome === 'ok') return { status: 'granted', username: result.username };
    if (result.outcome === 'error') return { status: 500 };
    return { status: 401, challenges: this.challenges(settings, result.outcome === 'stale') };
  }

  private async authenticate(request: RequestHead, settings: HttpSettings): Promise<Outcome> {
    const { authPlain, authDigest } = settings;
    const { scheme, credentials = '' } = readAuthorization(request.headers) ?? {};
    if (scheme === 'basic' && authPlain) return this.basic(request, credentials, authPlain);
    if (scheme === 'digest' && authDigest) return this.digest(request, credentials, authDigest);
    return FAILED;
  }

  private async basic(
    request: RequestHead,
    credentials: string,
    parameters: AuthParameters,
  ): Promise<Outcome> {
    const given = readBasic(credentials);
    if (!given) return FAILED;
    const { user, password } = given;
    const verdict = await this.options.authenticator.plain(user, password, parameters, request);
    this.record({ mechanism: 'Basic', user, outcome: verdict, request }, parameters);
    return verdict === 'ok' ? { outcome: 'ok', username: user } : { outcome: verdict };
  }

  private async digest(
    request: RequestHead,
    credentials: string,
    parameters: AuthParameters,
  ): Promise<Outcome> {
    const realm = this.realmOf(parameters);
    const given = readDigest(credentials, realm, request);
    if (!given) return FAILED;
    const user = given.username;
    const ha1 = await this.options.authenticator.ha1(user, realm, parameters, request);
    const verdict = verdictOf(ha1, given.matches);
    // A client that proves its password with an old nonce is told so, and need not ask its user again.
    if (verdict === 'ok' && !this.nonces.use(given.nonce, given.count)) return { outcome: 'stale' };
    this.record({ mechanism: 'Digest', user, outcome: verdict, request }, parameters);
    return verdict === 'ok' ? { outcome: 'ok', username: user } : { outcome: verdict };
  }

  private challenges({ authPlain, authDigest }: HttpSettings, isStale: boolean): string[] {
    return [
      ...(authDigest
        ? [
            `Digest realm=${quoted(this.realmOf(authDigest))}, qop="auth", algorithm=MD5, ` +
              `nonce="${this.nonces.issue()}"${isStale ? ', stale=true' : ''}`,
          ]
        : []),
      ...(authPlain ? [`Basic realm=${quoted(this.realmOf({ ...authPlain, realm: undefined }))}`] : []),
    ];
  }

  private realmOf({ realm = this.options.hostname }: AuthParameters): string {
    return realm.replace(/[^\x20-\x7e\x80-\xff]/g, '');
  }

  private record(authentication: HttpAuthentication, { log_authentication }: AuthParameters): void {
    if (log_authentication?.toLowerCase() === 'true') this.options.onAuthentication?.(authentication);
  }
}

function verdictOf(ha1: string | undefined, matches: (ha1: string) => boolean): 'ok' | 'fail' | 'error' {
  if (ha1 === undefined) return 'fail';
  if (!isHa1(ha1)) return 'error';
  return matches(ha1) ? 'ok' : 'fail';
}
