import type { ConfigPath } from '../../../src/server/config/scope';
import { ConfigError } from '../../../src/support/errors';
import { configuration } from './support';

/** 4/4-ecelerity-conf-fallback, the second example. */
const FALLBACK = `
  message_expiration = 86400
  binding "example" { message_expiration = 3600 }
  domain "example.com" { message_expiration = 120 }
  binding "example2" {
    message_expiration = 7200
    domain example.com { message_expiration = 86401 }
    domain "anotherexample.com" { max_resident_active_queue = 500 }
  }
  binding "example3" {
    domain "example.com" { max_resident_active_queue = 500 }
    domain "anotherexample.com" { message_expiration = 86402 }
  }
  binding_group "group1" {
    message_expiration = 5
    domain "grouped.test" { message_expiration = 6 }
    binding "in_group" { }
    binding "with_value" { message_expiration = 15 domain "example.com" { } }
  }`;

test.each([
  [undefined, 'unknown.test', 86400, ''],
  [undefined, 'example.com', 120, 'Domain:example.com:'],
  [undefined, 'EXAMPLE.com', 120, 'Domain:example.com:'],
  ['example', 'example.com', 3600, 'Binding:example:'],
  ['example2', 'example.com', 86401, 'Binding:example2:Domain:example.com:'],
  ['example2', 'anotherexample.com', 7200, 'Binding:example2:'],
  ['example3', 'anotherexample.com', 86402, 'Binding:example3:Domain:anotherexample.com:'],
  ['example3', 'example.com', 120, 'Domain:example.com:'],
  ['example3', 'unknown.test', 86400, ''],
  ['in_group', 'example.com', 5, 'Binding_Group:group1:'],
  ['in_group', 'grouped.test', 6, 'Binding_Group:group1:Domain:grouped.test:'],
  ['with_value', 'example.com', 15, 'Binding_Group:group1:Binding:with_value:'],
  ['with_value', 'grouped.test', 6, 'Binding_Group:group1:Domain:grouped.test:'],
  ['EXAMPLE', 'unknown.test', 86400, ''],
])('delivery over binding %s to %s', (binding, domain, seconds, scope) => {
  const reading = configuration(FALLBACK).delivery('Message_Expiration', { binding, domain })!;
  expect(reading.seconds()).toBe(seconds);
  expect(reading.toJSON()).toEqual({
    name: 'Message_Expiration',
    value: String(seconds),
    source: `scope '${scope}'`,
  });
});

test('a binding may stand in a group and alone: the group comes first', () => {
  const both = configuration(`
    binding "b" { x = alone y = alone domain d.test { z = alone } }
    binding_group "g" { binding "b" { x = grouped } z = group }`);
  const read = (option: string, domain?: string) => both.delivery(option, { binding: 'b', domain })?.text;
  expect([read('x'), read('y'), read('z'), read('z', 'd.test')]).toEqual([
    'grouped',
    'alone',
    'group',
    'alone',
  ]);
});

test('regular expressions for domains: after the names in the same container, in order', () => {
  const regex = configuration(String.raw`
    domain "/(?:^|[.])example[.](?:com|co[.]uk)$/" { max_outbound_connections = 15 max_deliveries_per_connection = 5 }
    domain "/^mail\./" { max_outbound_connections = 1 max_retries = 3 }
    domain "example.com" { max_outbound_connections = 20 }
    binding "b" { domain "/example/" { max_outbound_connections = 7 } }
    domain "/(/" { max_retries = 9 }`);
  const read = (option: string, domain: string, binding?: string) =>
    regex.delivery(option, { domain, binding })?.text;
  expect(read('max_outbound_connections', 'example.com')).toBe('20');
  expect(read('max_deliveries_per_connection', 'example.com')).toBe('5');
  expect(read('max_outbound_connections', 'mail.EXAMPLE.co.uk')).toBe('15');
  expect(read('max_retries', 'mail.example.com')).toBe('3');
  expect(read('max_outbound_connections', 'example.com', 'b')).toBe('7');
  expect(read('max_outbound_connections', 'example.org')).toBe('32');
  expect(regex.problems.map(({ message }) => message)).toEqual([
    'Domain "/(/" is no regular expression that can be used: it matches nothing. (ecelerity.conf:6:5)',
  ]);
});

test('hosts: no fallback of the connection limit, an own chain for throttles, the usual one for the rest', () => {
  const hosts = configuration(`
    max_outbound_connections = 30
    outbound_throttle_messages = "1/1"
    cluster_max_outbound_connections = 8
    host "mx.test" { max_outbound_connections = 4 outbound_throttle_messages = "9/60" }
    host "bare.test" { }
    binding_group "g" { host "mx.test" { outbound_throttle_messages = "7/60" } binding "b" { host "mx.test" { } } }`);
  const read = (option: string, host: string, binding?: string) =>
    hosts.delivery(option, { host, binding })?.text;
  expect(read('Max_Outbound_Connections', 'mx.test')).toBe('4');
  expect(read('Max_Outbound_Connections', 'bare.test')).toBe('-1');
  expect(read('Max_Outbound_Connections', 'mx.test', 'b')).toBe('-1');
  expect(read('Outbound_Throttle_Messages', 'mx.test')).toBe('9/60');
  expect(read('Outbound_Throttle_Messages', 'mx.test', 'b')).toBe('7/60');
  expect(read('Outbound_Throttle_Messages', 'bare.test')).toBeUndefined();
  expect(read('Cluster_Max_Outbound_Connections', 'mx.test')).toBe('8');
});

