/** 2: what scripts do with records and queues. */
import { Momentum } from '../../../src';
import {
  configured,
  DOMAIN,
  expectNotSimulated,
  lines,
  START,
  WITH_CONTENT,
  withDomain,
  withRecord,
  type TestRow,
} from './support';

const NOTE = '451 4.4.1 [internal] manually delayed domain';
const BINDINGS = ['gold', { name: 'silver', group: 'metals' }];

export function operations(row: TestRow): void {
  records(row);
  queues(row);
  messages(row);
  purges(row);
  options(row);
  eventLoops(row);
}

function records(row: TestRow): void {
  row('queues-2-1a', async () => {
    const mta = await withDomain({});
    expect(await withRecord(mta, 'return type(dr), dr.domain')).toEqual(['userdata', DOMAIN]);
  });

  row('queues-2-1b', async () => {
    const mta = await withDomain({});
    expect(await withRecord(mta, 'return dr == nil', 'unknown.test')).toEqual([true]);
  });

  row('queues-2-2a', async () => {
    const mta = await withDomain({ active: 2, delayed: 1 });
    await withRecord(mta, `core.mail_queue_delay_domain(dr, "${NOTE}")`);
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 0, delayedCount: 3 });
    expect(mta.domain(DOMAIN)).toBeDelayed({ note: NOTE });
    expect(
      mta
        .domain(DOMAIN)!
        .messages.map(({ code }) => code)
        .sort(),
    ).toEqual([NOTE, NOTE, undefined]);
  });

  row('queues-2-2b', async () => {
    const mta = await withDomain({ active: 1 });
    const call = `core.mail_queue_delay_domain(dr, "${NOTE}")`;
    expect(await withRecord(mta, `return select("#", ${call}), ${call}`)).toEqual([1, undefined]);
  });
}

function queues(row: TestRow): void {
  row('queues-2-3a', async () => {
    const mta = await withDomain({ active: 3, delayed: 2 });
    expect(await withRecord(mta, 'return core.mail_queue_size(dr.equeue)')).toEqual([5]);
  });
  row('queues-2-3b', async () => {
    const mta = await withDomain({ active: 3, delayed: 2 });
    expect(await withRecord(mta, 'return core.mail_queue_delayed_size(dr.equeue)')).toEqual([2]);
  });

  // A list of C's.
  row('queues-2-4', () => expectNotSimulated('msys.core.mail_queue_active_queue_for_binding'));
}

const FIRST = `
  function first(domain)
    local dr = msys.core.dns_get_domain(domain)
    return msys.core.ec_mailq_first_delayed(dr.equeue), dr
  end`;

function messages(row: TestRow): void {
  const withDelayed = async (text = '', contents = {}) => {
    const mta = await withDomain({ delayed: [contents] }, text, { bindings: BINDINGS });
    await mta.eval(FIRST);
    return mta;
  };
  const run = (mta: Momentum, lua: string) =>
    mta.eval(`local core = msys.core; local msg, dr = first("${DOMAIN}"); ${lua}`);

  row('queues-2-6a', async () => {
    const mta = await withDelayed();
    const found = 'core.ec_mailq_find_live_message(msg.id)';
    const { id } = mta.domain(DOMAIN)!.messages[0]!;
    expect(await run(mta, `return tostring(${found}.id), ${found} == msg`)).toEqual([id, true]);
    expect(mta.domain(DOMAIN)!.delayedCount).toBe(1);
  });

  row('queues-2-6b', async () => {
    const mta = await withDelayed();
    const dequeue = 'core.ec_mailq_dequeue_live_message(msg.id)';
    expect(await run(mta, `kept = ${dequeue}; return kept == msg, ${dequeue}`)).toEqual([true, undefined]);
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 0, delayedCount: 0 });
  });

  row('queues-2-7', async () => {
    const mta = await withDelayed();
    await run(mta, 'kept = core.ec_mailq_dequeue_live_message(msg.id)');
    await run(mta, 'core.ec_mailq_insert_active(dr.equeue, kept)');
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 1, delayedCount: 0 });
    await mta.console(`delay 60 --domain ${DOMAIN}`);
    await run(mta, 'kept = core.ec_mailq_dequeue_live_message(msg.id)');
    await run(mta, 'core.ec_mailq_message_requeue(kept, kept.creation_time)');
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 0, delayedCount: 1 });
    await mta.clock.advance('60s');
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 1, delayedCount: 0 });
    await expect(mta.eval(`core.ec_mailq_insert_active(first("${DOMAIN}"), kept)`)).rejects.toThrow();
  });

  row('queues-2-8a', async () => {
    const mta = await withDelayed();
    const names = await run(
      mta,
      'return core.ec_message_assign_domain_by_name(msg, "a.test").domain, msg.domain.domain',
    );
    expect(names).toEqual(['a.test', 'a.test']);
    expect(mta.domain('a.test')!.delayedCount).toBe(1);
    await mta.eval(`
      local dr = msys.core.dns_get_domain("${DOMAIN}")
      msys.core.ec_message_assign_domain(first("a.test"), dr)`);
    expect([mta.domain('a.test')!.delayedCount, mta.domain(DOMAIN)!.delayedCount]).toEqual([0, 1]);
  });

  row('queues-2-8b', async () => {
    const mta = await withDelayed();
    await run(mta, 'core.ec_message_change_binding_slot(msg, 2)');
    expect(mta.domain(DOMAIN)!.messages).toMatchObject([{ binding: 'silver', group: 'metals' }]);
    await expect(run(mta, 'core.ec_message_change_binding_slot(msg, 7)')).rejects.toThrow(
      'no binding slot 7',
    );
  });

  row('queues-2-9', async () => {
    const set = 'return core.ec_message_set_next_attempt(msg, msg.next_attempt), msg.next_attempt.tv_sec';
    const mta = await withDelayed('retry_interval = 100');
    // The first attempt has failed: the message waits for 100 seconds, and from then on for 200.
    expect(await run(mta, set)).toEqual([1, START / 1000 + 300]);
    for (const [text, contents] of [
      ['never_retry = true', {}],
      ['max_retries = 1', {}],
      ['', { created: new Date(START - 86_400_000) }],
    ] as const)
      expect((await run(await withDelayed(text, contents), set))[0]).toBe(0);
  });
}

