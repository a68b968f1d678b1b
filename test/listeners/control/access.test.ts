import { userInfo, tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { AccessChecks, ControlAuthenticator } from '../../../src/listeners/control/access';
import { ControlConnection } from '../../../src/listeners/control/client';
import { createControlServer, type ControlServer } from '../../../src/listeners/control/server';
import { DEFAULT_SETTINGS, type ControlSettings } from '../../../src/listeners/control/settings';
import { ConsoleResult } from '../../../src/server/console/result';
import { MomentumCrash } from '../../../src/support/errors';

const REQUIRED = { status: 'NOT_AUTHN', output: 'Authorization required for console session' };
const REFUSED = { status: 'NOT_AUTHZ', output: 'Not Authorized for this command' };
const FAILED = { status: 'NOT_AUTHN', output: 'Authentication failed' };
const DONE = { status: 'COMPLETED', output: '' };

let server: ControlServer;
let connection: ControlConnection | undefined;
let events: unknown[];
let asked: unknown[];

const authenticator: ControlAuthenticator = {
  login(user, password, { authLogin }, { peer, listener }) {
    events.push({ user, uri: authLogin?.uri, peer: peer?.replace(/\d+$/, 'PORT'), listener });
    if (user === 'crash') return Promise.reject(new MomentumCrash('NIL_POINTER', 'down'));
    if (user === 'unchecked') return Promise.resolve('error');
    return Promise.resolve(password === 'secret: 100% ä' ? 'ok' : 'fail');
  },
  implicit: ({ user }) => events.push({ implicit: user }),
  timedOut: ({ user }) => events.push({ timedOut: user }),
};
const authorize: AccessChecks['authorize'] = ({ user }, command, { authorization }) => {
  asked.push(command);
  return Promise.resolve({ allowed: user === 'admin' && authorization?.uri === 'groups:///roles' });
};
const CHECKS = { authenticator, authorize };

async function listen(
  settings: Partial<ControlSettings>,
  address: string | number = 0,
  checks: AccessChecks = CHECKS,
) {
  server = createControlServer(
    (line, { user }) => Promise.resolve(new ConsoleResult(`${user ?? 'nobody'} ran ${line.toString()}`)),
    {
      ...checks,
      commands: () => ['one'],
      listener: { address, settings: () => ({ ...DEFAULT_SETTINGS, ...settings }) },
    },
  );
  return server.listen();
}

async function open(settings: Partial<ControlSettings>, checks?: AccessChecks): Promise<ControlConnection> {
  return (connection = await ControlConnection.open(await listen(settings, 0, checks)));
}

beforeEach(() => {
  events = [];
  asked = [];
});
afterEach(async () => {
  connection?.close();
  await server.close();
});

const AUTHENTICATED = { enableAuthentication: true, authLogin: { uri: 'file:///users' } };

test('without authentication everybody may run everything', async () => {
  const client = await open({});
  expect(client.greeting).toMatchObject(DONE);
  expect(await client.request('one')).toMatchObject({ output: 'nobody ran one' });
});

test('nothing may be run or asked before the login', async () => {
  const client = await open(AUTHENTICATED);
  expect(client.greeting).toMatchObject(REQUIRED);
  expect(await client.request('one')).toMatchObject(REQUIRED);
  expect(await client.request('')).toMatchObject(REQUIRED);
  expect(await client.commandNames()).toEqual([]);
});

test('with the right password a login gives the session its user', async () => {
  const client = await open(AUTHENTICATED);
  expect(await client.login('john doe', 'secret: 100% ä')).toMatchObject(DONE);
  expect(await client.request('one')).toMatchObject({ output: 'john doe ran one' });
  expect(await client.commandNames()).toEqual(['one']);
  expect(events).toEqual([{ user: 'john doe', uri: 'file:///users', peer: '127.0.0.1:PORT', listener: '0' }]);
});

test.each([
  ['a wrong password', 'john', 'wrong', FAILED],
  ['no password', 'john', '', FAILED],
  [
    'a password that cannot be checked',
    'unchecked',
    'secret',
    { status: 'NOT_AUTHN', output: 'Authentication failed: the password could not be checked' },
  ],
])('%s', async (_, user, password, answer) => {
  const client = await open(AUTHENTICATED);
  expect(await client.login(user, password)).toMatchObject(answer);
  expect(await client.request('one')).toMatchObject(REQUIRED);
});

test('a failed login takes back an earlier one', async () => {
  const client = await open(AUTHENTICATED);
  await client.login('john', 'secret: 100% ä');
  await client.login('admin', 'wrong');
  expect(await client.request('one')).toMatchObject(REQUIRED);
});

test('where nobody can check, no login succeeds', async () => {
  const client = await open(AUTHENTICATED, {});
  expect(await client.login('john', 'secret: 100% ä')).toMatchObject({ status: 'NOT_AUTHN' });
});

test('a crash while the password is checked takes the connection down', async () => {
  const client = await open(AUTHENTICATED);
  await expect(client.login('crash', '')).rejects.toThrow('the control channel');
});

test('Always_Allow needs no login', async () => {
  const client = await open({ ...AUTHENTICATED, alwaysAllow: true });
  expect(client.greeting).toMatchObject(DONE);
  expect(await client.request('one')).toMatchObject({ output: 'nobody ran one' });
  expect(await client.login('john', 'wrong')).toMatchObject(DONE);
  expect(await client.request('one')).toMatchObject({ output: 'john ran one' });
});

test.each([
  ['alone', {}],
  ['against Always_Allow', { alwaysAllow: true }],
  ['with authentication', AUTHENTICATED],
])('Always_Deny %s', async (_, settings) => {
  const client = await open({ ...settings, alwaysDeny: true });
  expect(client.greeting).toMatchObject(REQUIRED);
  expect(await client.login('john', 'secret: 100% ä')).toMatchObject(FAILED);
  expect(await client.request('one')).toMatchObject(REQUIRED);
});

describe('authorization', () => {
  const AUTHORIZED = {
    ...AUTHENTICATED,
    enableAuthorization: true,
    authorization: { uri: 'groups:///roles' },
  };

  test.each([
    ['admin', { status: 'COMPLETED', output: 'admin ran summary' }],
    ['john', REFUSED],
  ])('%s', async (user, answer) => {
    const client = await open(AUTHORIZED);
    await client.login(user, 'secret: 100% ä');
    expect(await client.request('summary')).toMatchObject(answer);
    expect(asked).toEqual(['summary']);
  });

  test.each([
    ['xml  config get "a b" ', ['config get "a b"']],
    ['config "open', ['config "open']],
    ['  ', []],
  ])('what is asked for %j', async (line, commands) => {
    const client = await open({ enableAuthorization: true });
    await client.request(line);
    expect(asked).toEqual(commands);
  });

  test('where nobody can decide, nothing is allowed', async () => {
    const client = await open({ enableAuthorization: true }, {});
    expect(await client.request('summary')).toMatchObject(REFUSED);
  });
});

describe('line tools', () => {
  async function exchange(settings: Partial<ControlSettings>, text: string): Promise<string> {
    const bound = await listen(settings);
    const socket = connect({ port: 'port' in bound ? bound.port : NaN, host: '127.0.0.1' });
    socket.end(text);
    return (await buffer(socket)).toString();
  }

  test('see that a login is needed', async () => {
    expect(await exchange(AUTHENTICATED, 'one\n')).toBe('Authorization required for console session\0');
  });

  test('can log in', async () => {
    const login = `\x01login john ${encodeURIComponent('secret: 100% ä')}\none\n`;
    expect(await exchange(AUTHENTICATED, login)).toBe('\0john ran one\0');
  });

  test('are told of a login that is not encoded', async () => {
    expect(await exchange(AUTHENTICATED, '\x01login john 100%\n')).toBe(
      'The name and the password of a login are percent-encoded\0',
    );
  });
});

test('a connection that does not log in is closed in the end, and accounted for', async () => {
  const bound = await listen({ ...AUTHENTICATED, timeout: 0.05 });
  const client = connect({ port: 'port' in bound ? bound.port : NaN, host: '127.0.0.1' });
  expect(await buffer(client)).toHaveLength(0);
  expect(events).toEqual([{ timedOut: undefined }]);
});

test('the peer of a Unix socket is authenticated by its system user', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'control-'));
  try {
    const client = await ControlConnection.open(await listen(AUTHENTICATED, path.join(directory, '2025')));
    connection = client;
    const { username } = userInfo();
    expect(client.greeting).toMatchObject(DONE);
    expect(await client.request('one')).toMatchObject({ output: `${username} ran one` });
    expect(events).toEqual([{ implicit: username }]);
    await server.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('each peer has the settings of its address', async () => {
  const peers: (string | undefined)[] = [];
  server = createControlServer(() => Promise.resolve(new ConsoleResult('')), {
    listener: {
      address: 0,
      settings: (peerIp) => {
        peers.push(peerIp);
        return DEFAULT_SETTINGS;
      },
    },
  });
  connection = await ControlConnection.open(await server.listen());
  await connection.request('one');
  expect(peers).toEqual(['127.0.0.1']);
});
