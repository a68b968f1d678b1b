/** The files that users, passwords and groups are kept in. Texts are byte strings, one character per byte. */
import { AuthProblem } from './scheme';

/** Calls `read` with each line that is neither empty nor a comment; what it answers is what the line lacks. */
function readLines(path: string, text: string, read: (fields: string[]) => string | undefined): void {
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const problem = read(line.split(':'));
    if (problem) throw new AuthProblem(`${path}:${index + 1}: ${problem}`);
  }
}

/**
 * `user:password` lines (3/3-reference/conf-aaa); a password may contain colons, and of several lines of a user the
 * first counts. Throws AuthProblem, naming the line but not what is in it.
 */
export function parsePasswords(path: string, text: string): ReadonlyMap<string, string> {
  const passwords = new Map<string, string>();
  readLines(path, text, ([user = '', ...password]) => {
    if (password.length === 0) return 'a line has to be user:password, and this one has no colon';
    if (user === '') return 'the user name is empty';
    if (!passwords.has(user)) passwords.set(user, password.join(':'));
    return undefined;
  });
  return passwords;
}

/** One line of a digest file: `ha1` is the MD5 of `user:realm:password` in lower-case digits. */
export interface Digest {
  readonly user: string;
  readonly realm: string;
  readonly ha1: string;
}

/** `user:realm:HA1` lines as htdigest and ec_md5passwd write them (4/control-auth). Throws AuthProblem. */
export function parseDigests(path: string, text: string): readonly Digest[] {
  const digests: Digest[] = [];
  readLines(path, text, (fields) => {
    const [user = '', realm = '', ha1 = ''] = fields;
    if (fields.length !== 3)
      return `a line has to be user:realm:digest, and this one has ${fields.length} fields`;
    if (user === '') return 'the user name is empty';
    if (!/^[\da-f]{32}$/i.test(ha1)) return 'the digest is not an MD5 sum of 32 hexadecimal digits';
    digests.push({ user, realm, ha1: ha1.toLowerCase() });
    return undefined;
  });
  return digests;
}

/**
 * `group:user,user` or `group:unused:user,user` lines (4/control-authz); several lines of a group add up. Gives the
 * members of each group. Throws AuthProblem.
 */
export function parseGroups(path: string, text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  readLines(path, text, (fields) => {
    const name = fields[0]!.trim();
    if (fields.length < 2 || fields.length > 3)
      return `a line has to be group:users or group:unused:users, and this one has ${fields.length} fields`;
    if (name === '') return 'the group name is empty';
    const members = groups.get(name) ?? new Set();
    for (const user of fields.at(-1)!.split(',')) if (user.trim() !== '') members.add(user.trim());
    groups.set(name, members);
    return undefined;
  });
  return groups;
}
