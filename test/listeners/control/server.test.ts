import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { ControlConnection } from '../../../src/listeners/control/client';
import { createControlServer, type ControlServer } from '../../../src/listeners/control/server';
import type { ControlService, RunCommand } from '../../../src/listeners/control/session';
import { DEFAULT_SETTINGS } from '../../../src/listeners/control/settings';
import { ConsoleResult } from '../../../src/server/console/result';
import { MomentumCrash } from '../../../src/support/errors';

const SPECIAL: Readonly<Record<string, () => Promise<ConsoleResult>>> = {
  fail: () => Promise.reject(new Error('broken')),
  crash: () => Promise.reject(new MomentumCrash('NIL_POINTER', 'the server is down')),
  nothing: () => Promise.resolve(new ConsoleResult('')),
  refuse: () => Promise.resolve(new ConsoleResult('no', 'NOT_AUTHZ')),
  binary: () => Promise.resolve(new ConsoleResult(Buffer.of(1, 0, 0xff))),
};

const echo: RunCommand = (line) => {
  const special = SPECIAL[line.toString()];
  return special ? special() : Promise.resolve(new ConsoleResult(Buffer.concat([Buffer.from('> '), line])));
};

let server: ControlServer;
let sockets: Socket[];

async function listen(run: RunCommand = echo, options: Partial<ControlService> = {}): Promise<number> {
  server = createControlServer(run, options);
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

const withTimeout = (timeout: number): Partial<ControlService> => ({
  listener: { address: 0, settings: () => ({ ...DEFAULT_SETTINGS, timeout }) },
});

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
  const port = await listen(slow.run, withTimeout(0.05));
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
  await expect(ControlConnection.open(port)).rejects.toThrow(`at ${port} does not answer: `);
});

test('an address in use is a usage error', async () => {
  const port = await listen();
  const second = createControlServer(echo);
  await expect(second.listen(port)).rejects.toThrow(/cannot listen: .*EADDRINUSE/);
  await second.close();
});

test('a client that ends its half without reading is closed when it is idle', async () => {
  const port = await listen(
    () => Promise.resolve(new ConsoleResult(Buffer.alloc(20_000_000, 'x'))),
    withTimeout(0.05),
  );
  const socket = open(port);
  socket.pause();
  socket.end('one\n');
  await once(socket, 'connect');
  await untilNobodyIsConnected();
});

test('a client that does not take the answers is not asked for more commands', async () => {
  let commands = 0;
  const port = await listen(() => {
    commands++;
    return Promise.resolve(new ConsoleResult(Buffer.alloc(5_000_000, 'x')));
  }, withTimeout(0.2));
  const socket = open(port);
  socket.pause();
  socket.write('one\n'.repeat(100));
  await once(socket, 'connect');
  await untilNobodyIsConnected();
  expect(commands).toBeGreaterThan(0);
  expect(commands).toBeLessThan(5);
});

test('a client that goes on sending after a line that was too long is cut off', async () => {
  const port = await listen(echo, { maxLineLength: 8, ...withTimeout(0) });
  const socket = open(port).on('error', () => undefined);
  const flood = setInterval(() => socket.write('x'.repeat(1000)), 5);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(flood);
  await untilNobodyIsConnected();
});

test('binary garbage is answered like any other line', async () => {
  const port = await listen();
  const garbage = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 7919 + (i >> 3) * 31) & 0xff));
  const answers = await exchange(port, garbage, '\nend\n');
  expect(answers.endsWith('> end\0')).toBe(true);
  await untilNobodyIsConnected();
});

test('many clients at once get their own answers, and none stays', async () => {
  const port = await listen();
  const clients = Array.from({ length: 200 }, (_, i) => i);
  const answers = await Promise.all(clients.map((i) => exchange(port, `a${i}\n`, `b${i}\n`)));
  expect(answers).toEqual(clients.map((i) => `> a${i}\0> b${i}\0`));
  await untilNobodyIsConnected();
});

test('a client that connects and says nothing does not hinder others', async () => {
  const port = await listen(echo, withTimeout(0.1));
  const silent = open(port);
  await once(silent, 'connect');
  expect(await exchange(port, 'one\n')).toBe('> one\0');
  expect(await buffer(silent)).toHaveLength(0);
  await untilNobodyIsConnected();
});

describe('framed answers', () => {
  test.each<[string, string, string]>([
    ['status and length come first', 'one\n', 'COMPLETED 5\n> one'],
    ['of a command that fails', 'fail\n', 'FAILED 6\nbroken'],
    ['bytes are as they are', 'binary\n', 'COMPLETED 3\n\x01\0\xff'],
    ['no output', 'nothing\n', 'COMPLETED 0\n'],
    ['other statuses', 'refuse\n', 'NOT_AUTHZ 2\nno'],
    ['an unknown request', '\x01dance\n', 'FAILED 45\nUnknown request of the control channel: dance'],
    [
      'a request named like a property of every object',
      '\x01constructor\n',
      expect.stringMatching(/^FAILED /) as string,
    ],
    ['the names of commands', '\x01commands\n', 'COMPLETED 7\none\ntwo'],
  ])('%s', async (_, line, answer) => {
    const port = await listen(echo, { commands: () => ['one', 'two'] });
    const [greeting, ...rest] = (await exchange(port, `\x01framed\n${line}`)).split(/(?<=^COMPLETED 0\n)/);
    expect([greeting, rest.join('')]).toEqual(['COMPLETED 0\n', answer]);
  });

  test('a line that is too long is told in a frame', async () => {
    const port = await listen(echo, { maxLineLength: 8 });
    expect(await exchange(port, '\x01framed\n123456789\n')).toBe(
      'COMPLETED 0\nFAILED 24\nLine longer than 8 bytes',
    );
  });

  test('requests work without framing, too', async () => {
    expect(await exchange(await listen(echo, { commands: () => ['one'] }), '\x01commands\n')).toBe('one\0');
  });
});

/** Resolves when the last connection has gone; the test's time limit is the other end. */
async function untilNobodyIsConnected(): Promise<void> {
  while (server.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}
