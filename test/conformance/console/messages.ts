import { Momentum } from '../../../src';
import { idOf, messages, withQueues } from './queues';
import { output, outputs, type TestRow } from './support';

export const BY_CONTEXT = '--meta campaign summer';
export const BY_HEADER = '--header X-Pick alpha';
export const context = { message: { campaign: 'summer' } };
export const headers = { 'X-Pick': 'alpha' };

/** 5 and 6: commands that change what is queued. */
export function changes(row: TestRow): void {
  single(row);
  delaying(row);
  flushing(row);
  rerouting(row);
}

/** How many messages of a domain are active and delayed. */
export const lengths = (mta: Momentum, name: string) => {
  const domain = mta.domain(name);
  return [domain?.active, domain?.delayedCount];
};

export const statusOf = async (mta: Momentum, line: string) => (await mta.console(line)).status;

function single(row: TestRow): void {
  const delayed = {
    from: 'sender-849629@senderdomain.com',
    to: 'someaddress@example.com',
    created: new Date('2003-12-01T02:15:45Z'),
    nextAttempt: new Date('2003-12-01T18:11:25Z'),
    retries: 5,
    code: '451 No valid hosts (too many connection failures)',
    size: 11317,
    raw: Buffer.from('Subject: x\r\n\r\nhello\r\n'),
  };
  const start = () => withQueues({ 'example.com': { delayed: [delayed] } }, { now: '2003-12-01T03:00:00Z' });
  const DETAILS = [
    'Message Type: full message',
    '               Created: 2003-12-01 02:15:45',
    '          Next Attempt: 2003-12-01 18:11:25',
    '               Retries: 5',
    '                Sender: sender-849629@senderdomain.com',
    '             Recipient: someaddress@example.com',
    '                  Code: 451 No valid hosts (too many connection failures)',
    '                  Size: 11317',
  ];

  row('console-6-8a', async () => {
    const mta = await start();
    const id = await idOf(mta, 'example.com');
    const { lines } = await mta.console(`message details ${id}`);
    expect(lines).toEqual([`Message: ${id}`, ...DETAILS]);
  });

  row('console-6-8e', async () => {
    const mta = await Momentum.start();
    const mail = { from: 'me@example.com', to: 'you@example.org', data: 'Subject: x\r\n\r\n' };
    const via = async (id: string) => {
      const lines = (await output(mta, `message details ${id}`)).split('\n');
      return lines.slice(lines.indexOf('               Retries: 0') + 1)[0];
    };
    for (const [peer, shown] of [
      ['10.0.0.103', 'SMTP 10.0.0.103 (IPv4)'],
      ['2001:db8::1', 'SMTP 2001:db8::1 (IPv6)'],
    ] as const) {
      const { messages } = await mta.smtp.send({ ...mail, peer });
      expect(await via(messages[0]!.id)).toBe(`          Received Via: ${shown}`);
    }
    const [injected] = await mta.inject({ ...mail, from: 'jürgen@example.com' });
    expect(await via(injected!.id)).toBe('                Sender: jürgen@example.com');
  });

  row('console-6-8b', async () => {
    const mta = await withQueues({ 'example.com': { active: 1 } });
    const id = await idOf(mta, 'example.com');
    mta.remote('example.com').delay('1h');
    await mta.clock.advance('1s');
    expect(await statusOf(mta, `message details ${id}`)).toBe('FAILED');
  });

  row('console-6-8c', async () => {
    const mta = await start();
    expect(await output(mta, `message retry ${await idOf(mta, 'example.com')}`)).toBe(
      'Message requeued for delivery\n',
    );
    expect(lengths(mta, 'example.com')).toEqual([1, 0]);
  });

  row('console-6-8d', async () => {
    const mta = await start();
    await mta.console(`message fail ${await idOf(mta, 'example.com')}`);
    expect(mta.bouncelog.at(-1)?.text).toContain('@554 manually failed.');
    expect(lengths(mta, 'example.com')).toEqual([0, 0]);
  });

  row('console-5-11a', async () => {
    const mta = await start();
    const id = await idOf(mta, 'example.com');
    const [, body, full] = await outputs(
      mta,
      `message details ${id}`,
      `message details body ${id}`,
      `message details full ${id}`,
    );
    expect(body).toContain('Subject: x\r\n\r\nhello\r\n');
    expect(body).not.toContain('Recipient:');
    expect(full).toMatch(
      /^Message: [^]*Recipient: someaddress@example\.com\n[^]*Subject: x\r\n\r\nhello\r\n/,
    );
  });

  const bouncing = (id: string, command: string, bounces: number) =>
    row(id, async () => {
      const mta = await start();
      await mta.console(`${command} ${await idOf(mta, 'example.com')}`);
      expect(lengths(mta, 'example.com')).toEqual([0, 0]);
      expect(mta.domain('senderdomain.com')?.active ?? 0).toBe(bounces);
    });
  bouncing('console-5-11b', 'message fail', 1);
  bouncing('console-5-11c', 'message fail quiet', 0);
}

