import { RESPONSES } from '../../../src/server/delivery/responses';
import { newDelivery } from './support';

const DOMAIN = 'a.test';

test('without a remote nothing happens', async () => {
  const { clock, domains, logs } = newDelivery();
  const record = domains.add(DOMAIN, { active: 2 });
  expect(await clock.advance('1d')).toEqual([]);
  expect([record.active, record.attempts, logs.mainlog]).toEqual([2, 0, []]);
});

test('active messages are delivered when the clock advances, those that come later too', async () => {
  const { clock, domains, remotes, mainlog, delivery } = newDelivery();
  const record = domains.add(DOMAIN, { active: 2 });
  const remote = remotes.of(DOMAIN);
  expect(record.active).toBe(2);
  await clock.advance(0);
  domains.enqueue(DOMAIN, {});
  await clock.advance(0);
  expect(record).toMatchObject({ active: 0, deliveries: 3, attempts: 3, lastDelivery: clock.now() });
  expect(remote.deliveries).toHaveLength(3);
  expect(mainlog()).toEqual(['D', 'D', 'D']);
  expect(delivery.statistics).toMatchObject({ delivered: 3, failed: 0 });
});

describe('back-off', () => {
  test('doubles until the cap, and ends with the age of the message', async () => {
    const { clock, domains, remotes, now } = newDelivery();
    domains.add(DOMAIN, { active: 1 });
    const remote = remotes.of(DOMAIN).reply(451, '4.3.0 busy');
    await clock.runAll();
    const at = remote.attempts.map(({ at }) => (at.getTime() - Date.UTC(2026, 0, 1)) / 1000);
    expect(at).toEqual([0, 1200, 3600, 8400, 18_000, 37_200, 75_600, 118_800]);
    expect(now()).toBe(118_800);
  });

  test.each<[string, Record<string, string | number>, string[]]>([
    ['of a fixed interval and number', { max_retry_interval: 1200, max_retries: 3 }, ['T', 'T', 'T', 'P']],
    ['that is never', { never_retry: 'true' }, ['P']],
    ['without limit of retries', { max_retries: 'none', message_expiration: 4000 }, ['T', 'T', 'T', 'P']],
    ['limited by auto retries', { max_retries: 'auto', message_expiration: 4000 }, ['T', 'T', 'T', 'P']],
    ['limited by time alone', { max_retries: 99, message_expiration: 1 }, ['T', 'P']],
  ])('%s', async (_, options, lines) => {
    const { clock, domains, remotes, logs } = newDelivery(options);
    domains.add(DOMAIN, { active: 1 });
    remotes.of(DOMAIN).reply(450);
    await clock.runAll();
    expect(logs.mainlog.map(({ type }) => type)).toEqual(lines);
  });

  test('manual flushes use up auto retries before the time is over', async () => {
    const { clock, domains, remotes, operations, logs } = newDelivery({ message_expiration: 4000 });
    domains.add(DOMAIN, { active: 1 });
    remotes.of(DOMAIN).reply(450);
    for (let i = 0; i < 4; i++) {
      await clock.advance(0);
      await operations.flush({ domain: DOMAIN });
    }
    expect(logs.mainlog.at(-1)).toMatchObject({ type: 'P', note: RESPONSES.outOfRetries, retries: 3 });
  });
});

test.each<[string, Record<string, string>, string[]]>([
  ['is attempted once more', {}, ['attempt']],
  ['is not, when the configuration says so', { never_attempt_expired_messages: 'true' }, []],
])('an expired message %s', async (_, options, outcomes) => {
  const { clock, domains, remotes, logs } = newDelivery(options);
  domains.add(DOMAIN, { active: [{ created: new Date(clock.millis() - 86_400_000) }] });
  const remote = remotes.of(DOMAIN).reply(450);
  await clock.advance(0);
  expect(remote.attempts.map(() => 'attempt')).toEqual(outcomes);
  const note = outcomes.length > 0 ? RESPONSES.outOfTime : RESPONSES.expiredUntried;
  expect(logs.mainlog).toMatchObject([{ type: 'P', note }]);
});

