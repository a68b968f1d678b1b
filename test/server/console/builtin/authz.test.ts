import { authzCommands } from '../../../../src/server/console/builtin/authz';
import { BuiltinCommands, runBuiltin } from '../../../../src/server/console/builtin/dispatch';
import type { ConsoleHost } from '../../../../src/server/console/builtin/host';
import { inProcessSession, type ConsoleSession } from '../../../../src/server/console/builtin/session';
import { ServerState } from '../../../../src/server/server';

function run(line: string, session: Partial<ConsoleSession> = {}, roles: readonly string[] = []) {
  const server = new ServerState({ now: new Date(0), seed: 1 });
  server.authorization.roles = roles.map((name) => ({ name, allow: [] }));
  const words = line.replace(/^xml /, '').split(' ');
  const command = new BuiltinCommands(authzCommands).find(words)!;
  return runBuiltin(command, words, {
    line,
    xml: line.startsWith('xml '),
    server,
    host: {} as ConsoleHost,
    session: { ...inProcessSession(), ...session },
  });
}

// 4/console-commands/authz-id, 4/console-commands/authz-roles-list: XML with and without asking for it.
test.each(['authz id', 'xml authz id'])('%s', async (line) => {
  const result = await run(line, { user: 'tom', roles: ['users'] });
  expect(result.output).toBe(`<AuthzInformation username="tom">
  <Roles>
    <Role name="users"/>
  </Roles>
</AuthzInformation>
`);
  expect(result.data).toEqual({ username: 'tom', roles: ['users'] });
});

test('authz id of nobody, and of a name with special characters', async () => {
  expect((await run('authz id')).lines[0]).toBe('<AuthzInformation username="">');
  expect((await run('authz id', { user: '<"&>' })).lines[0]).toBe(
    '<AuthzInformation username="&lt;&quot;&amp;&gt;">',
  );
});

test('authz roles list: each role once', async () => {
  const result = await run('authz roles list', {}, ['users', 'admin', 'users']);
  expect(result.lines).toEqual(['<Roles>', ' <Role name="users"/>', ' <Role name="admin"/>', '</Roles>']);
  expect(result.data).toEqual({ roles: ['users', 'admin'] });
});
