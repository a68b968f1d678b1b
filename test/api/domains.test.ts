import { Momentum } from '../../src';
import '../../src/jest';

const NOTE = '451 4.4.1 [internal] held by the operator';
let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start({
    modules: ['fixtures/example.lua'],
    domains: {
      'Example.com': { active: [{ to: 'a@example.com' }, { to: 'b@example.com', retries: 1 }], delayed: 1 },
      'other.example': { active: 1 },
    },
  });
});

const queues = (name: string) =>
  mta.domain(name)!.messages.map(({ to, queue, code }) => ({ to, queue, code }));

test('messages of the active queue move to the delayed one, with the note', async () => {
  await mta.console('hold_domain EXAMPLE.com');
  expect(mta.domain('example.com')).toMatchObject({ active: 0, delayedCount: 3, delayed: true });
  expect(queues('example.com')).toEqual([
    { to: 'recipient@example.com', queue: 'delayed', code: undefined },
    { to: 'a@example.com', queue: 'delayed', code: NOTE },
    { to: 'b@example.com', queue: 'delayed', code: NOTE },
  ]);
  expect(queues('other.example')).toEqual([
    { to: 'recipient@other.example', queue: 'active', code: undefined },
  ]);
});

test('the delay ends when the first message is due again', async () => {
  const domain = mta.domain('example.com');
  await mta.console('hold_domain example.com');
  expect(domain).toBeDelayed({ note: NOTE });
  await mta.clock.advance('19m59s');
  expect(domain).toBeDelayed();
  await mta.clock.advance('1s');
  expect(domain).not.toBeDelayed();
  expect(domain).toMatchObject({ active: 2, delayedCount: 1, delayNote: undefined });
  await mta.clock.advance('20m');
  expect(domain).toMatchObject({ active: 3, delayedCount: 0 });
});

test('a domain without messages is delayed all the same', async () => {
  mta.domains.add('empty.example');
  await mta.console('hold_domain empty.example');
  expect(mta.domain('empty.example')).toBeDelayed({ note: NOTE });
  await mta.clock.advance('20m');
  expect(mta.domain('empty.example')).not.toBeDelayed();
});

test('looking for a domain makes no record', async () => {
  expect(await mta.eval('msys.core.dns_get_domain("new.example")')).toEqual([undefined]);
  expect(mta.domain('new.example')).toBeUndefined();
});

test('the fields of a record', async () => {
  mta.domains.add('full.example', {
    deliveries: 3,
    attempts: 5,
    transients: 1,
    failures: 2,
    expiry: new Date(60_000),
  });
  const fields = 'r.domain, r.deliveries, r.attempts, r.transients, r.failures, r.expiry';
  expect(await mta.eval(`local r = msys.core.dns_get_domain("full.example") return ${fields}`)).toEqual([
    'full.example',
    3,
    5,
    1,
    2,
    60,
  ]);
});

test('a note in UTF-8 arrives as it is', async () => {
  await mta.eval('msys.core.mail_queue_delay_domain(msys.core.dns_get_domain("example.com"), "451 später")');
  expect(mta.domain('example.com')).toBeDelayed({ note: /^451 später$/ });
});
