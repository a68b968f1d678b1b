import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ControlConnection } from '../../../src/listeners/control/client';
import { createControlServer, type ControlServer } from '../../../src/listeners/control/server';
import type { RunCommand } from '../../../src/listeners/control/session';
import { ConsoleResult } from '../../../src/server/console/result';
import { MomentumCrash, UsageError } from '../../../src/support/errors';

const run: RunCommand = (line) => {
  const text = line.toString();
  if (text === 'crash') return Promise.reject(new MomentumCrash('NIL_POINTER', 'down'));
  if (text === 'fail') return Promise.resolve(new ConsoleResult('failed', 'FAILED'));
  if (text === 'long') return Promise.resolve(new ConsoleResult('x'.repeat(3_000_000)));
  return Promise.resolve(new ConsoleResult(Buffer.concat([Buffer.from('> '), line])));
};

let server: ControlServer;
let port: number;
let connection: ControlConnection;

beforeEach(async () => {
  server = createControlServer(run, { commands: () => ['one', 'two words'] });
  const bound = await server.listen(0);
  port = 'port' in bound ? bound.port : NaN;
  connection = await ControlConnection.open(port);
});

afterEach(async () => {
  connection.close();
  await server.close();
});

test.each([
  ['one', 'COMPLETED', '> one'],
  ['', 'COMPLETED', '> '],
  ['größe', 'COMPLETED', '> größe'],
  ['fail', 'FAILED', 'failed'],
  ['long', 'COMPLETED', 'x'.repeat(3_000_000)],
])('%j', async (line, status, output) => {
  expect(await connection.request(line)).toMatchObject({ status, output });
});

test('bytes go both ways as they are', async () => {
  const bytes = Buffer.of(0xff, 0, 0x80, 1);
  expect((await connection.request(bytes)).outputBytes).toEqual(Buffer.concat([Buffer.from('> '), bytes]));
});

test('requests that are made at once are answered in order', async () => {
  const answers = await Promise.all(['a', 'long', 'b'].map((line) => connection.request(line)));
  expect(answers.map(({ output }) => output.slice(0, 3))).toEqual(['> a', 'xxx', '> b']);
});

test('the names of the commands', async () => {
  expect(await connection.commandNames()).toEqual(['one', 'two words']);
});

test.each([['a\nb'], ['a\rb'], ['\x01framed']])('%j is no command', async (line) => {
  await expect(connection.request(line)).rejects.toThrow(UsageError);
  expect(await connection.request('next')).toMatchObject({ output: '> next' });
});

test.each([['crash'], ['quit']])(
  '%s ends the connection: what waits and what comes later rejects',
  async (line) => {
    await expect(connection.request(line)).rejects.toThrow(`the control channel at ${port} `);
    await connection.closed;
    expect(connection.isOpen).toBe(false);
    await expect(connection.request('one')).rejects.toThrow(UsageError);
    await expect(connection.commandNames()).rejects.toThrow(UsageError);
  },
);

test('close rejects what waits', async () => {
  const waiting = connection.request('one');
  connection.close();
  await expect(waiting).rejects.toThrow(UsageError);
});

describe('somebody else', () => {
  let other: Server;

  async function open(answer: (socket: Socket) => void): Promise<ControlConnection> {
    other = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      answer(socket);
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    return ControlConnection.open((other.address() as AddressInfo).port);
  }

  afterEach(() => new Promise((resolve) => other.close(resolve)));

  test.each([
    ['speaks another protocol', '220 mail.example.com ESMTP\r\n'],
    ['speaks a protocol without line ends', 'x'.repeat(100)],
    ['answers in plain form', 'Unknown command\0'],
    ['knows other statuses', 'SPLENDID 0\n'],
    ['gives no length', 'COMPLETED\n'],
  ])('%s', async (_, answer) => {
    await expect(open((socket) => socket.write(answer))).rejects.toThrow(
      'is no control channel of momentum-sim',
    );
  });

  test('closes at once', async () => {
    await expect(open((socket) => socket.end())).rejects.toThrow('closed the connection');
  });

  test('sends answers byte by byte', async () => {
    const slow = await open((socket) => {
      const answers = ['COMPLETED 2\nok', 'FAILED 3\nyes'];
      socket.setNoDelay(true).on('data', () => {
        const bytes = [...Buffer.from(answers.shift()!)];
        const send = () => {
          if (bytes.length > 0) socket.write(Buffer.of(bytes.shift()!), send);
        };
        send();
      });
    });
    const { status, output } = await slow.request('x');
    expect([slow.greeting.output, status, output]).toEqual(['ok', 'FAILED', 'yes']);
    slow.close();
  });

  test('answers what was not asked', async () => {
    const talkative = await open((socket) => socket.write('COMPLETED 0\nCOMPLETED 0\n'));
    await talkative.closed;
    await expect(talkative.request('x')).rejects.toThrow('is no control channel of momentum-sim');
  });
});