describe('connections that fail', () => {
  test('are a transient failure, and the host is left alone for host_failure_retry', async () => {
    const { clock, domains, remotes, mainlog } = newDelivery({ max_outbound_connections: 2 });
    const record = domains.add(DOMAIN, { active: 5 });
    const remote = remotes.of(DOMAIN).refuse();
    await clock.advance(0);
    expect(mainlog()).toEqual([`T ${RESPONSES.noHosts}`, `T ${RESPONSES.noHosts}`]);
    expect(record).toMatchObject({ active: 3, delayedCount: 2, connectionFailures: 2, transients: 2 });
    await clock.advance('119s');
    expect(remote.attempts).toHaveLength(2);
    await clock.advance('1s');
    expect(remote.attempts).toHaveLength(4);
    remote.accept();
    await clock.advance('2m');
    expect(record).toMatchObject({ active: 0, connectionFailures: 0, deliveries: 1 });
  });

  test('by a timeout take connect_timeout', async () => {
    const { clock, domains, remotes, mainlog, now } = newDelivery();
    const record = domains.add(DOMAIN, { active: 1 });
    remotes.of(DOMAIN).timeout();
    await clock.advance('299s');
    expect([record.queue.trying.size, mainlog()]).toEqual([1, []]);
    await clock.advance('1s');
    expect([now(), record.delayedCount, mainlog()]).toEqual([300, 1, [`T ${RESPONSES.connectTimedOut}`]]);
  });

  test('delay the active messages after mx_failures_to_delay of them', async () => {
    const { clock, domains, remotes } = newDelivery({ mx_failures_to_delay: 3, max_outbound_connections: 3 });
    const record = domains.add(DOMAIN, { active: 5 });
    remotes.of(DOMAIN).refuse();
    await clock.advance(0);
    expect(record).toMatchObject({ active: 0, delayedCount: 5, delay: { note: RESPONSES.noMxReached } });
    expect(record.queue.delayed.map(({ retries }) => retries).sort()).toEqual([0, 0, 1, 1, 1]);
  });

  test('do not, when mx_failures_to_delay is 0', async () => {
    const { clock, domains, remotes } = newDelivery({ mx_failures_to_delay: 0 });
    const record = domains.add(DOMAIN, { active: 60 });
    remotes.of(DOMAIN).refuse();
    await clock.advance('2m');
    expect(record).toMatchObject({ active: 0, delayedCount: 60, delay: undefined, connectionFailures: 60 });
  });
});

