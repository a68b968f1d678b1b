/** Passwords as a data store keeps them (4/modules/auth-ds). All are byte strings. */
import { createHash } from 'node:crypto';
import { ha1Of } from './digests';
import { AuthProblem } from './scheme';

/** What a stored password is compared with. */
export interface GivenPassword {
  readonly user: string;
  readonly password: string;
  readonly realm: string;
}

type Check = (stored: string, given: GivenPassword) => boolean;
type Algorithm = 'md5' | 'sha1';

const SIZES: Readonly<Record<Algorithm, number>> = { md5: 16, sha1: 20 };

const sum = (algorithm: Algorithm, password: string, salt = Buffer.alloc(0)): Buffer =>
  createHash(algorithm).update(password, 'latin1').update(salt).digest();

const hex =
  (algorithm: Algorithm): Check =>
  (stored, { password }) =>
    stored.toLowerCase() === sum(algorithm, password).toString('hex');

const base64 =
  (algorithm: Algorithm): Check =>
  (stored, { password }) =>
    sum(algorithm, password).equals(Buffer.from(stored, 'base64'));

/** The sum of the password and a salt, and the salt behind it. */
const salted =
  (algorithm: Algorithm): Check =>
  (stored, { password }) => {
    const bytes = Buffer.from(stored, 'base64');
    const size = SIZES[algorithm];
    return sum(algorithm, password, bytes.subarray(size)).equals(bytes.subarray(0, size));
  };

const clear: Check = (stored, { password }) => stored === password;

/** RFC 2307, 5.3. */
const RFC_2307 = new Map<string, Check>(
  Object.entries({ md5: base64('md5'), smd5: salted('md5'), sha: base64('sha1'), ssha: salted('sha1') }),
);

const CHECKS = new Map<string, Check>(
  Object.entries({
    clear,
    'digest-md5': (stored, { user, realm, password }) =>
      stored.toLowerCase() === ha1Of(user, realm, password),
    md5: hex('md5'),
    md5_hex: hex('md5'),
    md5_base64: base64('md5'),
    sha1_hex: hex('sha1'),
    sha1_base64: base64('sha1'),
    smd5: salted('md5'),
    ssha1: salted('sha1'),
    rfc2307: (stored, given) => {
      const [, scheme = '', rest = ''] = /^\{(\w+)\}(.*)$/s.exec(stored) ?? [];
      const check = RFC_2307.get(scheme.toLowerCase());
      if (!check) throw new AuthProblem(`passwords with {${scheme}} cannot be checked`);
      return check(rest, given);
    },
  } satisfies Record<string, Check>),
);

/** Whether a password is the stored one. Throws AuthProblem for a type that is none, or that is not simulated. */
export function isStoredPassword(type: string, stored: string, given: GivenPassword): boolean {
  const check = CHECKS.get(type);
  if (!check) throw new AuthProblem(`passwords of the type '${type}' cannot be checked`);
  return check(stored, given);
}
