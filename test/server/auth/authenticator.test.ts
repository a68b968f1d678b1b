import { AcceptConstruct } from '../../../src/server/accept-construct';
import { Authenticator } from '../../../src/server/auth/authenticator';
import { cramMd5Digest, ha1Of } from '../../../src/server/auth/digests';
import {
  AuthProblem,
  type AuthRequest,
  type AuthScheme,
  type AuthVerdict,
} from '../../../src/server/auth/scheme';
import { VirtualClock } from '../../../src/server/clock';
import { VirtualFiles } from '../../../src/server/files/virtual-files';
import { Logs } from '../../../src/server/logs';
import { SocketAddress } from '../../../src/server/socket-address';

const FILES = {
  '/etc/plain': '# users\nanna:secret\nbert:a:b\n',
  '/etc/digest': `anna:here:${ha1Of('anna', 'here', 'secret')}\nanna:there:${ha1Of('anna', 'there', 'other')}\n`,
  '/etc/groups': 'root:root\nadmin:x:serv,anna\nops:anna\n',
  '/etc/broken': 'no colon, but a password',
};

const AC = new AcceptConstruct(
  'control',
  SocketAddress.ip('192.0.2.1', 4000),
  '*:2025',
  '00/00-00001-00000000',
);

function authenticator(performAuth?: AuthVerdict, schemes: Readonly<Record<string, AuthScheme>> = {}) {
  const clock = new VirtualClock(0);
  const logs = new Logs(clock);
  const fixtures = Object.entries(FILES).map(([path, content]) => ({ path, content: Buffer.from(content) }));
  const files = new VirtualFiles(fixtures, [], clock);
  const failures: (readonly unknown[])[] = [];
  const errors: unknown[] = [];
  const auth = new Authenticator({
    files,
    logs,
    scripts: () => ({
      schemes: new Map(Object.entries(schemes)),
      hooks: {
        performAuth: () => Promise.resolve(performAuth),
        logFailure: ({ user }, verdict) => Promise.resolve(void failures.push([user, verdict])),
      },
    }),
    onError: (error) => errors.push(error),
  });
  const login = (uri: string, user: string, password: string, more: Partial<AuthRequest> = {}) =>
    auth.authenticate({ uri, user, password, ac: AC, ...more });
  return { auth, login, files, failures, errors, panics: () => logs.paniclog.map(({ text }) => text) };
}

test.each([
  ['file:///etc/plain', 'anna', 'secret', 'ok'],
  ['file:///etc/plain', 'bert', 'a:b', 'ok'],
  ['file:///etc/plain', 'anna', 'Secret', 'fail'],
  ['file:///etc/plain', 'anna', '', 'fail'],
  ['file:///etc/plain', 'carl', 'secret', 'fail'],
  ['file:///etc/plain', 'toString', 'secret', 'fail'],
  ['digest:///etc/digest', 'anna', 'secret', 'ok'],
  ['digest:///etc/digest', 'anna', 'other', 'ok'],
  ['digest:///etc/digest', 'anna', 'wrong', 'fail'],
  ['digest:///etc/digest', 'carl', 'secret', 'fail'],
])('%s: %s with %j is %s', async (uri, user, password, status) => {
  const { login, panics } = authenticator();
  expect(await login(uri, user, password)).toEqual({ status });
  expect(panics()).toEqual([]);
});

test('a realm of the listener selects the lines of a digest file', async () => {
  const { login } = authenticator();
  const params = { realm: 'here' };
  expect(await login('digest:///etc/digest', 'anna', 'secret', { params })).toEqual({ status: 'ok' });
  expect(await login('digest:///etc/digest', 'anna', 'other', { params })).toEqual({ status: 'fail' });
});

test('CRAM-MD5 needs clear-text passwords', async () => {
  const { login, panics } = authenticator({ status: 'ok' });
  const nonce = '<1.2@host>';
  const cram = { crypt: 'hmac_md5', nonce } as const;
  const digest = cramMd5Digest(nonce, 'secret');
  expect(await login('file:///etc/plain', 'anna', digest, cram)).toEqual({ status: 'ok' });
  expect(await login('file:///etc/plain', 'bert', digest, cram)).toEqual({ status: 'fail' });
  expect(await login('file:///etc/plain', 'anna', 'secret', cram)).toEqual({ status: 'fail' });
  expect(await login('digest:///etc/digest', 'anna', digest, cram)).toEqual({ status: 'error' });
  expect(await login('ac_auth://', 'anna', digest, cram)).toEqual({ status: 'error' });
  expect(panics()).toEqual([
    '0:auth: digest:///etc/digest: /etc/digest has no clear-text passwords, so that CRAM-MD5 cannot be checked',
    '0:auth: ac_auth://: ac_auth_perform_auth takes clear-text passwords, so that CRAM-MD5 cannot be checked',
  ]);
});

