import { testPcre } from '../../../src/api/regex-tester';
import { Accounting } from '../../../src/server/accounting';
import { Authorization } from '../../../src/server/auth/authorization';
import { Authorizer } from '../../../src/server/auth/authorizer';
import type { Groups } from '../../../src/server/auth/scheme';
import { VirtualClock } from '../../../src/server/clock';
import { inProcessSession, type ConsoleSession } from '../../../src/server/console/builtin/session';
import { Logs } from '../../../src/server/logs';

const ROLES = [
  { name: 'root', allow: ['.*'] },
  { name: 'admin', allow: ['^config', '^summary$'] },
  { name: 'john', allow: ['^flush', ''] },
  { name: 'john', allow: ['(?i)^MAILQ'] },
  { name: 'nothing', allow: [] },
  { name: 'broken', allow: ['^version$', '('] },
];

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  tom: ['users', 'admin'],
  chef: ['admin', 'root'],
  both: ['broken', 'root'],
};

function authorizer(groupsOf = (user: string): Groups => ({ status: 'ok', groups: GROUPS[user] ?? [] })) {
  const clock = new VirtualClock(1_700_000_000_000);
  const logs = new Logs(clock);
  const authorization = new Authorization();
  authorization.roles = ROLES;
  const decide = new Authorizer({
    authenticator: { groupsOf: (_uri, user) => Promise.resolve(groupsOf(user)) },
    authorization,
    accounting: new Accounting(logs, clock),
    logs,
    test: testPcre,
  });
  const session = (user: string): ConsoleSession => ({
    ...inProcessSession(),
    user,
    listener: '*:2025',
    peer: '192.0.2.1:4000',
  });
  return { decide, session, logs };
}

test.each([
  ['tom', 'summary', 'admin'],
  ['tom', 'config reload', 'admin'],
  ['tom', 'summary reset', undefined],
  ['tom', 'flush domain x', undefined],
  ['chef', 'summary', 'admin'],
  ['chef', 'shutdown', 'root'],
  ['root', 'shutdown', 'root'],
  ['john', 'mailq', 'john'],
  ['nothing', 'summary', undefined],
  ['nobody', 'summary', undefined],
  ['', 'summary', undefined],
])('%s, %j: allowed by %s', async (user, command, role) => {
  const { decide, session, logs } = authorizer();
  const verdict = await decide.authorize(session(user), 'groups:///roles', command);
  expect(verdict).toEqual(
    role === undefined ? { allowed: false, status: 'fail' } : { allowed: true, status: 'ok', role },
  );
  const tail = role === undefined ? `0@${command}` : `1@${command}@${role}`;
  expect(logs.acctlog.map(({ text }) => text)).toEqual([
    `1700000000@Z@*:2025@192.0.2.1:4000@${user}@${tail}`,
  ]);
});

test('the groups become the roles of the session', async () => {
  const { decide, session } = authorizer();
  const tom = session('tom');
  await decide.authorize(tom, 'groups:///roles', 'summary');
  expect(tom.roles).toEqual(['users', 'admin']);
});

test('without a uri only the user’s name counts', async () => {
  const { decide, session } = authorizer();
  expect(await decide.authorize(session('root'), undefined, 'x')).toMatchObject({ allowed: true });
  expect(await decide.authorize(session('chef'), undefined, 'x')).toMatchObject({ allowed: false });
});

test('groups that cannot be told allow nothing, not even to root', async () => {
  const { decide, session, logs } = authorizer(() => ({ status: 'error', groups: [] }));
  const verdict = await decide.authorize(session('root'), 'groups:///missing', 'summary');
  expect(verdict).toEqual({ allowed: false, status: 'error' });
  expect(logs.acctlog[0]?.text).toMatch(/@root@-1@summary$/);
});

test('a user whom the scheme does not know has a name all the same', async () => {
  const { decide, session } = authorizer(() => ({ status: 'fail', groups: [] }));
  expect(await decide.authorize(session('root'), 'x://', 'summary')).toMatchObject({ role: 'root' });
});

test('a pattern that does not compile is an error when it comes to it', async () => {
  const { decide, session, logs } = authorizer();
  expect(await decide.authorize(session('both'), 'x://', 'version')).toMatchObject({ role: 'broken' });
  expect(await decide.authorize(session('both'), 'x://', 'summary')).toEqual({
    allowed: false,
    status: 'error',
  });
  expect(logs.paniclog.map(({ message }) => message)).toEqual([
    'Authorization Role "broken": allow pattern "(": missing ) at offset 1',
  ]);
  expect(logs.acctlog.at(-1)?.text).toMatch(/@both@-1@summary$/);
});