describe('limits', () => {
  test('connections work side by side and are used again', async () => {
    const { clock, domains, remotes, engine, logs } = newDelivery({ max_outbound_connections: 2 });
    const record = domains.add(DOMAIN, { active: 5 });
    const remote = remotes.of(DOMAIN).delay('10s');
    await clock.advance('10s');
    expect([remote.deliveries.length, record.queue.trying.size]).toEqual([2, 2]);
    await clock.advance('20s');
    expect(remote.deliveries).toHaveLength(5);
    expect(new Set(logs.mainlog.map(({ connectionId }) => connectionId)).size).toBe(2);
    expect(engine.connections(record)).toHaveLength(1);
    await clock.advance('5s');
    expect(engine.connections(record)).toHaveLength(0);
  });

  test('are by binding', async () => {
    const { clock, domains, remotes } = newDelivery({ max_outbound_connections: 1 });
    const record = domains.add(DOMAIN, { active: [{}, {}, { binding: 'gold' }] });
    remotes.of(DOMAIN).delay('10s');
    await clock.advance(0);
    expect([...record.queue.trying].map(({ binding }) => binding)).toEqual(['default', 'gold']);
  });

  test('messages are throttled, and wait in the active queue', async () => {
    const { clock, domains, remotes } = newDelivery({ outbound_throttle_messages: '2/60' });
    const record = domains.add(DOMAIN, { active: 5 });
    const remote = remotes.of(DOMAIN);
    await clock.runAll();
    const at = remote.deliveries.map((delivery) => delivery.at.getTime() - Date.UTC(2026, 0, 1));
    expect(at).toEqual([0, 0, 60_000, 60_000, 120_000]);
    expect(record.delayedCount).toBe(0);
  });

  test('a throttle is shared by all that fall back to its stanza', async () => {
    const { clock, domains, remotes, settings } = newDelivery();
    settings
      .set('outbound_throttle_messages', '1/60')
      .set('outbound_throttle_messages', '1/60', { domain: 'c.test' });
    for (const name of ['a.test', 'b.test', 'c.test']) domains.add(name, { active: 1 });
    remotes.of('*');
    await clock.advance(0);
    expect([...domains].map(({ deliveries }) => deliveries)).toEqual([1, 0, 1]);
    await clock.advance('1m');
    expect([...domains].map(({ deliveries }) => deliveries)).toEqual([1, 1, 1]);
  });

  test('connections are throttled too', async () => {
    const { clock, domains, remotes } = newDelivery({ outbound_throttle_connections: 1 });
    domains.add(DOMAIN, { active: 3 });
    const remote = remotes.of(DOMAIN).reply(421, 'closing');
    await clock.runAll();
    const first = remote.attempts.slice(0, 3).map(({ at }) => at.getTime() - Date.UTC(2026, 0, 1));
    expect(first).toEqual([0, 1000, 2000]);
  });
});

describe('suspension', () => {
  test.each<[string, string, Record<string, string>]>([
    ['of everything', 'suspend_delivery', {}],
    ['of the domain', 'suspend_delivery', { domain: DOMAIN }],
    ['of the binding', 'suspend_delivery', { binding: 'default' }],
    ['of the group', 'suspend_delivery', { group: 'default' }],
  ])('%s keeps messages until it ends, at once', async (_, option, scope) => {
    const { clock, domains, remotes, set } = newDelivery();
    const record = domains.add(DOMAIN, { active: 1 });
    remotes.of(DOMAIN);
    await set(option, true, scope);
    await clock.advance('1h');
    expect(record).toMatchObject({ active: 1, attempts: 0 });
    await set(option, false, scope);
    await clock.advance(0);
    expect(record).toMatchObject({ active: 0, deliveries: 1 });
  });

  test('of one binding lets the others through; default_binding can suspend the default one', async () => {
    const { clock, domains, remotes } = newDelivery({ default_binding: 'suspended' });
    const record = domains.add(DOMAIN, { active: [{}, { binding: 'gold' }] });
    remotes.of(DOMAIN);
    await clock.advance(0);
    expect(record.queue.active.map(({ binding }) => binding)).toEqual(['default']);
  });
});

test.each(['true', 'inline', 'internal'])(
  'blackhole = %s fails what is queued, remote or not',
  async (value) => {
    const { clock, domains, logs, set } = newDelivery();
    const record = domains.add(DOMAIN, { active: 1, delayed: 1 });
    await set('blackhole', value, { domain: DOMAIN });
    expect(record).toMatchObject({ active: 0, delayedCount: 0, failures: 2, attempts: 0 });
    expect(logs.mainlog).toMatchObject([{ type: 'P', note: RESPONSES.blackholed }, { type: 'P' }]);
    domains.enqueue(DOMAIN, {});
    await clock.advance(0);
    expect(record.failures).toBe(3);
  },
);

test('priority comes first', async () => {
  const { clock, domains, remotes } = newDelivery();
  domains.add(DOMAIN, { active: [{ to: 'late@a.test' }, { to: 'urgent@a.test', priority: 1 }] });
  const remote = remotes.of(DOMAIN);
  await clock.advance(0);
  expect(remote.deliveries.map(({ to }) => to)).toEqual(['urgent@a.test', 'late@a.test']);
});

