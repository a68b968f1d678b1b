/** 3: when a message is tried again, and when no more. */
import type { MessageFixture } from '../../../src';
import {
  configured,
  DOMAIN,
  lines,
  output,
  secondsAt,
  START,
  triedAt,
  withDomain,
  withHooks,
  type TestRow,
} from './support';

const OUT_OF_RETRIES = 'P 554 5.4.7 [internal] exceeded max retries without delivery';
const OUT_OF_TIME = 'P 554 5.4.7 [internal] exceeded max time without delivery';
const BUSY = 'T 450 busy';

/** What a far side that is busy for good sees, and what the mainlog says. */
async function busy(config: string, message: MessageFixture = {}) {
  const mta = await withDomain({ active: [message] }, config);
  mta.remote(DOMAIN).reply(450, 'busy');
  await mta.clock.runAll();
  return { mta, at: triedAt(mta), log: lines(mta) };
}

export function retries(row: TestRow): void {
  intervals(row);
  limits(row);
  expiry(row);
  maintainer(row);
}

function intervals(row: TestRow): void {
  row('queues-3-8a', async () => {
    const { at } = await busy('retry_interval = 10\nmax_retries = 4');
    expect(at).toEqual([0, 10, 30, 70, 150]);
  });

  row('queues-3-8b', async () => {
    const mta = await configured('');
    expect(await output(mta, 'config eval retry_interval')).toBe('Retry_Interval = 1200\n');
    expect((await busy('max_retries = 2')).at).toEqual([0, 1200, 3600]);
  });

  row('queues-3-8c', async () => {
    const { at } = await busy('message_expiration = 604800\nmax_retries = 8');
    expect(at.slice(-4)).toEqual([37_200, 75_600, 118_800, 162_000]);
    expect((await busy('max_retry_interval = 2000\nmax_retries = 3')).at).toEqual([0, 1200, 3200, 5200]);
  });

  row('queues-3-8d', async () => {
    const { at, log } = await busy('retry_interval = 1200\nmax_retry_interval = 1200\nmax_retries = 5');
    expect(at).toEqual([0, 1200, 2400, 3600, 4800, 6000]);
    expect(log).toEqual([...Array<string>(5).fill(BUSY), OUT_OF_RETRIES]);
  });

  row('queues-3-8e', async () => {
    const { at } = await busy('retry_interval = 1200\nmax_retries = 5');
    expect(at.at(-1)).toBe(37_200);
  });

  row('queues-3-8f', async () => {
    for (const stanza of [
      'retry_interval = 5',
      `domain "${DOMAIN}" { retry_interval = 5 }`,
      'binding "default" { retry_interval = 5 }',
      'binding_group "default" { retry_interval = 5 binding "default" { } }',
    ])
      expect([stanza, (await busy(`max_retries = 1\n${stanza}`)).at]).toEqual([stanza, [0, 5]]);
  });
}

function limits(row: TestRow): void {
  row('queues-3-9a', async () => {
    const mta = await configured('');
    expect(await output(mta, 'config eval max_retries')).toBe('Max_Retries = auto\n');
    // 1200, 2400 and 4800 seconds are the first sums that reach 4000.
    const { at, log } = await busy('message_expiration = 4000');
    expect(at).toEqual([0, 1200, 3600, 8400]);
    expect(log).toEqual([BUSY, BUSY, BUSY, OUT_OF_TIME]);
  });

  row('queues-3-9b', async () => {
    expect((await busy('max_retries = 2')).log).toEqual([BUSY, BUSY, OUT_OF_RETRIES]);
  });

  row('queues-3-9c', async () => {
    const { at, log } = await busy(
      'max_retries = none\nmax_retry_interval = 1200\nmessage_expiration = 6000',
    );
    expect(at).toEqual([0, 1200, 2400, 3600, 4800, 6000]);
    expect(log.at(-1)).toBe(OUT_OF_TIME);
  });

  row('queues-3-9d', async () => {
    const fixed = 'retry_interval = 1200\nmax_retry_interval = 1200\nmax_retries = 5';
    expect((await busy(`${fixed}\nmessage_expiration = 2000`)).log).toEqual([BUSY, BUSY, OUT_OF_TIME]);
    expect((await busy(`${fixed}\nmessage_expiration = 90000`)).log.at(-1)).toBe(OUT_OF_RETRIES);
  });

  row('queues-3-9e', async () => {
    const flushed = async (setting: string) => {
      const mta = await withDomain({ active: 1 }, `max_retries = ${setting}\nmessage_expiration = 4000`);
      mta.remote(DOMAIN).reply(450, 'busy');
      for (let i = 0; i < 4; i++) {
        await mta.clock.advance('1s');
        await mta.console(`flush domain ${DOMAIN}`);
      }
      return lines(mta);
    };
    expect(await flushed('auto')).toEqual([BUSY, BUSY, BUSY, OUT_OF_RETRIES]);
    expect(await flushed('none')).toEqual([BUSY, BUSY, BUSY, BUSY]);
  });
}

