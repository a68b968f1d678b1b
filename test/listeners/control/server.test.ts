import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { controlRequest } from '../../../src/listeners/control/client';
import { createControlServer, type ControlServer } from '../../../src/listeners/control/server';
import type { RunCommand } from '../../../src/listeners/control/session';
import { ConsoleResult } from '../../../src/server/console/result';
import { MomentumCrash, UsageError } from '../../../src/support/errors';

const SPECIAL: Readonly<Record<string, () => Promise<ConsoleResult>>> = {
  fail: () => Promise.reject(new Error('broken')),
  crash: () => Promise.reject(new MomentumCrash('NIL_POINTER', 'the server is down')),
  binary: () => Promise.resolve(new ConsoleResult(Buffer.of(1, 0, 0xff))),
};

const echo: RunCommand = (line) => {
  const special = SPECIAL[line.toString()];
  return special ? special() : Promise.resolve(new ConsoleResult(Buffer.concat([Buffer.from('> '), line])));
};

let server: ControlServer;
let sockets: Socket[];

async function listen(run: RunCommand = echo, limits = {}): Promise<number> {
  server = createControlServer(run, limits);
  const bound = await server.listen(0);
  return 'port' in bound ? bound.port : NaN;
}

function open(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  sockets.push(socket);
  return socket;
}

/** Sends bytes, ends, and reads all that comes. */
async function exchange(port: number, ...packets: readonly (string | Uint8Array)[]): Promise<string> {
  const socket = open(port).setNoDelay(true);
  for (const packet of packets) {
    await new Promise((resolve) => socket.write(packet, resolve));
  }
  socket.end();
  return (await buffer(socket)).toString('latin1');
}

/** Its first command waits for `finish`. */
function slowCommand() {
  let begin: () => void;
  let finish: () => void;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const run: RunCommand = async (line) => {
    begin();
    if (line.toString() === 'slow') await finished;
    return new ConsoleResult('done');
  };
  return { run, begun, finish: () => finish() };
}

beforeEach(() => {
  sockets = [];
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await server.close();
});

test.each<[string, (string | Uint8Array)[], string]>([
  ['a command', ['one\n'], '> one\0'],
  ['CRLF', ['one\r\n'], '> one\0'],
  ['two commands in one packet', ['one\ntwo\n'], '> one\0> two\0'],
  ['a command in several packets', ['o', 'n', 'e\nt', 'wo\n'], '> one\0> two\0'],
  ['a command without a line end', ['one'], '> one\0'],
  ['an empty line', ['\n'], '> \0'],
  ['bytes beyond ASCII', [Buffer.of(0xff, 0xfe, 0x0a)], '> \xff\xfe\0'],
  ['a NUL in the output', ['binary\n'], '\x01\\0\xff\0'],
  ['an error', ['fail\none\n'], 'broken\0> one\0'],
  ['quit', ['one\nquit\ntwo\n'], '> one\0'],
])('%s', async (_, packets, answer) => {
  expect(await exchange(await listen(), ...packets)).toBe(answer);
});

test('commands of one connection run one after the other', async () => {
  const log: string[] = [];
  const port = await listen(async (line) => {
    log.push(`begin ${String(line)}`);
    await new Promise((resolve) => setImmediate(resolve));
    log.push(`end ${String(line)}`);
    return new ConsoleResult('');
  });
  expect(await exchange(port, 'a\nb\n')).toBe('\0\0');
  expect(log).toEqual(['begin a', 'end a', 'begin b', 'end b']);
});

test('quit ends the connection although the client has not', async () => {
  const socket = open(await listen());
  socket.write('quit\n');
  expect(await buffer(socket)).toHaveLength(0);
});

test('a line without end is refused, and the server goes on', async () => {
  const port = await listen(echo, { maxLineLength: 8 });
  expect(await exchange(port, 'x'.repeat(100_000))).toBe('Line longer than 8 bytes\0');
  expect(await exchange(port, '12345678\n')).toBe('> 12345678\0');
});

test('a client that vanishes during its command does not disturb the next', async () => {
  const slow = slowCommand();
  const port = await listen(slow.run);
  const socket = open(port);
  socket.write('slow\n');
  await slow.begun;
  socket.resetAndDestroy();
  await once(socket, 'close');
  slow.finish();
  expect(await exchange(port, 'next\n')).toBe('done\0');
});

test('a crash of the simulated server resets the connection', async () => {
  const port = await listen();
  await expect(exchange(port, 'crash\n')).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('reset resets connections that wait', async () => {
  const port = await listen();
  const socket = open(port);
  socket.write('one\n');
  await once(socket, 'data');
  server.reset();
  await expect(once(socket, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('an idle connection is closed; one whose command runs is not idle', async () => {
  const slow = slowCommand();
  const port = await listen(slow.run, { idleTimeout: 50 });
  const busy = open(port);
  busy.write('slow\n');
  await slow.begun;
  expect(await buffer(open(port))).toHaveLength(0);
  slow.finish();
  expect((await buffer(busy)).toString()).toBe('done\0');
});

test('close destroys connections, may be repeated, and leaves nothing listening', async () => {
  const port = await listen();
  const socket = open(port);
  socket.write('one\n');
  await once(socket, 'data');
  socket.resume();
  await Promise.all([server.close(), once(socket, 'end')]);
  await server.close();
  expect(server.address).toBeUndefined();
  await expect(controlRequest({ address: port }, 'one')).rejects.toThrow(UsageError);
});

test('an address in use is a usage error', async () => {
  const port = await listen();
  const second = createControlServer(echo);
  await expect(second.listen(port)).rejects.toThrow(/cannot listen: .*EADDRINUSE/);
  await second.close();
});

describe('a request by the client', () => {
  test.each([
    ['one', '> one'],
    ['größe', '> größe'],
    ['', '> '],
    ['fail', 'broken'],
    ['quit', ''],
  ])('%j', async (line, output) => {
    expect(await controlRequest({ address: await listen() }, line)).toMatchObject({ output });
  });

  test('brings long output whole', async () => {
    const output = 'x'.repeat(1_000_000);
    const port = await listen(() => Promise.resolve(new ConsoleResult(output)));
    expect((await controlRequest({ address: port }, 'a')).output).toBe(output);
  });

  test('of two lines is refused', async () => {
    await expect(controlRequest({ address: await listen() }, 'a\nb')).rejects.toThrow(UsageError);
  });

  test('that gets no answer rejects', async () => {
    const port = await listen();
    await expect(controlRequest({ address: port }, 'crash')).rejects.toThrow(`at ${port} does not answer`);
  });

  test('over a Unix socket', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'control-'));
    try {
      server = createControlServer(echo);
      const address = await server.listen(join(directory, '2025'));
      expect(address).toEqual({ path: join(directory, '2025') });
      expect(await controlRequest({ address }, 'one')).toMatchObject({ output: '> one' });
      await expect(controlRequest({ address }, 'crash')).rejects.toThrow(UsageError);
      await server.close();
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