test('with a gateway, the far side is the gateway', async () => {
  const { clock, domains, remotes } = newDelivery({ gateway: 'relay.test' });
  const record = domains.add(DOMAIN, { active: 1 });
  const own = remotes.of(DOMAIN);
  await clock.advance(0);
  expect(record.active).toBe(1);
  const relay = remotes.of('relay.test');
  await clock.advance(0);
  expect(own.deliveries).toEqual([]);
  expect(relay.deliveries).toMatchObject([{ domain: DOMAIN, remote: 'relay.test' }]);
});

describe('routes', () => {
  const route = {
    mxs: [{ preference: 10, host: 'mx.a.test', ttl: 300, addresses: ['198.51.100.7'] }],
    ttl: 300,
  };

  test('are looked up once until they expire, and give the address in the logs', async () => {
    const { clock, domains, remotes, engine, operations, logs } = newDelivery();
    const asked: string[] = [];
    engine.routes = (domain) => {
      asked.push(domain);
      return Promise.resolve(route);
    };
    const record = domains.add(DOMAIN, { active: 2 });
    remotes.of(DOMAIN);
    await clock.advance(0);
    expect(asked).toEqual([DOMAIN]);
    expect(record).toMatchObject({ route, expiry: new Date(clock.millis() + 300_000) });
    expect(logs.mainlog[0]).toMatchObject({ ip: '198.51.100.7' });
    operations.refresh(DOMAIN);
    domains.enqueue(DOMAIN, {});
    await clock.advance(0);
    expect(asked).toHaveLength(2);
  });

  test.each<[string, string[]]>([
    [
      '550 5.4.4 [internal] NULL MX domain does not accept mail',
      ['P 550 5.4.4 [internal] NULL MX domain does not accept mail'],
    ],
    ['454 4.4.4 [internal] no MX or A for domain', ['T 454 4.4.4 [internal] no MX or A for domain']],
  ])('that fail with %s', async (error, lines) => {
    const { clock, domains, remotes, engine, mainlog } = newDelivery();
    engine.routes = () => ({ error });
    const record = domains.add(DOMAIN, { active: 1 });
    remotes.of(DOMAIN);
    await clock.advance(0);
    expect(mainlog()).toEqual(lines);
    expect(record.attempts).toBe(0);
  });

  test('that fail are asked for once for all messages of an instant', async () => {
    const { clock, domains, remotes, engine, mainlog } = newDelivery();
    let asked = 0;
    engine.routes = () => (++asked < 2 ? { error: '454 4.4.4 [internal] no MX or A for domain' } : route);
    const record = domains.add(DOMAIN, { active: 3 });
    remotes.of(DOMAIN);
    await clock.advance(0);
    expect([asked, record.dnsFailures, record.transients]).toEqual([1, 1, 3]);
    await clock.advance('20m');
    expect([asked, record.dnsFailures, mainlog().slice(3)]).toEqual([2, 0, ['D', 'D', 'D']]);
  });

  test('that take virtual time do not hold the clock up', async () => {
    const { clock, domains, remotes, engine } = newDelivery();
    engine.routes = () =>
      new Promise((resolve) => {
        clock.schedule(clock.millis() + 5000, 'lookup', () => resolve(route));
      });
    const record = domains.add(DOMAIN, { active: 1 });
    remotes.of(DOMAIN);
    await clock.advance('4s');
    expect(record.queue.trying.size).toBe(1);
    await clock.advance('1s');
    expect(record.deliveries).toBe(1);
  });
});

