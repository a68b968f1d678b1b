/** Database servers of a test's own, in a directory of their own: nothing is shared, nothing stays. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface DatabaseServer {
  readonly port: number;
  stop(): Promise<void>;
}

type Owner = { uid: number; gid: number } | undefined;

/** Servers refuse to be root; their packages make a user for each. */
function ownerOf(user: string): Owner {
  if (process.getuid?.() !== 0) return undefined;
  const id = (option: string) => Number(execFileSync('id', [option, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function directoryOf(owner: Owner): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-db-'));
  if (owner) chownSync(directory, owner.uid, owner.gid);
  return directory;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits for the line that a server logs once it takes connections. */
async function started(server: ChildProcess, ready: RegExp): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.on('exit', () => reject(new Error(`the database server ended:\n${log}`)));
    for (const stream of [server.stdout, server.stderr])
      stream?.on('data', (text: Buffer) => {
        log += text.toString('utf8');
        if (ready.test(log)) resolve();
      });
  });
}

function running(
  server: ChildProcess,
  port: number,
  directory: string,
  signal: NodeJS.Signals,
): DatabaseServer {
  return {
    port,
    async stop() {
      const ended = new Promise((resolve) => server.on('exit', resolve));
      server.kill(signal);
      await ended;
      rmSync(directory, { recursive: true });
    },
  };
}

/** The user `tester` with the password `secret` owns the database `postgres`. */
export async function startPostgres(): Promise<DatabaseServer> {
  const owner = ownerOf('postgres');
  const directory = directoryOf(owner);
  const bin = execFileSync('sh', ['-c', 'ls -d /usr/lib/postgresql/*/bin | tail -n 1'], {
    encoding: 'utf8',
  }).trim();
  const data = path.join(directory, 'data');
  const password = spawnSync(
    'sh',
    [
      '-c',
      `echo secret > pw && '${bin}/initdb' -D '${data}' -U tester -A password --pwfile=pw -E UTF8 --no-sync`,
    ],
    { ...owner, cwd: directory, encoding: 'utf8' },
  );
  if (password.status !== 0) throw new Error(`initdb failed: ${password.stderr}`);
  const port = await freePort();
  const settings = [`unix_socket_directories=${directory}`, 'listen_addresses=127.0.0.1', 'fsync=off'];
  const server = spawn(
    path.join(bin, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...owner, cwd: directory },
  );
  await started(server, /ready to accept connections/);
  return running(server, port, directory, 'SIGINT');
}

/** The user `tester` with the password `secret` owns the database `test`. */
export async function startMariadb(): Promise<DatabaseServer> {
  const owner = ownerOf('mysql');
  const directory = directoryOf(owner);
  const data = path.join(directory, 'data');
  const install = spawnSync(
    'mariadb-install-db',
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal'],
    { ...owner, cwd: directory, encoding: 'utf8' },
  );
  if (install.status !== 0) throw new Error(`mariadb-install-db failed: ${install.stdout} ${install.stderr}`);
  const port = await freePort();
  const server = spawn(
    'mariadbd',
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${directory}/socket`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
    ],
    { ...owner, cwd: directory, env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } },
  );
  await started(server, /ready for connections/);
  const setup = `CREATE USER 'tester'@'%' IDENTIFIED BY 'secret'; CREATE USER 'tester'@'localhost' IDENTIFIED BY 'secret';
    CREATE DATABASE IF NOT EXISTS test; GRANT ALL ON *.* TO 'tester'@'%'; GRANT ALL ON *.* TO 'tester'@'localhost';`;
  const client = spawnSync(
    'mariadb',
    ['--no-defaults', `--socket=${directory}/socket`, '-u', 'root', '-e', setup],
    {
      encoding: 'utf8',
    },
  );
  if (client.status !== 0) throw new Error(`setting up MariaDB failed: ${client.stderr}`);
  return running(server, port, directory, 'SIGTERM');
}