function purges(row: TestRow): void {
  const purged = async (args: string) => {
    const messages = [{ ...WITH_CONTENT, binding: 'silver' }];
    const mta = await withDomain({ active: [...messages, {}], delayed: messages }, '', {
      bindings: BINDINGS,
    });
    const result = await withRecord(mta, `return core.mail_queue_purge_domain_binding(dr, 2, ${args})`);
    return { mta, result };
  };

  row('queues-2-5a', async () => {
    const { mta, result } = await purged('"550 gone", core.EM_FAILED');
    expect(result).toEqual([2]);
    expect(lines(mta)).toEqual(['P 550 gone', 'R', 'P 550 gone', 'R']);
    expect(mta.domain(DOMAIN)!.bindings).toEqual([{ binding: 'default', active: 1, delayed: 0 }]);
  });

  row('queues-2-5b', async () => {
    const { mta } = await purged('nil, core.EM_FAILED_QUIET');
    expect(lines(mta)).toEqual(Array(2).fill('P 554 5.4.4 [internal] Domain Lookup Failed'));
  });

  row('queues-2-5c', async () => {
    const loud = await purged('nil, core.EM_FAILED');
    expect(loud.mta.domain('sender.test')).toMatchObject({ active: 2 });
    const quiet = await purged('nil, core.EM_FAILED_QUIET');
    expect(quiet.mta.domain('sender.test')).toBeUndefined();
  });
}

const OPTIONS = `
retry_interval = 1
domain "example.com" { retry_interval = 2 max_retries = 7 }
binding "gold" {
  max_retries = none
  domain "example.com" { retry_interval = 3 message_expiration = 44 }
}`;

function options(row: TestRow): void {
  const read = async (option: string) => {
    const mta = await configured(OPTIONS);
    const calls = [
      [0, 'other.test'],
      [0, DOMAIN],
      [1, DOMAIN],
    ].map(([slot, domain]) => `core.config_get_binding_domain_${option}(nil, ${slot}, "${domain}")`);
    return withRecord(mta, `return ${calls.join(', ')}`);
  };

  row('queues-2-10a', async () => {
    expect(await read('retry_interval')).toEqual([1, 2, 3]);
    expect(await read('message_expiration')).toEqual([86_400, 86_400, 44]);
  });

  row('queues-2-10b', async () => {
    expect(await read('max_retries')).toEqual([0, 7, -1]);
  });

  row('queues-2-10c', async () => {
    const mta = await Momentum.start({ bindings: BINDINGS });
    expect(
      await mta.eval(`local c = msys.core
        return c.config_get_binding_id_from_name("silver"), c.config_get_binding_name_from_id(2),
               c.config_get_binding_group(nil, 2)`),
    ).toEqual([2, 'silver', 'metals']);
  });
}

function eventLoops(row: TestRow): void {
  const inLoop = async (closure: string) => {
    const mta = await withDomain({});
    return mta.eval(`return msys.runInInst(msys.core.scheduler_for_domain("${DOMAIN}"), ${closure})`);
  };

  row('queues-2-11a', async () => {
    const query = `function() return msys.core.dns_get_domain("${DOMAIN}").domain end`;
    expect(await inLoop(query)).toEqual([true, DOMAIN]);
  });

  row('queues-2-11b', async () => {
    expect(await inLoop('function() return 1, nil, "three" end')).toEqual([true, 1, undefined, 'three']);
    expect(await inLoop('function() error("no", 0) end')).toEqual([false, 'no']);
  });
}