test.each([
  ['nosuch://', "there is no authentication scheme 'nosuch'"],
  ['groups:///etc/groups', "the scheme 'groups' cannot check passwords"],
  ['/etc/plain', 'an authentication uri has to be scheme:// or scheme:///path'],
  ['file://', 'the uri names no file'],
  ['file:///etc/missing', '/etc/missing: No such file or directory'],
  ['file:///etc/broken', '/etc/broken:1: a line has to be user:password, and this one has no colon'],
  ['ac_auth://', 'no module provides the hook ac_auth_perform_auth'],
])('%s is an error, and the paniclog says why', async (uri, message) => {
  const { login, panics, errors } = authenticator();
  expect(await login(uri, 'anna', 'secret')).toEqual({ status: 'error' });
  expect(panics()).toEqual([`0:auth: ${uri}: ${message}`]);
  expect(errors).toEqual([]);
});

test('a file that changes is read anew', async () => {
  const { login, files } = authenticator();
  expect(await login('file:///etc/plain', 'anna', 'new')).toEqual({ status: 'fail' });
  files.set('/etc/plain', 'anna:new\n');
  expect(await login('file:///etc/plain', 'anna', 'new')).toEqual({ status: 'ok' });
  files.delete('/etc/plain');
  expect(await login('file:///etc/plain', 'anna', 'new')).toEqual({ status: 'error' });
});

test('HA1 of both kinds of files', async () => {
  const { auth, panics } = authenticator();
  const ha1 = ha1Of('anna', 'here', 'secret');
  expect(await auth.ha1('file:///etc/plain', 'anna', 'here')).toEqual({ status: 'ok', ha1 });
  expect(await auth.ha1('digest:///etc/digest', 'anna', 'here')).toEqual({ status: 'ok', ha1 });
  expect(await auth.ha1('digest:///etc/digest', 'anna', 'nowhere')).toEqual({ status: 'fail' });
  expect(await auth.ha1('file:///etc/plain', 'carl', 'here')).toEqual({ status: 'fail' });
  expect(await auth.ha1('ac_auth://', 'anna', 'here')).toEqual({ status: 'error' });
  expect(panics()).toEqual([
    "0:auth: ac_auth://: the scheme 'ac_auth' cannot serve Digest authentication: it does not tell its passwords",
  ]);
});

test('groups of a file', async () => {
  const { auth } = authenticator();
  const uri = 'groups:///etc/groups';
  expect(await auth.groupsOf(uri, 'anna')).toEqual({ status: 'ok', groups: ['admin', 'ops'] });
  expect(await auth.groupsOf(uri, 'carl')).toEqual({ status: 'ok', groups: [] });
  expect(await auth.allGroups(uri)).toEqual({ status: 'ok', groups: ['root', 'admin', 'ops'] });
  expect(await auth.groupsOf('file:///etc/plain', 'anna')).toEqual({ status: 'error', groups: [] });
  expect(await auth.allGroups('groups:///etc/missing')).toEqual({ status: 'error', groups: [] });
});

test.each<[AuthVerdict, (readonly unknown[])[]]>([
  [{ status: 'ok' }, []],
  [{ status: 'error' }, []],
  [{ status: 'fail', response: '531 no' }, [['anna', { status: 'fail', response: '531 no' }]]],
])('ac_auth: %j', async (verdict, logged) => {
  const { login, failures } = authenticator(verdict);
  expect(await login('ac_auth://', 'anna', 'x')).toEqual(verdict);
  expect(failures).toEqual(logged);
});

test('a script’s scheme gets what follows :// and the request; an unknown user has no groups', async () => {
  const authenticate = jest.fn<AuthVerdict, [string, AuthRequest]>(() => ({ status: 'ok' }));
  const { auth, login } = authenticator(undefined, {
    mine: { authenticate, groupsOf: () => undefined, allGroups: () => ['a'] },
  });
  expect(await login('mine:///some/where', 'anna', 'x')).toEqual({ status: 'ok' });
  expect(authenticate.mock.calls).toEqual([
    ['/some/where', { uri: 'mine:///some/where', user: 'anna', password: 'x', ac: AC }],
  ]);
  expect(await auth.groupsOf('mine://', 'anna')).toEqual({ status: 'fail', groups: [] });
  expect(await auth.allGroups('mine://')).toEqual({ status: 'ok', groups: ['a'] });
});

test('the error of a script is an error, and is handed on; a scheme’s own trouble is in the paniclog', async () => {
  const { login, errors, panics } = authenticator(undefined, {
    throws: { authenticate: () => Promise.reject(new Error('Lua error')) },
    troubled: {
      authenticate: () => {
        throw new AuthProblem('no function');
      },
    },
  });
  expect(await login('throws://', 'anna', 'x')).toEqual({ status: 'error' });
  expect(errors).toEqual([new Error('Lua error')]);
  expect(await login('troubled://', 'anna', 'x')).toEqual({ status: 'error' });
  expect(panics()).toEqual(['0:auth: troubled://: no function']);
});

test('addresses: IPv6 in brackets, IPv4 in IPv6 form, Unix sockets without a name', () => {
  expect(String(SocketAddress.ip('2001:db8::1', 25))).toBe('[2001:db8::1]:25');
  expect(String(SocketAddress.ip('::ffff:192.0.2.1', 25))).toBe('192.0.2.1:25');
  expect(String(SocketAddress.unix())).toBe('');
});
