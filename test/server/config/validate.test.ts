import { configuration } from './support';

const AT = '(ecelerity.conf:1:1)';

test.each([
  ['Max_Outbond_Connections = 3', 'documents no such option', 'Max_Outbond_Connections = 3: Momentum'],
  [
    'Routes = ( a )\nbinding "b" { Routes = ( a ) }',
    'not valid in Binding, only in: Domain, global',
    "in scope 'Binding:b:'",
  ],
  ['Listen_Backlog = 5', 'not valid at global scope, only in: Control_Listener', AT],
  ['blackhole = maybe', 'on, off, true, false, enabled, disabled, 0 or 1 expected', AT],
  ['max_retries = many', 'a number or auto or none expected', AT],
  ['retry_interval = often', 'a number expected', AT],
  ['relay_hosts = [ a = b ]', 'a list: ( a b ) expected', AT],
  ['ESMTP_Listener { context = ( a ) }', 'a dictionary: [ key = value ] expected', 'Esmtp_Listener'],
  [
    'ESMTP_Listener { Peer "10.0.0.0/33" {} }',
    'Peer "10.0.0.0/33" is neither an address nor a network',
    'no connection',
  ],
])('%s', (text, reason, more) => {
  const { problems } = configuration(text);
  expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining(reason)]);
  expect(problems[0]!.message).toContain(more);
  expect(problems[0]!.place).toMatchObject({ file: 'ecelerity.conf' });
});

test.each([
  ['the implicit settings', ''],
  ['stanzas of modules hold what they like', 'my_module { anything = 1 domain { what = ever } }'],
  ['module options in core scopes', 'domain d.test { opendkim_sign = "true" }'],
  ['truth values', 'blackhole = on suspend_delivery = 0 never_retry = Enabled'],
  ['durations for numbers', 'retry_interval = "20 minutes"'],
  ['words for numbers', 'max_retries = Auto'],
  ['a text as a list', 'relay_hosts = 10.0.0.1'],
  ['IPv6 peers', 'ESMTP_Listener { Peer "[2001:db8::]/32" {} Peer "::1" {} }'],
])('no problem: %s', (_, text) => {
  expect(configuration(text).problems).toEqual([]);
});

test('a live change has no place', () => {
  const [problem] = configuration('x { }').set([], 'blackhole', 'perhaps').problems;
  expect(problem).toMatchObject({ option: 'blackhole', place: undefined, doc: '4/config/ref-blackhole' });
});
