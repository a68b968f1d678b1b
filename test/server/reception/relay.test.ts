import { isRelayDomain, isRelayHost, isRelaySender } from '../../../src/server/reception/relay';
import { DEFAULT_RECEPTION_SETTINGS, type ReceptionSettings } from '../../../src/server/reception/settings';
import { Fixture } from './support';

const settings = (more: Partial<ReceptionSettings>) => ({ ...DEFAULT_RECEPTION_SETTINGS, ...more });

test.each([
  ['example.com', 'example.com', true],
  ['Example.COM', 'eXample.com', true],
  ['*.example.com', 'test.example.com', true],
  ['*.example.com', 'a.b.example.com', true],
  ['*.example.com', 'example.com', false],
  ['*example.com', 'example.com', true],
  ['*example.com', 'badexample.com', true],
  ['*', 'anything.org', true],
  ['example.com', 'example.com.org', false],
])('relay_domains %s: %s', (pattern, domain, isMatch) => {
  expect(isRelayDomain(domain, settings({ relayDomains: ['other.net', pattern] }))).toBe(isMatch);
});

test.each([
  [['10.0.0.0/8'], '10.1.2.3', true],
  [['10.0.0.1'], '10.0.0.1', true],
  [['10.0.0.1'], '10.0.0.2', false],
  [['nonsense', '::1'], '::1', true],
  [['0.0.0.0/0'], '::1', false],
  [[], '10.0.0.1', false],
])('relay_hosts %j: %s', (relayHosts, address, isMatch) => {
  expect(isRelayHost(address, settings({ relayHosts }))).toBe(isMatch);
});

test('relay_for_sending_domains: not set nobody, empty everybody', () => {
  expect(isRelaySender('a.com', settings({}))).toBe(false);
  expect(isRelaySender('a.com', settings({ relayForSendingDomains: [] }))).toBe(true);
  expect(isRelaySender('x.a.com', settings({ relayForSendingDomains: ['*.a.com'] }))).toBe(true);
  expect(isRelaySender('b.com', settings({ relayForSendingDomains: ['*.a.com'] }))).toBe(false);
});

describe('a recipient', () => {
  const CLOSED = { openRelay: false };
  const codeFor = async (more: Partial<ReceptionSettings>, fixture = new Fixture()) => {
    const session = await fixture.greet({ ...CLOSED, ...more });
    const verdict = await fixture.send(session);
    return [verdict.reply?.code, session.vctx.connection.get('can_relay')];
  };

  test('is refused, taken for its domain, the peer or the sender', async () => {
    expect(await codeFor({})).toEqual([550, undefined]);
    expect(await codeFor({ relayDomains: ['example.org'] })).toEqual([250, undefined]);
    expect(await codeFor({ relayHosts: ['192.0.2.0/24'] })).toEqual([250, 'true']);
    expect(await codeFor({ relayForSendingDomains: ['example.com'] })).toEqual([250, undefined]);
  });

  test('is what a module says of it', async () => {
    const saying = (answer: boolean | undefined) =>
      new Fixture({}, { canRelayTo: () => Promise.resolve(answer) });
    expect((await codeFor({}, saying(true)))[0]).toBe(250);
    expect((await codeFor({ relayDomains: ['example.org'] }, saying(false)))[0]).toBe(550);
    expect((await codeFor({ relayDomains: ['example.org'] }, saying(undefined)))[0]).toBe(250);
  });

  test('is refused before its callout, in a state of its own', async () => {
    const fixture = new Fixture();
    await codeFor({}, fixture);
    expect(fixture.calls).not.toContain('rcptto');
    expect(fixture.rejectlog[0]).toMatch(/ P="relaying denied" E=550 .* 5\.7\.1 relaying denied$/);
  });

  test('is blackholed', async () => {
    for (const [value, code] of [
      ['inline', 551],
      ['true', 551],
      ['internal', 250],
      ['false', 250],
    ] as const) {
      const fixture = new Fixture();
      const { settings: delivery } = fixture.server.delivery.policy as unknown as {
        settings: { set(option: string, value: string, stanza: object): void };
      };
      delivery.set('blackhole', value, { domain: 'example.org' });
      const session = await fixture.greet();
      expect((await fixture.send(session)).reply?.code).toBe(code);
    }
  });
});

test('the null sender is refused where the configuration says so', async () => {
  const fixture = new Fixture();
  const session = await fixture.greet({ allowNullSender: false });
  expect(await session.mail('MAIL FROM:<>\r\n', '')).toEqual({
    reply: { code: 501, text: '5.5.2 MAIL FROM syntax error' },
  });
});

test('a recipient without a domain has no queue', async () => {
  const fixture = new Fixture();
  const session = await fixture.greet();
  expect(await fixture.send(session, { to: ['postmaster'] })).toEqual({
    reply: { code: 554, text: 'No Valid Domain' },
  });
  expect(fixture.messages[0]).toMatchObject({ disposition: 'rejected', reason: '554 No Valid Domain' });
});

test.each([
  ['none', undefined, 451],
  ['none', 'fast', 250],
  ['normal', undefined, 250],
])('default_binding = %s, binding %s', async (value, binding, code) => {
  const fixture = new Fixture({ set_binding: ({ message }) => void (message!.chosenBinding = binding) });
  fixture.server.delivery.bindings.define('fast');
  (fixture.server.delivery.policy.settings as unknown as { set(option: string, value: string): void }).set(
    'default_binding',
    value,
  );
  const session = await fixture.greet();
  expect((await fixture.send(session)).reply?.code).toBe(code);
});
