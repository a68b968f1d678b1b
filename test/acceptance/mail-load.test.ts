/** Many messages at once over sockets: each is accounted for, in the queues, in the logs, and at the far sides. */
import type { Momentum, ReceivedMessage } from '../../src';
import { CONT } from '../listeners/smtp/support';
import { expectNothingLeft, guardedServer } from './support/guarded';
import { stuffed, Wire } from './support/wire';

const MESSAGES = 1000;
const CONNECTIONS = 50;

/** What becomes of mail for each domain, and how many of a hundred messages go there. */
const DOMAINS = {
  'takes.example': 30,
  'delays.example': 20,
  'refuses.example': 15,
  'waits.example': 15,
  'discarded.example': 10,
  'rejected.example': 10,
} as const;
type Domain = keyof typeof DOMAINS;

const PLAN: readonly Domain[] = Object.entries(DOMAINS).flatMap(([domain, share]) =>
  Array<Domain>(share).fill(domain as Domain),
);
const count = (domain: Domain) => (MESSAGES * DOMAINS[domain]) / 100;

const POLICY = {
  'validate_data_spool_each_rcpt(msg, ac, vctx)': `local _, _, domain = msg:rcptto():find("@(.*)$")
    msg:header("X-Number", msg:header("Subject")[1])
    if domain == "discarded.example" then msg:discard("550 5.7.1 not wanted") end
    if domain == "rejected.example" then vctx:set_code(550, "5.7.1 refused") return msys.core.VALIDATE_DONE end
    ${CONT}`,
};

let mta: Momentum;
afterEach(() => mta.stop());

/** Sends all messages; the code after the body of each, by its number. */
async function sendAll(port: number): Promise<number[]> {
  const codes: number[] = [];
  let next = 0;
  const client = async () => {
    const wire = await Wire.open(port);
    const ask = async (bytes: string) => {
      const replies = wire.codes.length;
      wire.write(bytes);
      return (await wire.replies(replies + 1)).at(-1)!;
    };
    await wire.replies(1);
    await ask('EHLO client.test\r\n');
    while (next < MESSAGES) {
      const number = next++;
      const to = `${number}@${PLAN[number % PLAN.length]!}`;
      wire.said = '';
      wire.write(`MAIL FROM:<me@sender.example>\r\nRCPT TO:<${to}>\r\nDATA\r\n`);
      await wire.replies(3);
      codes[number] = await ask(stuffed(`Subject: ${number}\r\n\r\n.text of ${number}`));
    }
    expect(await ask('QUIT\r\n')).toBe(221);
    await wire.closed;
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  return codes;
}

const ofDomain = (domain: Domain): ReceivedMessage[] =>
  mta.messages.filter((message) => message.method === 'esmtp' && message.envelope.to.endsWith(`@${domain}`));

const dispositions = (domain: Domain) =>
  Array.from(new Set(ofDomain(domain).map((message) => message.disposition)));

const lines = (type: string) => mta.mainlog.filter((entry) => entry.type === type).length;

test('1,000 messages over 50 connections', async () => {
  mta = await guardedServer('', { callouts: POLICY, stanzas: 'bounce_logger "bounce_logger" {}' });
  const takes = mta.remote('takes.example').accept();
  const delays = mta.remote('delays.example').reply(451, '4.2.0 later');
  const refuses = mta.remote('refuses.example').reply(550, '5.1.1 no such user');
  const { smtp } = await mta.listen({ smtp: 0 });

  const codes = await sendAll(smtp!.port);
  const refused = codes.filter((code) => code === 550).length;
  expect([codes.length, refused]).toEqual([MESSAGES, count('rejected.example')]);
  expect(codes.filter((code) => code !== 250 && code !== 550)).toEqual([]);
  await mta.clock.advance('1m');

  // Each is somewhere, once.
  expect(Object.keys(DOMAINS).map((domain) => [domain, ofDomain(domain as Domain).length])).toEqual(
    Object.keys(DOMAINS).map((domain) => [domain, count(domain as Domain)]),
  );
  expect(new Set(mta.messages.map(({ id }) => id)).size).toBe(mta.messages.length);
  expect(dispositions('takes.example')).toEqual(['delivered']);
  expect(dispositions('delays.example')).toEqual(['queued']);
  expect(dispositions('refuses.example')).toEqual(['failed']);
  expect(dispositions('waits.example')).toEqual(['queued']);
  expect(dispositions('discarded.example')).toEqual(['discarded']);
  expect(dispositions('rejected.example')).toEqual(['rejected']);

  // The queues.
  expect(mta.domain('takes.example')).toMatchObject({ active: 0, delayedCount: 0 });
  expect(mta.domain('delays.example')).toMatchObject({ active: 0, delayedCount: count('delays.example') });
  expect(mta.domain('refuses.example')).toMatchObject({ active: 0, delayedCount: 0 });
  expect(mta.domain('waits.example')).toMatchObject({ active: count('waits.example'), delayedCount: 0 });
  const bounces = mta.messages.filter(({ method }) => method === 'internal');
  expect(bounces).toHaveLength(count('refuses.example'));
  expect(mta.domain('sender.example')).toMatchObject({ active: bounces.length, delayedCount: 0 });

  // The logs.
  const received = MESSAGES - count('rejected.example') - count('discarded.example');
  expect(lines('R')).toBe(received + bounces.length);
  expect(lines('D')).toBe(count('takes.example'));
  expect(lines('T')).toBe(count('delays.example'));
  expect(lines('P')).toBe(count('refuses.example'));
  expect(mta.bouncelog.filter((entry) => entry.type === 'B')).toHaveLength(count('refuses.example'));
  expect(mta.rejectlog).toHaveLength(count('rejected.example') + count('discarded.example'));

  // The far sides.
  expect(takes.deliveries).toHaveLength(count('takes.example'));
  expect(delays.attempts).toHaveLength(count('delays.example'));
  expect(refuses.attempts).toHaveLength(count('refuses.example'));
  for (const { to, raw } of takes.deliveries) {
    const [number] = to.split('@', 1) as [string];
    expect(raw!.toString()).toContain(
      `Subject: ${number}\r\nX-Number: ${number}\r\n\r\n.text of ${number}\r\n`,
    );
  }

  // What waits goes on.
  delays.accept();
  mta.remote('waits.example').accept();
  mta.remote('sender.example').accept();
  await mta.clock.advance('1d');
  const delivered = received - count('refuses.example') + bounces.length;
  expect(mta.messages.filter(({ disposition }) => disposition === 'delivered')).toHaveLength(delivered);
  expect(lines('D')).toBe(delivered);
  expect(
    Array.from(mta.domains, ({ active, delayedCount }) => active + delayedCount).filter(Boolean),
  ).toEqual([]);
});

test('nothing of the sessions is left', async () => {
  mta = await guardedServer('', { callouts: POLICY, stanzas: 'bounce_logger "bounce_logger" {}' });
  const { smtp } = await mta.listen({ smtp: 0 });
  await sendAll(smtp!.port);
  await expectNothingLeft(mta, CONNECTIONS);
});
