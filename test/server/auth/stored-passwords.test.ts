import { createHash } from 'node:crypto';
import { isStoredPassword } from '../../../src/server/auth/stored-passwords';

const sum = (algorithm: string, ...parts: string[]) => createHash(algorithm).update(parts.join(''), 'latin1');
const salted = (algorithm: string) =>
  Buffer.concat([sum(algorithm, 'secret', 'salt').digest(), Buffer.from('salt')]).toString('base64');

const STORED: readonly (readonly [type: string, stored: string])[] = [
  ['clear', 'secret'],
  ['digest-md5', sum('md5', 'alice:mail:secret').digest('hex')],
  ['md5', sum('md5', 'secret').digest('hex')],
  ['md5_hex', sum('md5', 'secret').digest('hex').toUpperCase()],
  ['md5_base64', sum('md5', 'secret').digest('base64')],
  ['sha1_hex', sum('sha1', 'secret').digest('hex')],
  ['sha1_base64', sum('sha1', 'secret').digest('base64')],
  ['smd5', salted('md5')],
  ['ssha1', salted('sha1')],
  ['rfc2307', `{MD5}${sum('md5', 'secret').digest('base64')}`],
  ['rfc2307', `{SMD5}${salted('md5')}`],
  ['rfc2307', `{sha}${sum('sha1', 'secret').digest('base64')}`],
  ['rfc2307', `{SSHA}${salted('sha1')}`],
];

test.each(STORED)('%s %s', (type, stored) => {
  const given = { user: 'alice', realm: 'mail' };
  expect(isStoredPassword(type, stored, { ...given, password: 'secret' })).toBe(true);
  expect(isStoredPassword(type, stored, { ...given, password: 'Secret' })).toBe(false);
  expect(isStoredPassword(type, stored.slice(0, -6), { ...given, password: 'secret' })).toBe(false);
});

test.each([
  ['ucrypt', 'x', "passwords of the type 'ucrypt' cannot be checked"],
  ['hmac_md5', 'x', "passwords of the type 'hmac_md5' cannot be checked"],
  ['rfc2307', '{CRYPT}x', 'passwords with {CRYPT} cannot be checked'],
  ['toString', 'x', "passwords of the type 'toString' cannot be checked"],
])('%s %s is no type that can be checked', (type, stored, message) => {
  expect(() => isStoredPassword(type, stored, { user: 'a', realm: '', password: 'x' })).toThrow(message);
});
