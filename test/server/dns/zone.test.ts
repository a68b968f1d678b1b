import { CnameConflict, Zone } from '../../../src/server/dns/zone';
import { reverseName } from '../../../src/server/dns/names';
import type { RecordType } from '../../../src/server/dns/records';

function zone(): Zone {
  const made = new Zone();
  made.set('Example.COM', 'A', ['192.0.2.1', '192.0.2.2']);
  made.set('a.b.example.com', 'TXT', ['deep'], 60);
  made.set('www.example.com', 'CNAME', ['Web.example.com'], 20);
  made.set('web.example.com', 'A', ['192.0.2.3'], 90);
  made.set('lost.example.com', 'CNAME', ['nowhere.example.net']);
  made.set('one.example.com', 'CNAME', ['two.example.com']);
  made.set('two.example.com', 'CNAME', ['one.example.com']);
  made.set('*.wild.example.com', 'A', ['192.0.2.9']);
  made.set('host.wild.example.com', 'TXT', ['host']);
  return made;
}

function answer(name: string, type: RecordType, asked = zone()) {
  const { status, records, aliases, ttl } = asked.answer(name, type);
  return { status, data: records.map(({ data }) => data), aliases: aliases.length, ttl };
}

test.each<[what: string, name: string, type: RecordType, expected: Partial<ReturnType<typeof answer>>]>([
  ['records', 'example.com', 'A', { status: 'OK', data: ['192.0.2.1', '192.0.2.2'], ttl: 300 }],
  ['letters of any case, a dot at the end', 'EXAMPLE.com.', 'A', { status: 'OK' }],
  ['no record of the type', 'example.com', 'MX', { status: 'NODATA', data: [], ttl: 300 }],
  ['a name with nothing but names below it', 'b.example.com', 'A', { status: 'NODATA' }],
  ['no such name', 'x.example.com', 'A', { status: 'NXDOMAIN', data: [], ttl: 300 }],
  ['a CNAME, with the shortest ttl', 'www.example.com', 'A', { data: ['192.0.2.3'], aliases: 1, ttl: 20 }],
  ['the CNAME itself', 'www.example.com', 'CNAME', { data: ['Web.example.com'], aliases: 0 }],
  ['a CNAME to a name without the type', 'www.example.com', 'MX', { status: 'NODATA', aliases: 1 }],
  ['a CNAME to nowhere', 'lost.example.com', 'A', { status: 'NXDOMAIN', aliases: 1 }],
  ['CNAMEs in a circle', 'one.example.com', 'A', { status: 'SERVFAIL', ttl: 0 }],
  ['a wildcard', 'x.y.wild.example.com', 'A', { status: 'OK', data: ['192.0.2.9'] }],
  ['no wildcard for a name that exists', 'host.wild.example.com', 'A', { status: 'NODATA' }],
  ['no wildcard below a name that exists', 'x.host.wild.example.com', 'A', { status: 'NXDOMAIN' }],
  ['an empty label', 'a..example.com', 'A', { status: 'BADNAME', ttl: 0 }],
  ['a label of 64 bytes', `${'a'.repeat(64)}.example.com`, 'A', { status: 'BADNAME' }],
])('%s', (_what, name, type, expected) => {
  expect(answer(name, type)).toMatchObject(expected);
});

it('fails a name, all types or one, until it is restored or set', () => {
  const made = zone();
  const restore = made.fail('example.com', 'SERVFAIL');
  made.fail('www.example.com', 'NXDOMAIN', 'TXT');
  expect(answer('example.com', 'A', made).status).toBe('SERVFAIL');
  expect(answer('www.example.com', 'TXT', made).status).toBe('NXDOMAIN');
  expect(answer('www.example.com', 'A', made).status).toBe('OK');
  restore();
  expect(answer('example.com', 'A', made).status).toBe('OK');
  made.fail('web.example.com', 'SERVFAIL');
  expect(answer('www.example.com', 'A', made)).toMatchObject({ status: 'SERVFAIL', aliases: 1 });
  made.set('web.example.com', 'A', ['192.0.2.4']);
  expect(answer('www.example.com', 'A', made).data).toEqual(['192.0.2.4']);
});

it('adds to a set, removes sets and names', () => {
  const made = zone();
  made.add('example.com', 'A', '192.0.2.2', 60);
  made.add('example.com', 'A', '192.0.2.5', 900);
  expect(answer('example.com', 'A', made)).toMatchObject({
    data: ['192.0.2.1', '192.0.2.2', '192.0.2.5'],
    ttl: 60,
  });
  made.set('example.com', 'TXT', []);
  expect(made.remove('a.b.example.com', 'A')).toBe(false);
  expect(made.remove('a.b.example.com', 'TXT')).toBe(true);
  expect(answer('b.example.com', 'A', made).status).toBe('NXDOMAIN');
  expect(made.remove('example.com')).toBe(true);
  expect(made.remove('example.com')).toBe(false);
});

it('keeps a CNAME alone', () => {
  const made = zone();
  expect(() => {
    made.set('example.com', 'CNAME', ['x.example']);
  }).toThrow(CnameConflict);
  expect(() => {
    made.set('www.example.com', 'A', ['192.0.2.1']);
  }).toThrow(CnameConflict);
  expect(() => {
    made.set('new.example.com', 'CNAME', ['x.example', 'y.example']);
  }).toThrow(CnameConflict);
  made.set('www.example.com', 'CNAME', ['x.example']);
});

test.each([
  ['192.0.2.7', '7.2.0.192.in-addr.arpa'],
  ['2001:DB8::1', `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`],
  ['::ffff:192.0.2.7', `7.0.2.0.0.0.0.c.f.f.f.f.${'0.'.repeat(20)}ip6.arpa`],
  ['::', `${'0.'.repeat(32)}ip6.arpa`],
])('the reverse name of %s', (address, name) => {
  expect(reverseName(address)).toBe(name);
});