test.each<[ConfigPath, string, string | undefined]>([
  [[], 'Blackhole', '0'],
  [[], 'max_outbound_connections', '32'],
  [[['host', 'example.com']], 'max_outbound_connections', '-1'],
  [[['domain', 'undeclared.test']], 'Suspend_Delivery', '1'],
  ['alerting'.split(' '), 'alerting_cache_ttl', '5'],
  ['alerting'.split(' '), 'suspend_delivery', '1'],
  ['alerting'.split(' '), 'not_global', undefined],
  [['Esmtp_Listener', ['Listen', ':25'], ['Peer', '10.0.0.0/16']], 'idle_time', '16'],
  [['Esmtp_Listener', ['Listen', ':25'], ['Peer', '10.0.0.1']], 'idle_time', '32'],
  [['Esmtp_Listener', ['Peer', '10.0.0.0/8']], 'idle_time', '8'],
  [['Esmtp_Listener'], 'idle_time', '0'],
  [['HTTP_Listener', ['Listen', ':80']], 'idle_time', '0'],
  [[['pathway', 'p']], 'timeout', '7'],
  [[['pathway_group', 'pg']], 'timeout', '7'],
  [[], 'nothing', undefined],
])('config eval %j %s', (path, option, text) => {
  const values = configuration(`
    suspend_delivery = 1
    not_global = 1
    alerting { alerting_cache_ttl = 5 }
    host "example.com" { }
    pathway_group "pg" { timeout = 7 pathway "p" { } }
    ESMTP_Listener {
      Peer "10.0.0.0/8" { idle_time = 8 }
      Listen ":25" { Peer "10.0.0.0/16" { idle_time = 16 } Peer "10.0.0.1" { idle_time = 32 } }
    }`);
  expect(values.evaluate(path, option)?.text).toBe(text);
});

test('get looks into one scope only', () => {
  const fallback = configuration(FALLBACK);
  expect(fallback.get([['binding', 'example']], 'message_expiration')?.number()).toBe(3600);
  expect(fallback.get([['binding', 'example']], 'max_retries')).toBeUndefined();
  expect(fallback.get([['binding', 'nowhere']], 'message_expiration')).toBeUndefined();
});

test('set and unset give other configurations that share what is the same', () => {
  const before = configuration(FALLBACK);
  const after = before.set(
    [
      ['binding', 'new'],
      ['domain', 'x.test'],
    ],
    'Max_Retries',
    '3',
  );
  expect(before.find([['binding', 'new']])).toBeUndefined();
  expect(after.delivery('max_retries', { binding: 'new', domain: 'x.test' })?.number()).toBe(3);
  expect(after.find([['binding', 'example2']])).toBe(before.find([['binding', 'example2']]));
  const without = after
    .unset(
      [
        ['binding', 'new'],
        ['domain', 'x.test'],
      ],
      'max_retries',
    )
    .unset([['binding', 'example']]);
  expect(without.delivery('max_retries', { binding: 'new' })?.source).toEqual({ kind: 'default' });
  expect(without.find([['binding', 'example']])).toBeUndefined();
  expect(without.unset([['binding', 'example']])).toBe(without);
  expect(without.unset([], 'nothing')).toBe(without);
  expect(() => without.unset([])).toThrow('the global scope cannot be unset');
});

const READINGS = configuration(`
  t { yes = on no = Disabled mode = 0666 hex = 0x1F size = 1.5 wait = "1 hour 30 minutes" short = 1h30m
      list = ( a "b c" ( d ) ) one = alone dict = [ k = v l = ( a ) ] word = hello }`);
const at = (option: string) => READINGS.get(['t'], option)!;

test('typed readings', () => {
  expect([at('yes').boolean(), at('no').boolean()]).toEqual([true, false]);
  expect([at('mode').number(), at('hex').number(), at('size').number()]).toEqual([0o666, 31, 1.5]);
  expect([at('wait').seconds(), at('short').seconds(), at('size').seconds()]).toEqual([5400, 5400, 1.5]);
  expect([at('list').list(), at('one').list()]).toEqual([['a', 'b c', '(\n  d\n)'], ['alone']]);
  expect(at('dict').dictionary()).toEqual(
    new Map([
      ['k', 'v'],
      ['l', '(\n  a\n)'],
    ]),
  );
  expect(at('list').plain).toEqual(['a', 'b c', ['d']]);
  expect(at('word').source).toMatchObject({ kind: 'option', path: ['t'], place: { line: 3 } });
});

test.each([
  ['number', () => at('word').number(), 'word = hello: a number expected (ecelerity.conf:3:71)'],
  ['boolean', () => at('word').boolean(), 'one of on, off, true, false, enabled, disabled, 0 and 1'],
  ['seconds', () => at('word').seconds(), 'a number of seconds'],
  ['list', () => at('dict').list(), 'a list expected'],
  ['dictionary', () => at('list').dictionary(), 'a dictionary expected'],
])('a reading that is no %s', (_, read, message) => {
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(message);
});
