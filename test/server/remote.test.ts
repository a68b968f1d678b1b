import { Remotes } from '../../src/server/remote';
import { UsageError } from '../../src/support/errors';

const next = (remotes: Remotes, domain = 'a.test') => {
  const plan = remotes.plan(domain)!;
  plan.use();
  return plan.behaviour.kind === 'reply' ? plan.behaviour.text : plan.behaviour.kind;
};

test('there is no plan for a domain whose remote nobody asked for', () => {
  const remotes = new Remotes();
  expect(remotes.plan('a.test')).toBeUndefined();
  remotes.of('A.test');
  expect(next(remotes)).toBe('250 2.0.0 OK');
  expect(remotes.plan('b.test')).toBeUndefined();
  expect(remotes.of('a.test')).toBe(remotes.of('A.TEST'));
});

test('limited behaviours are used up in their order, then the standing one holds', () => {
  const remotes = new Remotes();
  remotes
    .of('a.test')
    .reply(451, '4.3.0 busy')
    .once.refuse()
    .times(2)
    .reply(550)
    .once.timeout()
    .once.accept();
  const seen = Array.from({ length: 7 }, () => next(remotes));
  expect(seen).toEqual([
    'refuse',
    '550',
    '550',
    'timeout',
    '250 2.0.0 OK',
    '451 4.3.0 busy',
    '451 4.3.0 busy',
  ]);
});

test('the remote of * stands in for what a domain has no script for', () => {
  const remotes = new Remotes();
  remotes.of('*').refuse().delay('2s').address('192.0.2.9');
  expect(remotes.plan('b.test')).toMatchObject({
    behaviour: { kind: 'refuse' },
    delay: 2000,
    ip: '192.0.2.9',
  });
  remotes.of('a.test').once.accept().delay(500);
  expect(remotes.plan('a.test')).toMatchObject({ delay: 500, ip: '192.0.2.9' });
  expect([next(remotes), next(remotes)]).toEqual(['250 2.0.0 OK', 'refuse']);
});

test('a new remote and each new behaviour are announced', () => {
  const remotes = new Remotes();
  let announced = 0;
  remotes.onScripted = () => announced++;
  remotes.of('a.test');
  remotes.of('a.test').accept().once.refuse();
  expect(announced).toBe(3);
});

test.each<[string, (remotes: Remotes) => unknown]>([
  ['no domain', (remotes) => remotes.of('a b')],
  ['a code of 3xx', (remotes) => remotes.of('a.test').reply(354)],
  ['a fraction', (remotes) => remotes.of('a.test').reply(450.5)],
  ['a text of two lines', (remotes) => remotes.of('a.test').reply(450, 'a\r\nb')],
  ['a stage that is none', (remotes) => remotes.of('a.test').reply(450, 'a', { stage: 23 })],
  ['no times', (remotes) => remotes.of('a.test').times(0)],
  ['no duration', (remotes) => remotes.of('a.test').delay('soon')],
])('%s is refused', (_, act) => {
  expect(() => act(new Remotes())).toThrow(UsageError);
});
