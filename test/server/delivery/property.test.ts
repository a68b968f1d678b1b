/** Whatever happens to queues: no message is lost, and none is in two places. */
import { Random } from '../../../src/server/random';
import type { QueuedMessage } from '../../../src/server/queues';
import { newDelivery } from './support';

const DOMAINS = ['a.test', 'b.test', 'c.test'];
const BINDINGS = ['default', 'gold', 'silver'];
const RUNS = 40;
const STEPS = 50;

type World = ReturnType<typeof newWorld>;

function newWorld(seed: number) {
  const mta = newDelivery({
    generate_bounces: false,
    max_outbound_connections: 3,
    message_expiration: 20_000,
  });
  const random = new Random(seed);
  const pick = <T>(items: readonly T[]): T => items[random.integer(0, items.length - 1)]!;
  const ended = { delivered: [] as string[], failed: [] as string[] };
  mta.policy.hooks = {
    logDelivery: ({ id }) => void ended.delivered.push(id),
    logPermanent: ({ id }) => void ended.failed.push(id),
    setBinding: () => pick(BINDINGS),
    insertActive: () => pick([true, true, true, undefined, false]),
  };
  return { ...mta, random, pick, ended, enqueued: [] as QueuedMessage[] };
}

const filterOf = ({ pick }: World) => ({
  ...pick([{}, { domain: pick(DOMAINS) }]),
  ...pick([{}, { binding: pick(BINDINGS) }]),
  ...pick([{}, { meta: { key: 'tenant', value: pick(['x', 'y']) } }]),
});

const STEPS_OF: Readonly<Record<string, (world: World) => unknown>> = {
  enqueue: ({ domains, pick, enqueued }) => {
    const fixture = { binding: pick(BINDINGS), priority: pick([0, 1] as const) };
    const context = { message: { tenant: pick(['x', 'y']) } };
    enqueued.push(
      domains.enqueue(pick(DOMAINS), { ...fixture, context }, pick(['active', 'delayed'] as const)),
    );
  },
  delay: (world) => world.operations.delay(world.random.integer(1, 3000), filterOf(world)),
  delayDomain: ({ domains, pick }) => {
    const record = domains.get(pick(DOMAINS));
    return record && domains.delayDomain(record, '451 held');
  },
  flush: (world) => world.operations.flush(filterOf(world)),
  fail: (world) => world.operations.fail({ ...filterOf(world), domain: world.pick(DOMAINS) }),
  reroute: (world) => world.operations.reroute(filterOf(world), world.pick(DOMAINS)),
  rebind: (world) => world.operations.rebind(filterOf(world)),
  retry: (world) => world.enqueued.length > 0 && world.operations.retry(world.pick(world.enqueued).id),
  script: ({ remotes, pick }) => {
    const remote = remotes.of(pick([...DOMAINS, '*'])).delay(pick([0, 0, 700, 5000]));
    const script = pick([remote, remote.once, remote.times(2)]);
    return pick([
      () => script.accept(),
      () => script.reply(451),
      () => script.reply(550),
      () => script.refuse(),
      () => script.timeout(),
    ])();
  },
  suspend: ({ set, pick }) => set('suspend_delivery', pick([true, false, false]), { domain: pick(DOMAINS) }),
  throttle: ({ set, pick }) =>
    set('outbound_throttle_messages', pick(['0', '1', '2/60']), { binding: 'gold' }),
  advance: ({ clock, pick }) => clock.advance(pick([0, 1000, 60_000, 1_200_000, 4_000_000])),
};

function places({ domains, ended }: World): string[] {
  const queued = [...domains].flatMap(({ queue }) => [...queue.active, ...queue.delayed, ...queue.trying]);
  const ids = [...queued, ...domains.taken.values()].map(({ id }) => id);
  return [...ids, ...ended.delivered, ...ended.failed].sort();
}

function checkQueues({ domains }: World): void {
  for (const { name, queue } of domains) {
    const delayed = queue.delayed.map(({ nextAttempt }) => nextAttempt.getTime());
    expect(delayed).toEqual([...delayed].sort((a, b) => a - b));
    const counts = new Map<string, number>();
    for (const { binding, domain } of queue.active) {
      expect(domain).toBe(name);
      counts.set(binding, (counts.get(binding) ?? 0) + 1);
    }
    expect(new Map([...queue.activeCounts].sort())).toEqual(new Map([...counts].sort()));
  }
}

test.each(Array.from({ length: RUNS }, (_, seed) => seed))('seed %d', async (seed) => {
  const world = newWorld(seed);
  const names = Object.keys(STEPS_OF);
  for (let step = 0; step < STEPS; step++) {
    const name = world.random.integer(0, 2) === 0 ? 'enqueue' : world.pick(names);
    await STEPS_OF[name]!(world);
    expect(places(world)).toEqual(world.enqueued.map(({ id }) => id).sort());
    checkQueues(world);
  }
  expect(world.enqueued.length).toBeGreaterThan(10);
});

test('the runs get to all places', async () => {
  const seen = { delivered: 0, failed: 0, delayed: 0, taken: 0 };
  for (let seed = 0; seed < 10; seed++) {
    const world = newWorld(seed);
    for (let step = 0; step < STEPS; step++) await STEPS_OF[world.pick(Object.keys(STEPS_OF))]!(world);
    seen.delivered += world.ended.delivered.length;
    seen.failed += world.ended.failed.length;
    seen.delayed += [...world.domains].reduce((sum, { delayedCount }) => sum + delayedCount, 0);
    seen.taken += world.domains.taken.size;
  }
  expect(Object.values(seen).every((count) => count > 0)).toBe(true);
});
