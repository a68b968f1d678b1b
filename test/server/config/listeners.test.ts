import { DEFAULT_CONFIG } from '../../../src/server/config/default-config';
import { configuration } from './support';

const LISTENERS = configuration(`
  idle_timeout = 1
  starttls_injection_policy = global
  pathway "p" { banner_hostname = "pathway.test" static_banner = "pathway" }
  pathway_group "pg" { static_banner = "group" received_hostname = "group.test" pathway "p" { static_banner = "both" } }
  pathway "other" { banner_hostname = "other.test" }
  ESMTP_Listener {
    idle_time = 10
    pathway = "p"
    Peer "10.0.0.0/8" { idle_time = 8 require_ehlo = true pathway = "other" }
    Peer "2001:db8::/32" { idle_time = 6 }
    Listen "*:25" {
      listen_backlog = 7
      Peer "10.0.0.1" { max_message_size = 1 }
      Peer "10.1.0.0/16" { idle_time = 16 max_message_size = 2 }
      Peer "nonsense" { idle_time = 99 }
    }
    Listen "/tmp/smtp" { Enable = false }
  }
  esmtp_listener { Listen "[::1]:25" { idle_time = 5 } Listen ":25" { tcp_buffer_size = 9 } }
  HTTP_Listener { Enable = off Listen ":80" {} }`);

const [smtp] = LISTENERS.listeners('ESMTP_Listener');

test('each Listen is one listener; the same address is merged', () => {
  expect(LISTENERS.listeners('esmtp_listener').map(({ address, enabled }) => [address, enabled])).toEqual([
    ['*:25', true],
    ['/tmp/smtp', false],
    ['[::1]:25', true],
  ]);
  expect(LISTENERS.listeners('HTTP_Listener').map(({ enabled }) => enabled)).toEqual([false]);
  expect(LISTENERS.listeners('XMPP_Listener')).toEqual([]);
});

test.each<[string, string | undefined, string | undefined, string]>([
  ['idle_time', undefined, '10', 'the listener'],
  ['idle_time', '10.1.2.3', '16', 'the smaller network'],
  ['idle_time', '10.2.0.0', '8', 'the network of the listener'],
  ['idle_time', '10.0.0.1', '8', 'the network of the listener when the address says nothing'],
  ['idle_time', '::ffff:10.2.0.0', '8', 'IPv4 in IPv6'],
  ['idle_time', '[2001:db8::1]', '6', 'IPv6'],
  ['idle_time', '192.0.2.1', '10', 'no network'],
  ['max_message_size', '10.0.0.1', '1', 'an address as a network'],
  ['max_message_size', '10.0.0.2', '0', 'the default'],
  ['require_ehlo', '10.1.2.3', 'true', 'the larger network for what the smaller has not'],
  ['listen_backlog', '10.1.2.3', '7', 'the Listen'],
  ['tcp_buffer_size', undefined, '9', 'the other stanza of the Listen'],
  ['static_banner', undefined, 'both', 'the pathway in its group'],
  ['banner_hostname', undefined, 'pathway.test', 'the pathway alone'],
  ['received_hostname', undefined, 'group.test', 'the group of the pathway'],
  ['banner_hostname', '10.2.0.0', 'other.test', 'the pathway of the peer'],
  ['starttls_injection_policy', undefined, 'global', 'the global scope'],
  ['nothing', undefined, undefined, 'nothing'],
])('%s for %s is %s: %s', (option, peer, text) => {
  expect(smtp!.option(option, peer)?.text).toBe(text);
});

test('the default configuration', () => {
  const kinds = ['ESMTP_Listener', 'HTTP_Listener', 'Control_Listener'];
  const defaults = configuration(DEFAULT_CONFIG);
  expect(kinds.flatMap((kind) => defaults.listeners(kind).map(({ address }) => address))).toEqual([
    ':25',
    ':2081',
    '/tmp/2025',
  ]);
  expect(defaults.listeners('Control_Listener')[0]!.option('File_Mode')?.number()).toBe(0o660);
  expect(defaults.problems).toEqual([]);
});