describe('hooks', () => {
  test('see what happens', async () => {
    const { clock, domains, remotes, policy } = newDelivery({ max_retries: 1 });
    const seen: string[] = [];
    const note = (name: string) => (message: unknown, _record: unknown, _now: Date, text: string) => {
      seen.push(`${name} ${text}`.trim());
    };
    policy.hooks = {
      logAttempt: note('attempt'),
      logDelivery: note('delivery'),
      logTransient: note('transient'),
      logPermanent: note('permanent'),
      preRequeue: () => void seen.push('requeue'),
    };
    domains.add(DOMAIN, { active: 1 });
    const remote = remotes.of(DOMAIN).reply(450, 'no').once.reply(451, 'later');
    await clock.runAll();
    remote.accept();
    domains.enqueue(DOMAIN, {});
    await clock.advance(0);
    expect(seen).toEqual([
      ...['attempt', 'transient 451 later', 'requeue'],
      ...['attempt', `permanent ${RESPONSES.outOfRetries}`],
      ...['attempt', 'delivery 250 2.0.0 OK'],
    ]);
  });

  test('set the next attempt, or let the message fail', async () => {
    const { clock, domains, remotes, policy, mainlog } = newDelivery();
    const results = [true, false];
    policy.hooks = {
      setNextAttempt: (message, now) => {
        message.nextAttempt = new Date(now.getTime() + 5000);
        return Promise.resolve(results.shift());
      },
    };
    const record = domains.add(DOMAIN, { active: 1 });
    remotes.of(DOMAIN).reply(450);
    await clock.advance(0);
    expect(record.queue.nextDue).toEqual(new Date(clock.millis() + 5000));
    await clock.advance('5s');
    expect(mainlog()).toEqual(['T 450', `P ${RESPONSES.outOfRetries}`]);
  });

  test('change the parameters of expiration', async () => {
    const { clock, domains, remotes, policy } = newDelivery();
    policy.hooks = { expirationParams: () => ({ retryInterval: 7 }) };
    const record = domains.add(DOMAIN, { active: 1 });
    remotes.of(DOMAIN).reply(450);
    await clock.advance(0);
    expect(record.queue.nextDue).toEqual(new Date(clock.millis() + 7000));
  });

  test('take a message that is due', async () => {
    const { clock, domains, policy } = newDelivery();
    policy.hooks = { insertActive: () => false };
    const record = domains.add(DOMAIN, { delayed: 1 });
    const [message] = record.queue.delayed;
    await clock.advance('20m');
    expect(record.queue).toMatchObject({ size: 0, trying: new Set() });
    expect([...domains.taken.values()]).toEqual([message]);
  });

  test('that fail lose no message', async () => {
    const { clock, domains, remotes, policy } = newDelivery();
    policy.hooks = { insertActive: () => Promise.reject(new Error('insert')) };
    const record = domains.add(DOMAIN, { delayed: 2 });
    await expect(clock.advance('20m')).rejects.toThrow('insert');
    expect(record.active).toBe(2);
    policy.hooks = { logAttempt: () => Promise.reject(new Error('attempt')) };
    remotes.of(DOMAIN);
    await expect(clock.advance(0)).rejects.toThrow('attempt');
    expect([record.active, record.queue.trying.size]).toEqual([2, 0]);
  });

  test('may wait for virtual time; what fails later is told', async () => {
    const { clock, domains, remotes, policy } = newDelivery();
    const errors: unknown[] = [];
    policy.onError = (error) => errors.push(error);
    policy.hooks = {
      logAttempt: () =>
        new Promise((_, reject) => {
          clock.schedule(clock.millis() + 1000, 'hook', () => reject(new Error('late')));
        }),
    };
    domains.add(DOMAIN, { active: 1 });
    remotes.of(DOMAIN);
    await clock.advance('2s');
    expect(errors).toEqual([new Error('late')]);
  });
});

test('a domain that is removed is forgotten, deliveries under way included', async () => {
  const { clock, domains, remotes, logs } = newDelivery();
  domains.add(DOMAIN, { active: 2 });
  const remote = remotes.of(DOMAIN).delay('10s');
  await clock.advance(0);
  domains.remove(DOMAIN);
  expect(clock.pending).toEqual([]);
  await clock.advance('1h');
  expect([remote.deliveries, logs.mainlog]).toEqual([[], []]);
});

