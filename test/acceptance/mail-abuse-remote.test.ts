/** Far sides that break off, babble or say nothing: each attempt ends as production would log it, and nothing stays open. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import type { Momentum } from '../../src';
import { smtpServer } from '../listeners/smtp/support';

let mta: Momentum;
let far: Server;
const sockets = new Set<Socket>();
/** What the far side does with a connection. */
let behave: (socket: Socket) => void;

beforeEach(async () => {
  mta = await smtpServer();
  far = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    behave(socket);
  });
  far.listen(0, '127.0.0.1');
  await once(far, 'listening');
  const { port } = far.address() as AddressInfo;
  mta.remote('*').smtp({ port, timeout: 300 });
});

afterEach(async () => {
  await mta.stop();
  for (const socket of sockets) socket.destroy();
  far.close();
});

/** Delivers one message; what has become of it, and what the mainlog says about the attempt. */
async function deliver(): Promise<{ disposition: string; entry: string }> {
  const { messages } = await mta.smtp.send({
    from: 'a@b.example',
    to: 'c@d.example',
    data: 'From: a@b.example\r\n\r\n.text\r\n',
  });
  await mta.clock.advance(0);
  const { disposition, log } = messages[0]!;
  return { disposition, entry: log.at(-1)! };
}

/** Answers of a far side that takes everything, in their order; the last one is for QUIT. */
const REPLIES = [
  '220 far\r\n',
  '250-far\r\n250 SIZE\r\n',
  '250 ok\r\n',
  '250 ok\r\n',
  '354 go\r\n',
  '250 taken\r\n',
  '221 bye\r\n',
];
const SCRIPT = REPLIES.join('');
/** The octets after which the message is the far side's. */
const TAKEN = SCRIPT.indexOf('221');

/** Says `script`, one reply for each command and for the message, and closes where it ends. */
function reciting(script: string, close: (socket: Socket) => void): (socket: Socket) => void {
  return (socket) => {
    let rest = script;
    let isBody = false;
    let pending = '';
    const say = () => {
      const [whole = ''] = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(rest) ?? [rest];
      rest = rest.slice(whole.length);
      isBody = whole.startsWith('354');
      if (whole !== '') socket.write(whole, 'latin1');
      if (rest === '') close(socket);
    };
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      pending += text;
      const mark = isBody ? '\r\n.\r\n' : '\r\n';
      if (!pending.endsWith(mark)) return;
      pending = '';
      say();
    });
    say();
  };
}

test('a far side that goes away after any octet', async () => {
  for (let length = 0; length <= SCRIPT.length; length++)
    for (const close of [(socket: Socket) => socket.end(), (socket: Socket) => socket.resetAndDestroy()]) {
      behave = reciting(SCRIPT.slice(0, length), close);
      const { disposition, entry } = await deliver();
      // An answer that is cut off is none.
      if (length < TAKEN) expect([disposition, entry.split('@')[4]]).toEqual(['queued', 'T']);
      else expect([length, disposition, entry.split('@')[4]]).toEqual([length, 'delivered', 'D']);
    }
});

test('a far side that says anything', async () => {
  const reply = fc.oneof(
    fc.constantFrom(
      ...REPLIES,
      '250\r\n',
      '25',
      '250-\r\n',
      '999 what\r\n',
      '000 \r\n',
      '\r\n',
      '\0\r\n',
      '550 no\n',
    ),
    fc.string({ maxLength: 30 }),
    fc.integer({ min: 1, max: 100_000 }).map((length) => 'x'.repeat(length)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(reply, { maxLength: 10 }), async (replies) => {
      behave = (socket) => {
        for (const one of replies) socket.write(one, 'latin1');
        socket.on('data', () => socket.end());
        if (replies.length % 2 === 0) socket.end();
      };
      const { disposition } = await deliver();
      expect(['delivered', 'queued', 'failed']).toContain(disposition);
    }),
    { seed: 20_261_126, numRuns: 60 },
  );
  expect(mta.takeFailures()).toEqual([]);
});

test.each(REPLIES.slice(0, -1).map((_, i) => i))(
  'a far side that says nothing after %i replies',
  async (count) => {
    behave = reciting(REPLIES.slice(0, count).join(''), () => undefined);
    expect(await deliver()).toEqual({
      disposition: 'queued',
      entry: expect.stringMatching(/451 4\.4\.2 \[internal\] no (?:banner|[\w/ ]+ response)$/),
    });
  },
);

test('one that sends without end', async () => {
  behave = (socket) => {
    const babble = () => {
      while (!socket.destroyed && socket.write('250-and\r\n'.repeat(1000)));
    };
    socket.on('drain', babble);
    babble();
  };
  expect(await deliver()).toMatchObject({ disposition: 'queued' });
});

test('one that is being talked to when the server stops', async () => {
  let isConnected = false;
  behave = () => (isConnected = true);
  const { port } = far.address() as AddressInfo;
  mta.remote('*').smtp({ port, timeout: 50_000 });
  await mta.smtp.send({ from: 'a@b.example', to: 'c@d.example', data: 'From: a@b.example\r\n\r\ntext\r\n' });
  const advancing = mta.clock.advance(0).catch(() => undefined);
  while (!isConnected) await new Promise((resolve) => setImmediate(resolve));
  await mta.stop();
  await advancing;
  while (sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
});
