/** HTTP Basic and Digest (RFC 7617, RFC 7616) as a client speaks them. */
import { createHash } from 'node:crypto';
import type { InProcessResponse, Momentum } from '../../../src';
import { hello } from './server';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

export const ha1 = (user: string, realm: string, password: string) => md5(`${user}:${realm}:${password}`);

/** The parameters of a challenge by name; empty when there is none of that scheme. */
export function challenge(response: InProcessResponse, scheme: 'Basic' | 'Digest'): Record<string, string> {
  const header = String(response.headers['www-authenticate'] ?? '');
  const [, parameters = ''] =
    new RegExp(`${scheme} ((?:[a-z]+=(?:"[^"]*"|[^", ]+)(?:, )?)+)`).exec(header) ?? [];
  const pairs = [...parameters.matchAll(/([a-z]+)=(?:"([^"]*)"|([^", ]+))/g)];
  return Object.fromEntries(pairs.map(([, name = '', text, token = '']) => [name, text ?? token]));
}

/** Answers the Digest challenge of GET /hello; the same `nonce` may be used again with a higher `count`. */
export function digest(
  { realm = '', nonce = '' }: Record<string, string>,
  user: string,
  password: string,
  count = 1,
  algorithm?: 'MD5-sess',
): { Authorization: string } {
  const nc = count.toString(16).padStart(8, '0');
  const secret = ha1(user, realm, password);
  const key = algorithm ? md5(`${secret}:${nonce}:c`) : secret;
  const response = md5([key, nonce, nc, 'c', 'auth', md5(`GET:${hello.url}`)].join(':'));
  const more = algorithm ? `, algorithm=${algorithm}` : '';
  return {
    Authorization: `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${hello.url}", qop=auth, nc=${nc}, cnonce="c", response="${response}"${more}`,
  };
}

/** The status of GET /hello for a user who answers the challenge. */
export async function digestStatus(mta: Momentum, user: string, password: string): Promise<number> {
  const given = challenge(await mta.request(hello), 'Digest');
  return (await mta.request({ ...hello, headers: digest(given, user, password) })).status;
}