describe('bounces', () => {
  const message = { from: 'me@sender.test', headers: { Subject: 'hello' } };

  test('go to the sender, with the reason and the headers', async () => {
    const { clock, domains, remotes, logs, delivery } = newDelivery();
    domains.add(DOMAIN, { active: [message] });
    remotes.of(DOMAIN).reply(550, '5.1.1 unknown user');
    await clock.advance(0);
    const [bounce] = domains.get('sender.test')!.queue.active;
    expect(bounce).toMatchObject({ from: '', to: 'me@sender.test', bounce: true });
    expect(bounce!.raw!.toString()).toMatch(
      /<recipient@a\.test>: 550 5\.1\.1 unknown user\r\n[^]*Content-Type: text\/rfc822-headers\r\n\r\nSubject: hello\r\n/,
    );
    expect(logs.mainlog.map(({ type }) => type)).toEqual(['P', 'R']);
    expect(logs.mainlog[1]).toMatchObject({
      protocol: 'internal',
      senderDomain: '',
      recipientDomain: 'sender.test',
    });
    expect(delivery.statistics.received).toBe(1);
  });

  test.each<[string, object, Record<string, string>]>([
    ['the null sender', { ...message, from: '' }, {}],
    ['a sender without domain', { ...message, from: 'postmaster' }, {}],
    ['a message without content', { from: message.from }, {}],
    ['anyone, when generate_bounces is off', message, { generate_bounces: 'false' }],
  ])('do not go to %s', async (_, fixture, options) => {
    const { clock, domains, remotes } = newDelivery(options);
    domains.add(DOMAIN, { active: [fixture] });
    remotes.of(DOMAIN).reply(550);
    await clock.advance(0);
    expect([...domains].map(({ name, failures }) => [name, failures])).toEqual([[DOMAIN, 1]]);
  });

  test('are never made about bounces', async () => {
    const { clock, domains, remotes, logs } = newDelivery();
    domains.add(DOMAIN, { active: [message] });
    remotes.of('*').reply(550);
    await clock.runAll();
    expect(logs.mainlog.map(({ type }) => type)).toEqual(['P', 'R', 'P']);
  });

  test('hooks decide about them', async () => {
    const { clock, domains, remotes, policy } = newDelivery({ generate_bounces: 'false' });
    policy.hooks = { generateBounces: (_message, enabled) => !enabled };
    domains.add(DOMAIN, { active: [message] });
    remotes.of(DOMAIN).reply(550);
    await clock.advance(0);
    expect(domains.get('sender.test')!.active).toBe(1);
  });
});

test('the binding of a group: what the hook says, or one that is not suspended', async () => {
  const { delivery, domains, policy, set } = newDelivery({}, [
    { name: 'a', group: 'g' },
    { name: 'b', group: 'g' },
  ]);
  const message = domains.enqueue(DOMAIN, {});
  await set('suspend_delivery', true, { binding: 'a' });
  expect((await delivery.chooseBinding('g', message))?.name).toBe('b');
  policy.hooks = { chooseBinding: () => 'a' };
  expect((await delivery.chooseBinding('g', message))?.name).toBe('a');
  expect(await newDelivery().delivery.chooseBinding('none', message)).toBeUndefined();
});

test('the statistics of summary', async () => {
  const { clock, domains, remotes, delivery } = newDelivery();
  domains.add(DOMAIN, { active: 4 });
  remotes.of(DOMAIN).once.reply(550);
  await clock.advance('2s');
  const { statistics } = delivery;
  expect(statistics).toMatchObject({ delivered: 3, failed: 1, deliveryRate: 2, receptionRate: 0, uptime: 2 });
  statistics.reset();
  expect(statistics).toMatchObject({
    delivered: 0,
    failed: 0,
    deliveryRate: 0,
    secondsSinceReset: 0,
    uptime: 2,
  });
});
