import { Momentum } from '../../src';
import '../../src/jest';

const DOMAIN = 'example.com';
let mta: Momentum;

beforeEach(async () => {
  mta = await Momentum.start({
    bindings: ['gold', { name: 'silver', group: 'metals' }],
    domains: {
      [DOMAIN]: {
        active: [
          { from: 'a@sender.test', to: 'one@example.com', binding: 'silver', size: 100 },
          {
            from: 'a@sender.test',
            to: 'two@example.com',
            priority: 1,
            context: { message: { tenant: 'x' } },
          },
        ],
      },
    },
  });
});
afterEach(() => mta.stop());

test('messages stay where they are until the far side is scripted', async () => {
  await mta.clock.advance('1d');
  expect(mta.domain(DOMAIN)).toMatchObject({ active: 2, attempts: 0 });
});

test('the far side takes messages, and the mainlog says so', async () => {
  const remote = mta.remote(DOMAIN);
  await mta.clock.advance(0);
  expect(remote.deliveries.map(({ to, binding }) => [to, binding])).toEqual([
    ['two@example.com', 'default'],
    ['one@example.com', 'silver'],
  ]);
  expect(mta.domain(DOMAIN)).toMatchObject({ active: 0, deliveries: 2, attempts: 2 });
  expect(mta.domain(DOMAIN)).toMatchObject({ lastDelivery: mta.clock.now(), bindings: [], trying: 0 });
  expect(mta.mainlog[1]!.text).toMatch(/@D@example\.com@100@metals@silver@0@0\.000@192\.0\.2\.1$/);
});

test('a refusal for now is tried again, one for good is a bounce', async () => {
  mta.remote(DOMAIN).reply(550, '5.1.1 unknown user').times(2).reply(451, '4.2.2 over quota');
  await mta.clock.advance(0);
  expect(mta.domain(DOMAIN)).toMatchObject({ delayedCount: 2, transients: 2 });
  expect(mta.domain(DOMAIN)!.messages[0]).toMatchObject({ code: '451 4.2.2 over quota', retries: 1 });
  await mta.clock.advance('20m');
  expect(mta.domain(DOMAIN)).toMatchObject({ delayedCount: 0, failures: 2 });
  expect(mta).toHaveLogged('mainlog', /@P@.*@550 5\.1\.1 unknown user$/);
  expect(mta).toHaveLogged('bouncelog', /@B@two@example\.com@a@sender\.test@.*@10@/);
});

test('where the DNS is simulated, it says where mail goes', async () => {
  await using other = await Momentum.start({
    dns: {
      'a.test': { MX: [{ preference: 10, exchange: 'mx.a.test' }] },
      'mx.a.test': { A: ['198.51.100.7'] },
    },
    domains: { 'a.test': { active: 1 }, 'b.test': { active: 1 } },
  });
  other.remote('*').accept();
  await other.clock.advance(0);
  expect(other).toHaveLogged('mainlog', /@D@a\.test@.*@198\.51\.100\.7$/);
  expect(other).toHaveLogged('mainlog', /@P@b\.test@.*@554 5\.4\.4 \[internal\] Domain Lookup Failed$/);
});

test('* is the far side of every domain', async () => {
  mta.domains.add('other.example', { active: 1 });
  const remote = mta.remote('*').refuse();
  await mta.clock.advance(0);
  expect(remote.attempts.map(({ domain, outcome }) => [domain, outcome])).toEqual([
    [DOMAIN, 'refused'],
    [DOMAIN, 'refused'],
    ['other.example', 'refused'],
  ]);
  expect(mta.remote('other.example').attempts).toHaveLength(1);
  expect(mta.domain('other.example')).toMatchObject({ connectionFailures: 1, delayedCount: 1 });
});

test('the view tells binding, group, priority and context where they are not the usual ones', () => {
  const [two, one] = mta.domain(DOMAIN)!.messages;
  expect(two).toMatchObject({ to: 'two@example.com', priority: 1, context: { message: { tenant: 'x' } } });
  expect(two).toMatchObject({ group: undefined });
  expect(one).toMatchObject({ binding: 'silver', group: 'metals', priority: undefined, context: undefined });
  expect(mta.domain(DOMAIN)!.bindings).toEqual([
    { binding: 'default', active: 1, delayed: 0 },
    { binding: 'silver', active: 1, delayed: 0 },
  ]);
  expect(Object.keys(mta.domain(DOMAIN)!.toJSON() as object)).not.toContain('bindings');
});

test.each<[string, object, string]>([
  ['a binding that is none', { bindings: ['a b'] }, 'option bindings[0]'],
  [
    'a message in a binding that is not configured',
    { domains: { 'a.test': { active: [{ binding: 'lead' }] } } },
    "active[0].binding: there is no binding 'lead'",
  ],
  ['a priority', { domains: { 'a.test': { active: [{ priority: 2 }] } } }, 'priority: 0 or 1 expected'],
  ['headers', { domains: { 'a.test': { active: [{ headers: { A: 1 } }] } } }, 'headers: header lines'],
  ['context', { domains: { 'a.test': { active: [{ context: { msg: {} } }] } } }, 'context: { message'],
  [
    'raw and headers',
    { domains: { 'a.test': { active: [{ raw: Buffer.from(''), headers: '' }] } } },
    'give raw or headers, not both',
  ],
])('%s is refused', async (_, options, message) => {
  await expect(Momentum.start(options)).rejects.toThrow(message);
});
