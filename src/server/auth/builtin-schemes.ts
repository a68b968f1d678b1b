/** The schemes that the product brings. */
import { parseDigests, parseGroups, parsePasswords } from './credentials';
import { cramMd5, ha1Of } from './digests';
import { ParsedFiles, type FileReader } from './parsed-files';
import { AuthProblem, type AuthHooks, type AuthRequest, type AuthScheme, type AuthStatus } from './scheme';

const statusOf = (isRight: boolean): { status: AuthStatus } => ({ status: isRight ? 'ok' : 'fail' });

function checkClear({ crypt = 'clear' }: AuthRequest, what: string): void {
  if (crypt !== 'clear') throw new AuthProblem(`${what}, so that CRAM-MD5 cannot be checked`);
}

/** `file:///path`: clear-text passwords (3/3-reference/conf-aaa). */
function fileScheme(files: FileReader): AuthScheme {
  const passwords = new ParsedFiles(files, parsePasswords);
  return {
    authenticate(file, { user, password, crypt, nonce = '' }) {
      const known = passwords.get(file).get(user);
      if (known === undefined) return { status: 'fail' };
      return statusOf(crypt === 'hmac_md5' ? cramMd5(nonce, password, known) : password === known);
    },
    ha1(file, user, realm) {
      const password = passwords.get(file).get(user);
      return password === undefined ? undefined : ha1Of(user, realm, password);
    },
  };
}

/** `digest:///path`: MD5 sums (4/control-auth). A clear-text password is tried in every realm of the user. */
function digestScheme(files: FileReader): AuthScheme {
  const digests = new ParsedFiles(files, parseDigests);
  return {
    authenticate(file, request) {
      checkClear(request, `${file} has no clear-text passwords`);
      const { user, password, params } = request;
      const right = digests
        .get(file)
        .filter((line) => line.user === user && (params?.realm ?? line.realm) === line.realm)
        .some(({ realm, ha1 }) => ha1 === ha1Of(user, realm, password));
      return statusOf(right);
    },
    ha1: (file, user, realm) =>
      digests.get(file).find((line) => line.user === user && line.realm === realm)?.ha1,
  };
}

/** `groups:///path`: who belongs to which group (4/control-authz). */
function groupsScheme(files: FileReader): AuthScheme {
  const groups = new ParsedFiles(files, parseGroups);
  return {
    groupsOf: (file, user) =>
      [...groups.get(file)].filter(([, members]) => members.has(user)).map(([name]) => name),
    allGroups: (file) => [...groups.get(file).keys()],
  };
}

/** `ac_auth://`: a hook of modules decides (4/modules/ac-auth), and another one hears of every refusal. */
function acAuthScheme(running: () => AuthHooks): AuthScheme {
  return {
    async authenticate(_file, request) {
      checkClear(request, 'ac_auth_perform_auth takes clear-text passwords');
      const hooks = running();
      const verdict = await hooks.performAuth(request);
      if (!verdict) throw new AuthProblem('no module provides the hook ac_auth_perform_auth');
      if (verdict.status === 'fail') await hooks.logFailure(request, verdict);
      return verdict;
    },
  };
}

export function builtinSchemes(files: FileReader, hooks: () => AuthHooks): ReadonlyMap<string, AuthScheme> {
  return new Map([
    ['file', fileScheme(files)],
    ['digest', digestScheme(files)],
    ['groups', groupsScheme(files)],
    ['ac_auth', acAuthScheme(hooks)],
  ]);
}

/** Names that a script's scheme cannot have. */
export const BUILTIN_SCHEMES: readonly string[] = ['file', 'digest', 'groups', 'ac_auth'];
