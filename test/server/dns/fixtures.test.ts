import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UsageError } from '../../../src/support/errors';
import { VirtualClock } from '../../../src/server/clock';
import { Dns } from '../../../src/server/dns/dns';

const dns = (option: unknown) => new Dns(new VirtualClock(0), option);
const records = (option: unknown) => dns(option).simulated.toJSON();

it('reads records of all shapes', () => {
  const option = {
    'Example.com': {
      A: ['192.0.2.1', '192.0.2.2'],
      AAAA: '2001:DB8::0:1',
      MX: [
        { preference: 10, exchange: 'Mx.example.com.' },
        { preference: 20, exchange: 'mx2.example.com' },
      ],
      TXT: { ttl: 60, records: ['v=spf1 -all', ['joined ', 'from "two"'], Buffer.from([0xe4])] },
    },
    'null.example': { MX: { ttl: 5, records: { preference: 0, exchange: '.' } } },
    'grün.example': { CNAME: 'example.com', SOA: undefined },
    '_sip._tcp.example.com': { SRV: '10 5 5060 sip.example.com.' },
    'empty.example': {},
  };
  expect(records(option)).toEqual([
    { name: 'example.com', type: 'A', ttl: 300, data: '192.0.2.1' },
    { name: 'example.com', type: 'A', ttl: 300, data: '192.0.2.2' },
    { name: 'example.com', type: 'AAAA', ttl: 300, data: '2001:db8::1' },
    { name: 'example.com', type: 'MX', ttl: 300, data: '10 Mx.example.com' },
    { name: 'example.com', type: 'MX', ttl: 300, data: '20 mx2.example.com' },
    { name: 'example.com', type: 'TXT', ttl: 60, data: '"v=spf1 -all"' },
    { name: 'example.com', type: 'TXT', ttl: 60, data: '"joined from \\"two\\""' },
    { name: 'example.com', type: 'TXT', ttl: 60, data: '"\\228"' },
    { name: 'null.example', type: 'MX', ttl: 5, data: '0 .' },
    { name: 'grün.example', type: 'CNAME', ttl: 300, data: 'example.com' },
    { name: '_sip._tcp.example.com', type: 'SRV', ttl: 300, data: '10 5 5060 sip.example.com.' },
  ]);
  expect(dns(option).zone.answer('empty.example', 'A').status).toBe('NODATA');
});

test.each<[option: unknown, message: string]>([
  [7, "option dns: an object { 'name': { A: [...] } } or a zone file expected"],
  [['example.com'], 'option dns: an object'],
  [{ 'example.com': 'GONE' }, 'option dns, example.com: "GONE" is no fault: NXDOMAIN, SERVFAIL, TIMEOUT'],
  [{ 'example.com': ['192.0.2.1'] }, 'option dns, example.com: records by type or a fault'],
  [{ 'example.com': { a: [] } }, 'option dns, example.com: "a" is no record type: A, AAAA'],
  [{ 'example.com': { A: ['192.0.2.1', 'x'] } }, 'example.com, A[1]: an IPv4 address expected, not "x"'],
  [{ 'example.com': { A: '::1' } }, 'option dns, example.com, A: an IPv4 address expected'],
  [{ 'example.com': { AAAA: 'fe80::1%eth0' } }, 'AAAA: an IPv6 address expected'],
  [{ 'example.com': { MX: ['mx.example.com'] } }, 'MX[0]: { preference: 0 to 65535, exchange'],
  [{ 'example.com': { MX: [{ preference: 1.5, exchange: 'a' }] } }, 'MX[0]: { preference'],
  [{ 'example.com': { MX: [{ preference: 1, exchange: 'a', x: 1 }] } }, 'MX[0]: { preference'],
  [{ 'example.com': { MX: [{ preference: 1, exchange: 'a b' }] } }, 'MX[0]: a domain name expected'],
  [{ 'example.com': { TXT: [[]] } }, 'TXT[0]: text, a Buffer, or a list of them expected, not []'],
  [{ 'example.com': { TXT: [1] } }, 'TXT[0]: text'],
  [{ 'example.com': { SRV: [''] } }, 'SRV[0]: the data as a line of text expected'],
  [{ 'example.com': { A: { ttl: -1, records: [] } } }, 'A: a ttl in whole seconds expected, not -1'],
  [{ 'example.com': { A: { records: [], time: 1 } } }, 'A: unknown member time: ttl, records'],
  [{ 'example.com': { CNAME: ['a', 'b'] } }, 'CNAME: a name has one CNAME only'],
  [{ 'example.com': { A: ['192.0.2.1'], CNAME: 'b' } }, 'CNAME: a name with a CNAME has no other records'],
  [{ 'example.com': { delay: 'soon' } }, '"soon" is not a duration'],
  [{ 'a..b': {} }, 'option dns: "a..b" is no domain name: it has an empty label'],
  [{ 'user@example.com': {} }, 'option dns: "user@example.com" is no domain name'],
  ['no/such/file.zone', 'option dns: no zone file could be read at '],
])('%j is refused', (option, message) => {
  expect(() => dns(option)).toThrow(UsageError);
  expect(() => dns(option)).toThrow(message);
});