function expiry(row: TestRow): void {
  row('queues-3-10a', async () => {
    const mta = await configured('');
    expect(await output(mta, 'config eval message_expiration')).toBe('Message_Expiration = 86400\n');
    const { at, log } = await busy('');
    expect([at.at(-2)! < 86_400, at.at(-1)! >= 86_400, log.at(-1)]).toEqual([true, true, OUT_OF_TIME]);
  });

  const old = { created: new Date(START - 86_400_000) };
  row('queues-3-11a', async () => {
    const mta = await withDomain({ active: [old] });
    const remote = mta.remote(DOMAIN);
    await mta.clock.advance(0);
    expect([remote.deliveries.length, lines(mta)]).toEqual([1, ['D']]);
    expect(await busy('', old)).toMatchObject({ at: [0], log: [OUT_OF_TIME] });
  });

  row('queues-3-11b', async () => {
    const text = 'P 554 5.4.5 [internal] Delivery not attempted (message expired)';
    expect(await busy('never_attempt_expired_messages = true', old)).toMatchObject({ at: [], log: [text] });
  });

  row('queues-3-12a', async () => {
    expect(await busy('never_retry = true')).toMatchObject({ at: [0], log: [OUT_OF_RETRIES] });
    const mta = await configured('');
    expect(await output(mta, 'config eval never_retry')).toBe('Never_Retry = 0\n');
  });

  row('queues-3-12b', async () => {
    expect((await busy('message_expiration = 1')).log).toEqual([BUSY, OUT_OF_TIME]);
  });

  row('queues-3-13a', async () => {
    const hook = (body: string) => `function mod:core_get_msg_expiration_params(msg, expiration, retry, max)
      ${body}
    end`;
    const tried = async (body: string) => {
      const mta = await withHooks(hook(body), { active: 1 });
      mta.remote(DOMAIN).reply(450, 'busy');
      await mta.clock.advance('59m');
      return [triedAt(mta), lines(mta).at(-1)];
    };
    const three = [0, 7, 21];
    const set = 'retry:set(7) max[0] = 2 return 1';
    expect(await tried(set)).toEqual([three, OUT_OF_RETRIES]);
    expect(await tried('return 1, expiration[0], 7, 2')).toEqual([three, OUT_OF_RETRIES]);
    expect(await tried('expiration:set(3) return 1')).toEqual([[0, 1200], OUT_OF_TIME]);
    expect(await tried('retry:set(7) return 0')).toEqual([[0, 1200], BUSY]);
  });

  row('queues-3-13b', async () => {
    const tried = async (body: string) => {
      const mta = await withHooks(
        `function mod:core_ec_message_set_next_attempt(msg, now, rv) ${body} end`,
        { active: 1 },
        'max_retries = 2',
      );
      mta.remote(DOMAIN).reply(450, 'busy');
      await mta.clock.advance('59m');
      return [triedAt(mta), lines(mta)];
    };
    const later = 'msg.next_attempt.tv_sec = now.tv_sec + 1000 * (msg.num_retries + 1)';
    expect(await tried(`${later} rv[0] = 1 return 1`)).toEqual([
      [0, 1000, 3000],
      [BUSY, BUSY, BUSY],
    ]);
    expect(await tried('return 1, 0')).toEqual([[0], [OUT_OF_RETRIES]]);
    expect(await tried('return 0')).toEqual([
      [0, 1200],
      [BUSY, BUSY],
    ]);
  });
}

function maintainer(row: TestRow): void {
  const dueAt = (seconds: number) => ({ nextAttempt: new Date(START + seconds * 1000) });

  row('queues-3-14a', async () => {
    const mta = await withDomain({ delayed: [dueAt(70), dueAt(40)] });
    const fired = await mta.clock.advance('2m');
    expect(fired.map(({ label, at }) => `${label} ${secondsAt(at)}`)).toEqual([
      'queue maintainer example.com 40',
      'queue maintainer example.com 70',
    ]);
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 2, delayedCount: 0 });
  });

  row('queues-3-14b', async () => {
    const mta = await withDomain({ active: 1, delayed: [dueAt(40)] });
    await mta.clock.advance('39s');
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 1, delayedCount: 1 });
    await mta.clock.advance('16s');
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 2, delayedCount: 0 });
  });

  row('queues-3-14c', async () => {
    const mta = await configured('');
    expect(await output(mta, 'config eval delayed_queue_scan_interval')).toBe(
      'Delayed_Queue_Scan_Interval = 15\n',
    );
  });
}
