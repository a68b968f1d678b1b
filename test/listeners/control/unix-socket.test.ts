import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { ControlConnection } from '../../../src/listeners/control/client';
import { createControlServer, type ControlServer } from '../../../src/listeners/control/server';
import { DEFAULT_SETTINGS } from '../../../src/listeners/control/settings';
import type { ConsoleSession } from '../../../src/server/console/builtin/session';
import { ConsoleResult } from '../../../src/server/console/result';
import { MomentumCrash, UsageError } from '../../../src/support/errors';

let directory: string;
let address: string;
let sessions: ConsoleSession[];
const servers: ControlServer[] = [];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'control-'));
  address = path.join(directory, '2025');
  sessions = [];
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  rmSync(directory, { recursive: true });
});

function createServer(fileMode = DEFAULT_SETTINGS.fileMode): ControlServer {
  const server = createControlServer(
    (line, session) => {
      sessions.push(session);
      if (line.toString() === 'crash') return Promise.reject(new MomentumCrash('NIL_POINTER', 'down'));
      return Promise.resolve(new ConsoleResult(line));
    },
    { listener: { address, settings: () => ({ ...DEFAULT_SETTINGS, fileMode }) } },
  );
  servers.push(server);
  return server;
}

async function request(line: string): Promise<string> {
  const connection = await ControlConnection.open(address);
  try {
    return (await connection.request(line)).output;
  } finally {
    connection.close();
  }
}

test('listens at the configured path, and removes it', async () => {
  const server = createServer();
  expect(await server.listen()).toEqual({ path: address });
  expect(await request('one')).toBe('one');
  await server.close();
  expect(existsSync(address)).toBe(false);
});

test('peers are known by the name of the system’s user', async () => {
  await createServer().listen();
  await request('one');
  expect(sessions).toMatchObject([{ user: userInfo().username, peer: undefined, listener: address }]);
});

test.each([[0o660], [0o600], [0o666]])('File_Mode %o', async (mode) => {
  await createServer(mode).listen();
  expect(statSync(address).mode & 0o777).toBe(mode);
});

test('a crash ends the connection', async () => {
  await createServer().listen();
  await expect(request('crash')).rejects.toThrow(UsageError);
});

test('the file of a server that died is replaced', async () => {
  const dying = `require('net').createServer().listen(${JSON.stringify(address)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', dying]);
  expect(statSync(address).isSocket()).toBe(true);
  await createServer().listen();
  expect(await request('one')).toBe('one');
});

test('a path where somebody listens is refused, and left alone', async () => {
  await createServer().listen();
  await expect(createServer().listen()).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/^the control channel cannot listen: .*EADDRINUSE/),
    cause: { code: 'EADDRINUSE' },
  });
  expect(await request('one')).toBe('one');
});

test('a file that is no socket is refused, and left alone', async () => {
  writeFileSync(address, 'precious');
  await expect(createServer().listen()).rejects.toThrow(UsageError);
  expect(readFileSync(address, 'utf8')).toBe('precious');
});

test('a directory that is not there is refused', async () => {
  await expect(createServer().listen(path.join(directory, 'no', 'where'))).rejects.toThrow(UsageError);
});
