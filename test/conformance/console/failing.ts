import { BY_CONTEXT, BY_HEADER, context, headers, lengths, statusOf } from './messages';
import { messages, withQueues } from './queues';
import { output, type TestRow } from './support';

/** 5 and 6: commands that fail messages, their previews and filters. */
export function failures(row: TestRow): void {
  failing(row);
  previews(row);
  filters(row);
}

function failing(row: TestRow): void {
  const raw = Buffer.from('Subject: x\r\n\r\nhello\r\n');
  const start = () =>
    withQueues({
      'example.com': {
        active: messages(2, { raw, context }),
        delayed: messages(1, { raw, binding: 'gold' }),
      },
      'other.com': { active: messages(1, { raw, context }) },
    });
  const fails = (id: string, line: string, text: RegExp, left: number[], bounces: number) =>
    row(id, async () => {
      const mta = await start();
      expect(await output(mta, line)).toMatch(text);
      const names = ['example.com', 'other.com'];
      expect(names.map((name) => mta.domain(name)!.active + mta.domain(name)!.delayedCount)).toEqual(left);
      expect(mta.domain('sender.com')?.active ?? 0).toBe(bounces);
    });
  const PURGED = /^example\.com purged\. 3 messages failed\.\n$/;
  fails('console-5-14a', 'fail domain example.com', PURGED, [0, 1], 3);
  // The samples of the quiet command have a comma and a full stop.
  fails(
    'console-5-14b',
    'fail domain quiet example.com',
    /^example\.com purged[.,] 3 messages failed\.\n$/,
    [0, 1],
    0,
  );
  fails('console-5-14c', `fail all ${BY_CONTEXT}`, /^All domains purged\. 3 messages failed\.\n$/, [1, 0], 3);
  fails(
    'console-5-14d',
    `fail all quiet ${BY_CONTEXT}`,
    /^All domains purged\. 3 messages failed\.\n$/,
    [1, 0],
    0,
  );
  fails(
    'console-5-14e',
    'binding fail domain gold example.com',
    /^example\.com purged[.,] 1 messages failed\.\n$/,
    [2, 1],
    1,
  );
  fails('console-5-14f', 'binding fail domain quiet gold example.com', / 1 messages failed\.\n$/, [2, 1], 0);
  fails('console-6-13a', 'fail domain example.com', PURGED, [0, 1], 3);
  fails(
    'console-6-13b',
    'binding fail domain default all',
    /^All domains purged\. {2}3 messages failed\.\n$/,
    [1, 0],
    3,
  );

  const notes = (id: string, line: string, note: string) =>
    row(id, async () => {
      const mta = await start();
      await mta.console(line);
      expect(mta.bouncelog.map(({ text }) => text.split('@').at(-1))).toEqual([note, note, note]);
    });
  notes('console-6-13c', 'fail domain example.com', '554 5.7.0 [internal] Message manually purged');
  notes(
    'console-6-13d',
    'fail domain example.com 554 Administratively failed by Bob',
    '554 Administratively failed by Bob',
  );

  row('console-6-13e', async () => {
    const mta = await start();
    expect(await statusOf(mta, 'fail all')).toBe('FAILED');
    expect(lengths(mta, 'example.com')).toEqual([2, 1]);
  });
}

function previews(row: TestRow): void {
  const start = (count: number) => withQueues({ 'relay.com': { active: messages(count, { context }) } });
  const LINE =
    /^ {2}[0-9A-F]{2}\/[0-9A-F]{2}-\d{5}-[0-9A-F]{8} {2}domain=relay\.com from=<s0@sender\.com> to=<r0@example\.com>$/;

  row('console-6-15a', async () => {
    const mta = await start(2);
    const { lines } = await mta.console('fail domain --dry-run relay.com');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(LINE);
    expect(lines[2]).toBe('[dry-run] relay.com: 2 messages would be failed.');
    expect(lengths(mta, 'relay.com')).toEqual([2, 0]);
  });

  row('console-6-15b', async () => {
    const { lines } = await (await start(30)).console('fail domain quiet relay.com --dry-run 554 note');
    expect(lines).toHaveLength(26);
    expect(lines[25]).toBe(
      '[dry-run] relay.com: 30 messages would be failed. (Showing first 25; 5 more not listed.)',
    );
  });

  row('console-6-15c', async () => {
    const mta = await start(2);
    const placed = ['fail all --dry-run --meta campaign summer', 'fail all --meta campaign summer --dry-run'];
    for (const line of placed)
      expect((await mta.console(line)).lines.at(-1)).toBe(
        '[dry-run] all domains: 2 messages would be failed.',
      );
    expect(lengths(mta, 'relay.com')).toEqual([2, 0]);
  });

  row('console-6-15d', async () => {
    const mta = await start(30);
    expect((await mta.console('reroute queue relay.com --dry-run newrelay.com')).lines.at(-1)).toBe(
      '[dry-run] relay.com -> newrelay.com: 30 messages would be moved. (Showing first 25; 5 more not listed.)',
    );
    expect(lengths(mta, 'relay.com')).toEqual([30, 0]);
  });

  row('console-6-15e', async () => {
    const text = await output(await start(2), 'xml reroute queue --dry-run relay.com newrelay.com');
    expect(text).toContain('<DryRun>1</DryRun><MessagesMatched>2</MessagesMatched>');
    expect(text).not.toContain('from=');
  });
}

function filters(row: TestRow): void {
  const finds = (id: string, more: object, filter: string, count: number) =>
    row(id, async () => {
      const mta = await withQueues({ 'relay.com': { active: messages(1, more) } });
      expect(await output(mta, `fail domain quiet ${filter} relay.com`)).toMatch(
        ` ${count} messages failed.`,
      );
    });
  finds('console-6-16a', { context }, BY_CONTEXT, 1);
  finds('console-6-16b', { context }, '--meta campaign summ', 0);
  finds('console-6-16c', { context: { connection: { campaign: 'summer' } } }, BY_CONTEXT, 1);
  finds(
    'console-6-16d',
    { context: { message: { campaign: 'x' }, connection: { campaign: 'summer' } } },
    BY_CONTEXT,
    0,
  );
  finds('console-6-16e', { headers }, BY_HEADER, 1);
  finds('console-6-16f', { headers: { 'X-Pick': 'alpha beta' } }, BY_HEADER, 0);
  finds('console-6-16g', { headers: 'X-Pick: alpha\r\n beta\r\n' }, '--header X-Pick " beta"', 1);
  finds('console-6-16h', { headers: 'X-Pick: alpha\r\n beta\r\n' }, '--header X-Pick "alpha beta"', 0);
}
