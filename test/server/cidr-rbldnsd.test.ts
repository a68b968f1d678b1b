import { parseAddress } from '../../src/server/cidr-block';
import { readRbldnsd } from '../../src/server/cidr-rbldnsd';

const FILE = `
# a comment
; another
$SOA 3000 ns.example. admin.example. 0 600 300 86400 300
10.79.0.0/16:127.0.0.3:listed
10.79.1.1
192.0.2.7:4:short
:127.0.0.9:default text
192.0.2.8
192.0.2.9::own text
198.51.100
203.0.113.10-12:127.0.0.5:range
203.0.113.250-203.0.113.251
!10.79.2.2
2001:db8::/32 :127.0.0.6:six
1111::0000 :7
::1
`;

test.each([
  ['10.79.5.5', '127.0.0.3', 'listed'],
  ['10.79.1.1', '127.0.0.2', ''],
  ['192.0.2.7', '127.0.0.4', 'short'],
  ['192.0.2.8', '127.0.0.9', 'default text'],
  ['192.0.2.9', '127.0.0.9', 'own text'],
  ['198.51.100.200', '127.0.0.9', 'default text'],
  ['203.0.113.9', undefined, undefined],
  ['203.0.113.10', '127.0.0.5', 'range'],
  ['203.0.113.12', '127.0.0.5', 'range'],
  ['203.0.113.251', '127.0.0.9', 'default text'],
  ['10.79.2.2', undefined, undefined],
  ['2001:db8::5', '127.0.0.6', 'six'],
  ['1111::', '127.0.0.7', 'default text'],
  ['::1', '127.0.0.9', 'default text'],
  ['8.8.8.8', undefined, undefined],
])('%s', (address, a, txt) => {
  const at = parseAddress(address)!;
  expect(readRbldnsd(FILE, { value: 'a' }).find(at)).toBe(a);
  expect(readRbldnsd(FILE, { value: 'txt' }).find(at)).toBe(txt);
});

test.each(['nonsense:1', '10.0.0.300:1', '10.0.0.9-3:1', '::1-::5 :1', '1111::0000:listed'])(
  'an entry that cannot be understood: %s',
  (entry) => {
    expect(() => readRbldnsd(`10.0.0.1\n${entry}`, { value: 'a' })).toThrow(`line 2: '${entry}'`);
  },
);
