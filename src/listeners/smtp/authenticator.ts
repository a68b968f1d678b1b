import type { AcceptConstruct } from '../../server/accept-construct';
import type { AuthVerdict, Ha1 } from '../../server/auth/scheme';
import type { AuthParameters } from '../http/settings';

/** One attempt to log in. User, password and nonce are byte strings. */
export interface SmtpLogin {
  readonly user: string;
  readonly password: string;
  /** The password is the answer of CRAM-MD5 to `nonce`. */
  readonly crypt?: 'hmac_md5';
  readonly nonce?: string;
  readonly parameters: AuthParameters;
  readonly accept: AcceptConstruct;
}

/** The authentication schemes behind the `uri` of the parameters (4/inbound-smtp). */
export interface SmtpAuthenticator {
  login(login: SmtpLogin): Promise<AuthVerdict>;
  /** MD5 of user, realm and password. */
  ha1(user: string, realm: string, parameters: AuthParameters): Promise<Ha1>;
  /** `log_authentication`: the acctlog is told. */
  record(user: string, status: AuthVerdict['status'], accept: AcceptConstruct): void;
}