function delaying(row: TestRow): void {
  const start = () =>
    withQueues({
      'relay.com': { active: [...messages(2), ...messages(1, { context })], delayed: 1 },
      'other.com': { active: messages(2, { binding: 'gold' }) },
    });

  row('console-5-12', async () => {
    const mta = await start();
    await mta.console('delay 300 --domain relay.com');
    expect(lengths(mta, 'relay.com')).toEqual([0, 4]);
    expect((await output(mta, 'delayed 0')).split('\n')[0]).toContain('relay.com');
    expect(lengths(mta, 'other.com')).toEqual([2, 0]);
  });

  const delays = (id: string, line: string, text: string) =>
    row(id, async () => {
      expect(await output(await start(), line)).toBe(text);
    });
  delays('console-6-11a', 'delay 300 --domain relay.com', 'Delayed 3 messages.\n');
  delays('console-6-11b', 'delay 300 --domain nowhere.com', 'No messages for nowhere.com found.\n');
  delays('console-6-11g', 'delay 600 --binding gold', 'Delayed 2 messages.\n');

  const refuses = (id: string, ...lines: string[]) =>
    row(id, async () => {
      const mta = await start();
      for (const line of lines) expect(await statusOf(mta, line)).toBe('FAILED');
      expect(lengths(mta, 'relay.com')).toEqual([3, 1]);
    });
  refuses(
    'console-6-11c',
    'delay 0 --domain relay.com',
    'delay -1 --domain relay.com',
    'delay 1.5 --domain relay.com',
  );
  refuses('console-6-11d', 'delay 300');
  refuses('console-6-11e', 'delay 300 --binding nowhere');
  refuses('console-6-11f', `delay 300 ${BY_CONTEXT} ${BY_HEADER}`);
}

function flushing(row: TestRow): void {
  const start = () =>
    withQueues({
      'just-revived.com': { delayed: [...messages(2), ...messages(1, { binding: 'gold' })] },
      'other.com': { delayed: 1 },
    });
  const flushes = (id: string, line: string, text: string, left: number[]) =>
    row(id, async () => {
      const mta = await start();
      expect(await output(mta, line)).toMatch(text);
      await mta.clock.advance('1s');
      expect(['just-revived.com', 'other.com'].map((name) => mta.domain(name)?.delayedCount)).toEqual(left);
    });
  const TEXT = 'just-revived.com flushed.  3 messages requeued.\n';
  flushes('console-5-13a', 'flush domain just-revived.com', TEXT, [0, 1]);
  flushes('console-5-13b', 'flush domain all', '  4 messages requeued.\n', [0, 0]);
  flushes('console-5-13c', 'binding flush domain gold just-revived.com', '  1 messages requeued.\n', [2, 1]);
  flushes('console-5-13d', 'binding flush domain default all', '  3 messages requeued.\n', [1, 0]);
  flushes('console-6-12', 'flush domain just-revived.com', TEXT, [0, 1]);
}

function rerouting(row: TestRow): void {
  const start = () =>
    withQueues({
      'relay.com': { active: [...messages(2), ...messages(1, { context })], delayed: 1 },
      'b.com': { active: 1 },
    });
  const moves = (id: string, line: string, text: string, left: unknown[], arrived: unknown[]) =>
    row(id, async () => {
      const mta = await start();
      expect(await output(mta, line)).toBe(text);
      expect([lengths(mta, 'relay.com'), lengths(mta, 'newrelay.com')]).toEqual([left, arrived]);
    });
  const MOVED = "Moved 4 messages from 'relay.com' to 'newrelay.com'\n";
  moves('console-5-15a', 'reroute queue relay.com newrelay.com', MOVED, [0, 0], [3, 1]);
  moves(
    'console-5-15b',
    'reroute queue all newrelay.com',
    "Moved 5 messages from 'all' to 'newrelay.com'\n",
    [0, 0],
    [4, 1],
  );
  moves(
    'console-5-15c',
    `reroute queue ${BY_CONTEXT} relay.com newrelay.com`,
    "Moved 1 messages from 'relay.com' to 'newrelay.com'\n",
    [2, 1],
    [1, 0],
  );
  moves('console-6-14', 'reroute queue relay.com newrelay.com', MOVED, [0, 0], [3, 1]);

  const rebinds = (id: string, line: string, count: number) =>
    row(id, async () => {
      const mta = await withQueues({
        'relay.com': { active: 2, delayed: messages(1, { binding: 'gold' }) },
        'aol.com': { active: messages(1, { binding: 'gold' }) },
      });
      expect(await output(mta, line)).toBe(`Rebound ${count} messages.\n`);
    });
  rebinds('console-5-16a', 'rebind gold', 2);
  rebinds('console-5-16b', 'rebind all', 4);
  rebinds('console-5-16c', 'rebind gold aol.com', 1);
}