it('reads a zone file from its text or its path, and names it in errors', () => {
  const text = '$ORIGIN grün.example.\n@ A 192.0.2.1\n@ TXT "ä"\n';
  const expected = [
    { name: 'grün.example', type: 'A', ttl: 300, data: '192.0.2.1' },
    { name: 'grün.example', type: 'TXT', ttl: 300, data: '"\\195\\164"' },
  ];
  expect(records(text)).toEqual(expected);
  const directory = mkdtempSync(path.join(tmpdir(), 'zone-'));
  try {
    const file = path.join(directory, 'db.example');
    writeFileSync(file, text);
    expect(records(file)).toEqual(expected);
    writeFileSync(file, 'ä A 192.0.2.1');
    expect(() => dns(file)).toThrow(`${file}, line 1: 'ä' is a relative name`);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

describe('mta.dns', () => {
  it('sets, fails and delays names', async () => {
    const clock = new VirtualClock(0);
    const made = new Dns(clock, undefined);
    const status = () => made.zone.answer('example.com', 'TXT').status;
    expect(made.isConfigured).toBe(false);
    made.simulated.set('Example.com', 'TXT', 'text', { ttl: 7 });
    expect(made.isConfigured).toBe(true);
    expect(made.simulated.toJSON()).toEqual([{ name: 'example.com', type: 'TXT', ttl: 7, data: '"text"' }]);
    const fault = made.simulated.fail('example.com', 'SERVFAIL', 'TXT');
    expect(status()).toBe('SERVFAIL');
    fault.restore();
    expect(status()).toBe('OK');
    const slow = made.simulated.delay('example.com', '2s');
    const pending = made.resolver.query('example.com', 'TXT', 'policy');
    expect(pending).toBeInstanceOf(Promise);
    await clock.advance('2s');
    await expect(pending).resolves.toMatchObject({ status: 'OK' });
    slow.restore();
    expect(made.resolver.query('example.com', 'TXT', 'policy')).toMatchObject({ status: 'OK' });
    expect(made.simulated.remove('example.com', 'TXT')).toBe(true);
    expect(status()).toBe('NXDOMAIN');
  });

  test.each<[string, (mta: Dns['simulated']) => unknown]>([
    ['dns.set: "" is no domain name', (mta) => mta.set('', 'A', [])],
    ['dns.set: "B" is no record type', (mta) => mta.set('a', 'B' as 'A', [])],
    ['dns.set, a, A: an IPv4 address expected', (mta) => mta.set('a', 'A', 'x')],
    ['dns.set, a, A: a ttl in whole seconds', (mta) => mta.set('a', 'A', [], { ttl: 0.5 })],
    ['dns.fail: "LOST" is no fault', (mta) => mta.fail('a', 'LOST' as 'TIMEOUT')],
    ['dns.fail: "B" is no record type', (mta) => mta.fail('a', 'TIMEOUT', 'B' as 'A')],
    ['dns.delay: a delay in milliseconds', (mta) => mta.delay('a', undefined as unknown as string)],
    ['dns.remove: "B" is no record type', (mta) => mta.remove('a', 'B' as 'A')],
  ])('%s', (message, use) => {
    expect(() => use(dns({}).simulated)).toThrow(message);
  });
});
