import type { MessageFixture, Momentum, MomentumOptions } from '../../../src';
import { output, outputs, withConfig, type TestRow } from './support';

/** So many messages, from s0 to r0 and so on. */
export const messages = (count: number, more: MessageFixture = {}): MessageFixture[] =>
  Array.from({ length: count }, (_, i) => ({ from: `s${i}@sender.com`, to: `r${i}@example.com`, ...more }));

const row1 = (name: string, numbers: string) => `Domain: ${name.padStart(30)}  ${numbers}\n`;
const total = (numbers: string) => `${'Total:'.padStart(38)}  ${numbers}\n`;

export const withQueues = (domains: NonNullable<MomentumOptions['domains']>, options: MomentumOptions = {}) =>
  withConfig('bounce_logger "b" { } Domain "tuned.com" { max_outbound_connections = 20 }', {
    bindings: ['gold', { name: 'silver', group: 'metals' }],
    domains,
    ...options,
  });

const QUEUES = {
  'c4.com': { active: 3, delayed: 2, deliveries: 47 },
  'pa.net': { active: messages(1, { binding: 'gold' }), delayed: messages(4, { binding: 'gold' }) },
};

/** 5 and 6: commands that show queues. */
export function queues(row: TestRow): void {
  lengths(row);
  bindings(row);
  domain(row);
  listings(row);
}

function lengths(row: TestRow): void {
  const shows = (id: string, line: string, text: string) =>
    row(id, async () => {
      expect(await output(await withQueues(QUEUES), line)).toBe(text);
    });
  const C4 = row1('c4.com', 'C:  0  A:      3  D:     2  S:    47');
  const PA = row1('pa.net', 'C:  0  A:      1  D:     4  S:     0');
  const ALL = total('C:   0  A:      4  D:     6  S:    47');
  const GOLD = total('C:   0  A:      1  D:     4  S:     0');
  const SUMMARY = `Domain summary:\n${C4}${PA}Totals: C:   0  A:      4  D:     6  S:    47\n`;

  shows('console-5-7a', 'active 2', `${C4}${ALL}`);
  shows('console-5-7b', 'delayed 2', `${PA}${ALL}`);
  // What has as many as the number does not exceed it.
  shows('console-5-7c', 'active 3', ALL);
  shows('console-5-8a', 'binding active gold 0', `${PA}${GOLD}`);
  shows('console-5-8b', 'binding delayed gold 3', `${PA}${GOLD}`);
  shows('console-5-6a', 'domain all', SUMMARY);
  shows('console-5-6b', 'domains', SUMMARY);
  shows('console-6-3a', 'active 2', `${C4}${ALL}`);
  shows('console-6-4', 'domain all', SUMMARY);

  row('console-6-3b', async () => {
    const mta = await withQueues({ 'c4.com': { active: 2 } });
    mta.remote('c4.com').delay('5s');
    await mta.clock.advance('1s');
    expect(await output(mta, 'domain all')).toContain('  C:  2  A:      0  D:     0  S:     0\nTotals:');
    await mta.clock.advance('10m');
    expect(await output(mta, 'domain all')).toContain('  C:  0  A:      0  D:     0  S:     2\nTotals:');
  });
}

const block = (
  title: string,
  [active, all]: [number, number],
  last = 'Resident',
) => `Summary Statistics For ${title}
\tOpen Connections:       0
\tActive Queue Size:      ${active}
\tTotal Queue Size:      ${all}
\tSuccessfully Delivered Messages:      0
\tFailed Messages:      0
\tReceived Messages:      0
\t${last} Messages:      0
\tDelivery Rate:   0.00 messages/second
\tReception Rate:   0.00 messages/second
\tUptime:      0 seconds
`;

function bindings(row: TestRow): void {
  const start = () => withQueues({ 'c4.com': { active: 3, delayed: messages(1, { binding: 'silver' }) } });

  row('console-5-8c', async () => {
    const mta = await start();
    const all = [
      block('Binding default', [3, 3]),
      block('Binding gold', [0, 0]),
      block('Binding silver', [0, 1]),
    ];
    expect(await output(mta, 'binding summary')).toBe(all.join(''));
    expect(await outputs(mta, 'binding summary silver', 'binding summary 2')).toEqual([all[2], all[2]]);
  });

  row('console-6-9a', async () => {
    expect(await output(await start(), 'binding summary gold')).toBe(block('Binding gold', [0, 0]));
  });

  row('console-6-9b', async () => {
    const member = block('Binding silver in Binding Group metals', [0, 1]);
    const sum = block('Binding Group metals', [0, 1], 'Incore');
    expect(await output(await start(), 'binding summary group:metals')).toBe(
      `${member}\n${'*'.repeat(44)}\n${sum}`,
    );
  });
}

const DNS = {
  'tuned.com': { MX: [{ preference: 5, exchange: 'mx1.tuned.com' }] },
  'other.com': { MX: [{ preference: 7, exchange: 'mx1.tuned.com' }] },
  'mx1.tuned.com': { A: ['65.54.254.129', '65.54.252.99'] },
};

