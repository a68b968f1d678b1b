import { Momentum, type MomentumOptions } from '../../src';
import { ControlConnection } from '../../src/listeners/control/client';

const SQLITE = `
  CREATE TABLE users (name TEXT, password TEXT, kind TEXT);
  INSERT INTO users VALUES ('alice', 'secret', 'C'), ('bob', '5ebe2294ecd0e0f08eab7690d2a6ee69', 'M');
  CREATE TABLE roles (name TEXT, role TEXT);
  INSERT INTO roles VALUES ('alice', 'admins'), ('alice', 'users')`;

/** A server with this stanza `Scheme` of auth_ds and these listeners. */
const start = (scheme: string, listeners: string, options: MomentumOptions = {}) =>
  Momentum.start({
    datasources: { people: { sqlite: SQLITE } },
    ...options,
    config: { text: `alerting { } auth_ds { Scheme "people" { ${scheme} } } ${listeners}` },
  });

const PASSWORDS = `Authenticate {
  query = "SELECT name, password, kind FROM users WHERE name = :user"
  cache = "people"
  map = [ user = "%{username}" ]
  returns_password = "true"
  password_column = "password"
  type_column = "kind"
  type_map = [ C = "clear" M = "md5_hex" ]
}`;

const smtp = (mechanism: string, option: string) => `ESMTP_Listener {
  SMTP_Extensions = ( "AUTH ${mechanism}" )
  ${option} = [ uri = "people://" ]
  Listen ":25" { }
}`;

/** The code of the reply to AUTH. */
async function authenticated(mta: Momentum, user: string, password: string): Promise<number> {
  const session = mta.smtp.session();
  await session.ehlo();
  return (await session.auth({ user, password })).code;
}

test('AUTH LOGIN compares with the passwords of a data source, each of its own kind', async () => {
  await using mta = await start(PASSWORDS, smtp('LOGIN', 'AuthLoginParameters'));
  for (const user of ['alice', 'bob']) {
    expect(await authenticated(mta, user, 'secret')).toBe(235);
    expect(await authenticated(mta, user, 'wrong')).toBe(535);
  }
  expect(await authenticated(mta, 'nobody', 'secret')).toBe(535);
  expect(mta.datasources.get('people')!.queries).toHaveLength(5);
});

test('CRAM-MD5 needs the password in clear text', async () => {
  await using mta = await start(PASSWORDS, smtp('CRAM-MD5', 'AuthCramMD5Parameters'));
  expect(await authenticated(mta, 'alice', 'secret')).toBe(235);
  expect(await authenticated(mta, 'alice', 'wrong')).toBe(535);
  expect(await authenticated(mta, 'bob', 'secret')).toBeGreaterThan(400);
  expect(mta.paniclog.map(({ message }) => message)).toEqual([
    "people://: CRAM-MD5 cannot be checked with passwords of the type 'md5_hex'",
  ]);
});

test('the query may check the password itself', async () => {
  const query = `Authenticate {
    query = "SELECT count(*) FROM users WHERE name = :user AND password = :pass AND :scheme = 'people:// clear'"
    cache = "people"
    map = [ user = "%{username}" pass = "%{password}" scheme = "%{uri} %{crypt}%{unknown}" ]
  }`;
  await using mta = await start(query, smtp('LOGIN', 'AuthLoginParameters'));
  expect(await authenticated(mta, 'alice', 'secret')).toBe(235);
  expect(await authenticated(mta, 'alice', 'wrong')).toBe(535);
});

test('a query that fails lets nobody in, and the paniclog tells why', async () => {
  const broken = 'Authenticate { query = "SELECT nonsense" cache = "people" }';
  await using mta = await start(broken, smtp('LOGIN', 'AuthLoginParameters'));
  expect(await authenticated(mta, 'alice', 'secret')).toBeGreaterThan(400);
  expect(mta.paniclog.at(-1)!.message).toMatch(/^people:\/\/: .*no such column: nonsense/);
});

test('the groups of a user allow commands', async () => {
  const groups = `QueryGroups {
    query = "SELECT name, role FROM roles WHERE name = :user"
    cache = "people"
    group_column = "role"
    map = [ user = "%{username}" ]
  }`;
  await using mta = await start(
    `${PASSWORDS} ${groups}`,
    `Authorization { Role "admins" { allow = ( "^pid" ) } }
     Control_Listener {
       Enable_Authentication = true
       Enable_Authorization = true
       AuthLoginParameters = [ uri = "people://" ]
       AuthorizationParameters = [ uri = "people://" ]
       Listen "*:2025" { }
     }`,
  );
  const { control } = await mta.listen({ control: 0 });
  const outputs: string[] = [];
  for (const user of ['alice', 'bob']) {
    const connection = await ControlConnection.open(control!);
    try {
      await connection.login(user, 'secret');
      outputs.push((await connection.request('pid')).output);
    } finally {
      connection.close();
    }
  }
  expect(outputs).toEqual(['1\n', 'Not Authorized for this command']);
});
