/** The context variables that the server sets itself (4/4-policy-context-variables, 4/4-policy-context-mess). */
import { addressParts } from '../delivery/address';
import type { AuthOutcome } from './policy';

type Dictionary = Map<string, string>;

const withoutEnd = (line: string): string => line.replace(/\r?\n$/, '');

export function noteEhlo(connection: Dictionary, line: string, name: string): void {
  connection.set('ehlo_string', withoutEnd(line));
  connection.set('ehlo_domain', name);
}

/** `who`: `mailfrom` or `rcptto`. */
export function noteAddress(
  message: Dictionary,
  who: 'mailfrom' | 'rcptto',
  line: string,
  address: string,
): void {
  const { localpart, domain } = addressParts(address);
  message.set(`${who}_string`, withoutEnd(line));
  message.set(`${who}_localpart`, localpart);
  message.set(`${who}_domain`, domain);
}

/** Success makes the session relayable (4/inbound-smtp). */
export function noteAuthentication(connection: Dictionary, { user, status, method }: AuthOutcome): void {
  connection.set('auth_name', method);
  connection.set('auth_status', status);
  connection.set('auth_user', user);
  if (status === 'pass') connection.set('can_relay', 'true');
}

/** What a TLS handshake agreed on. */
export interface TlsFacts {
  readonly cipher: string;
  /** Bits that the algorithm is based on, and those used. */
  readonly algorithmBits: number;
  readonly usedBits: number;
  readonly subject?: string;
  readonly subjectCommonName?: string;
  readonly issuer?: string;
  readonly issuerCommonName?: string;
  /** The client's certificate was verified. */
  readonly verified?: boolean;
  /** `TLSv1.3` */
  readonly protocol?: string;
}

export function noteTls(connection: Dictionary, facts: TlsFacts): void {
  const values = {
    tls: 'on',
    tls_cipher: facts.cipher,
    tls_cipher_algbits: String(facts.algorithmBits),
    tls_cipher_usebits: String(facts.usedBits),
    tls_client_cert_subject: facts.subject,
    tls_client_cert_subject_cn: facts.subjectCommonName,
    tls_client_cert_issuer: facts.issuer,
    tls_client_cert_issuer_cn: facts.issuerCommonName,
    tls_client_verified: facts.verified ? 'yes' : undefined,
  };
  for (const [key, value] of Object.entries(values)) if (value !== undefined) connection.set(key, value);
}
