import { createHash } from 'node:crypto';
import { readParameters } from './auth-header';

/** The credentials of an HTTP Digest request that are complete and of the kind that was offered. */
export interface DigestCredentials {
  readonly username: string;
  readonly nonce: string;
  /** Of the uses of the nonce, from 1. */
  readonly count: number;
  /** What the client's `response` must be when its password is the one behind `ha1`. */
  readonly matches: (ha1: string) => boolean;
}

const HASH = /^[0-9a-f]{32}$/i;

/**
 * Reads HTTP Digest credentials: MD5 or MD5-sess with `qop=auth`, for this realm and this request. Undefined for
 * anything else. What an htdigest file holds is made with MD5, and so serves no other algorithm.
 *
 * Source: RFC 7616, RFC 2617.
 */
export function readDigest(
  credentials: string,
  realm: string,
  request: { readonly method: string; readonly target: string },
): DigestCredentials | undefined {
  const parameters = readParameters(credentials);
  const get = (name: string) => parameters?.get(name) ?? '';
  const algorithm = (parameters?.get('algorithm') ?? 'MD5').toLowerCase();
  const [nonce, cnonce, nc, response] = [get('nonce'), get('cnonce'), get('nc'), get('response')];
  const isOffered =
    parameters?.has('username') &&
    get('realm') === realm &&
    get('qop').toLowerCase() === 'auth' &&
    ['md5', 'md5-sess'].includes(algorithm);
  const isComplete = nonce !== '' && cnonce !== '' && /^[0-9a-f]{8}$/i.test(nc) && HASH.test(response);
  if (!isOffered || !isComplete || !meansTarget(get('uri'), request.target)) return undefined;
  return {
    username: get('username'),
    nonce,
    count: parseInt(nc, 16),
    matches: (ha1) => {
      const secret = algorithm === 'md5' ? ha1.toLowerCase() : md5(`${ha1.toLowerCase()}:${nonce}:${cnonce}`);
      const ha2 = md5(`${request.method}:${get('uri')}`);
      return md5(`${secret}:${nonce}:${nc}:${cnonce}:${get('qop')}:${ha2}`) === response.toLowerCase();
    },
  };
}

export function isHa1(text: string): boolean {
  return HASH.test(text);
}

/** A proxy's client may have asked for the absolute form and signed the path, or the other way round. */
function meansTarget(uri: string, target: string): boolean {
  return uri !== '' && pathAndQuery(uri) === pathAndQuery(target);
}

function pathAndQuery(target: string): string {
  return target.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/, '') || '/';
}

function md5(bytes: string): string {
  return createHash('md5').update(bytes, 'latin1').digest('hex');
}