function domain(row: TestRow): void {
  const shows = (id: string, text: string, prepare: (mta: Momentum) => unknown = () => undefined) =>
    row(id, async () => {
      const mta = await withQueues(
        { 'tuned.com': { active: 2, delayed: 3, deliveries: 7, failures: 4 } },
        { dns: DNS },
      );
      await outputs(mta, 'dig other.com', 'dig tuned.com');
      await prepare(mta);
      expect(await output(mta, 'domain tuned.com')).toContain(text);
    });

  shows('console-6-5a', 'Domain tuned.com {\n  Max_Outbound_Connections = 20\n}\n');
  row('console-6-5b', async () => {
    const mta = await withQueues({ 'plain.com': {} });
    expect(await output(mta, 'domain plain.com')).toMatch(/^Domain 'plain\.com' has /);
  });
  shows('console-6-5c', "Domain 'tuned.com' has 1 MXs and a TTL of 300 seconds\n");
  shows('console-6-5d', '  [5 mx1.tuned.com TTL:300]\n');
  shows('console-6-5e', '        [65.54.252.99] IPv4 (0.00ms con 0.00ms dlv)\n');
  shows('console-6-5f', ' =>     [65.54.254.129] IPv4 (0.00ms con 0.00ms dlv)\n');
  shows(
    'console-6-5g',
    ' *      [65.54.254.129] IPv4 (0.00ms con 0.00ms dlv) 2.00s since failure\n',
    (mta) => {
      mta.remote('tuned.com').times(2).refuse();
      return mta.clock.advance('2s');
    },
  );
  shows('console-6-5h', '                (also used by other.com pref 7)\n');
  shows('console-6-5i', 'Domain has had 1 consecutive connection failures\n', (mta) => {
    mta.remote('tuned.com').times(1).refuse();
    mta.remote('tuned.com').delay('1h');
    return mta.clock.advance('1s');
  });
  shows(
    'console-6-5j',
    'Queue:\n        Active:          2\n        Delayed:         3\nDeliveries:         7\nFailures:           4\nActive Connections: 0\n',
  );
  shows(
    'console-6-5k',
    'Active Connections: 2\n' +
      '[ 1] FD:      1  IP:   65.54.254.129  State: reading confirmation (1000.00ms)\n' +
      '[ 2] FD:      2  IP:   65.54.254.129  State: reading confirmation (1000.00ms)\n',
    (mta) => {
      mta.remote('tuned.com').delay('1h');
      return mta.clock.advance('1s');
    },
  );
}

function listings(row: TestRow): void {
  const HEADER = `Group/Binding                                       Domain      AQ      DQ\n${'-'.repeat(74)}\n`;
  const mailq = (place: string, name: string, aq: number, dq: number) =>
    `${place}${name.padStart(58 - place.length)}${String(aq).padStart(8)}${String(dq).padStart(8)}\n`;
  const C4 = mailq('default/default', 'c4.com', 3, 2);
  const PA = mailq('default/gold', 'pa.net', 1, 4);
  const lists = (id: string, line: string, text: string) =>
    row(id, async () => {
      expect(await output(await withQueues(QUEUES), line)).toBe(text);
    });
  lists('console-5-9a', 'mailq', `${HEADER}${C4}${PA}`);
  lists('console-5-9b', 'mailq --domain pa.net -d nowhere.com', `${HEADER}${PA}`);
  lists('console-5-9c', 'mailq --binding default', `${HEADER}${C4}`);
  lists('console-5-9d', 'mailq -l 1', `${HEADER}${C4}`);
  lists('console-6-6', 'mailq -b gold', `${HEADER}${PA}`);

  row('console-5-9e', async () => {
    const mta = await withQueues(
      Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`d${i}.com`, { active: 1 }])),
    );
    expect((await mta.console('mailq')).lines).toHaveLength(2 + 20);
  });

  row('console-5-10a', async () => {
    const mta = await withQueues({ 'c4.com': { active: 120 } });
    const shown = async (line: string) =>
      (await mta.console(line)).lines.filter((text) => text.startsWith('['));
    const all = await shown('showqueue c4.com 200,0');
    expect(all).toHaveLength(120);
    expect(await shown('showqueue c4.com')).toEqual(all.slice(0, 100));
    expect(await shown('showqueue c4.com 3,2')).toEqual(all.slice(2, 5));
  });

  row('console-5-10b', async () => {
    const mta = await withQueues({
      'c4.com': { active: [...messages(1), ...messages(1, { binding: 'gold' })] },
    });
    const places = async (line: string) =>
      [...(await output(mta, line)).matchAll(/^\[(\S+)\]/gm)].map(([, place]) => place);
    expect(await places('showqueue c4.com')).toEqual(['active/default']);
    expect(await places('showqueue binding gold c4.com')).toEqual(['active/gold']);
    expect(await places('showqueue binding all c4.com')).toEqual(['active/default', 'active/gold']);
  });

  row('console-6-7', async () => {
    const created = new Date(1070244212_000);
    const mta = await withQueues({
      'example.com': { active: messages(1, { created }), delayed: messages(1, { created }) },
    });
    expect((await output(mta, 'showqueue example.com')).replace(/[0-9A-F]{2}\/\S+/g, 'ID')).toBe(
      '[active/default] ID Created: 1070244212\n  From: <s0@sender.com> To: <r0@example.com>\n' +
        '[delayed/default] ID Created: 1070244212\n  From: <s0@sender.com> To: <r0@example.com>\n',
    );
  });
}

/** The id of the first message of a queue. */
export async function idOf(mta: Momentum, name: string): Promise<string> {
  return /^\[\S+ (\S+)/m.exec(await output(mta, `showqueue binding all ${name}`))?.[1] ?? 'none';
}
