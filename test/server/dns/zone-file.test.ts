import { ConfigError } from '../../../src/support/errors';
import { Zone } from '../../../src/server/dns/zone';
import { recordText } from '../../../src/server/dns/records';
import { readZoneFile } from '../../../src/server/dns/zone-file/parser';

function read(text: string): string[] {
  const zone = new Zone();
  readZoneFile(text, zone);
  return [...zone.records()].map(
    ({ name, type, ttl, data }) => `${name} ${ttl} ${type} ${recordText(type, data)}`,
  );
}

it('reads what zone files are made of', () => {
  const text = String.raw`
$ORIGIN example.com.   ; a comment
$TTL 1h30m
@       IN SOA ns1 hostmaster.example.com. ( 2026010100 ; serial
                3600 600
                1w 5m )
        NS      ns1
        IN 60 MX 10 mx.other.example.
        60 IN MX 20 Mail
ns1     A       192.0.2.1
ns1     AAAA    2001:DB8:0:0:0:0:0:1
_dmarc  TXT     "v=DMARC1; p=none" ( "; a"
   "b" ) ; after
quotes  TXT     "say \"hi\" \\ \065" bare\;word
www 0   CNAME   @
void    MX      0 .
$ORIGIN sub
x.y.    in      a 192.0.2.2
*       A       192.0.2.3
sip     SRV     10 5 5060 sip.example.com.
`;
  expect(read(text)).toEqual([
    'example.com 5400 SOA ns1 hostmaster.example.com. 2026010100 3600 600 1w 5m',
    'example.com 5400 NS ns1.example.com',
    'example.com 60 MX 10 mx.other.example',
    'example.com 60 MX 20 Mail.example.com',
    'ns1.example.com 5400 A 192.0.2.1',
    'ns1.example.com 5400 AAAA 2001:db8::1',
    '_dmarc.example.com 5400 TXT "v=DMARC1; p=none; ab"',
    String.raw`quotes.example.com 5400 TXT "say \"hi\" \\ Abare;word"`,
    'www.example.com 0 CNAME example.com',
    'void.example.com 5400 MX 0 .',
    'x.y 5400 A 192.0.2.2',
    '*.sub.example.com 5400 A 192.0.2.3',
    'sip.sub.example.com 5400 SRV 10 5 5060 sip.example.com.',
  ]);
});

it('without $TTL takes the last time to live that was stated, or 300', () => {
  expect(read('a. A 192.0.2.1\nb. 60 A 192.0.2.1\nc. A 192.0.2.1\r\n')).toEqual([
    'a 300 A 192.0.2.1',
    'b 60 A 192.0.2.1',
    'c 60 A 192.0.2.1',
  ]);
});

test.each([
  ['a A 192.0.2.1', 1, 1, "'a' is a relative name"],
  ['@ A 192.0.2.1', 1, 1, "'@' is a relative name"],
  ['  A 192.0.2.1', 1, 3, 'no owner'],
  ['a. A 192.0.2.256', 1, 6, 'A: an IPv4 address expected'],
  ['a. AAAA 192.0.2.1', 1, 9, 'AAAA: an IPv6 address expected'],
  ['a. A', 1, 4, 'A: an IPv4 address expected'],
  ['a. 60', 1, 4, 'ends before its type'],
  ['a. MX 10', 1, 4, 'MX: its data is incomplete'],
  ['a. MX ten b.', 1, 11, 'MX: { preference'],
  ['a. CNAME b. c.', 1, 13, 'CNAME: a domain name expected'],
  ['a. A 192.0.2.1\na. CNAME b.', 2, 4, 'has no other records'],
  ['a. WKS x', 1, 4, "'WKS' is no record type"],
  ['a. CH A 192.0.2.1', 1, 4, 'class CH is not supported'],
  ['a. TXT "open', 1, 8, 'not closed'],
  ['a. TXT "x\\999"', 1, 10, 'an escape is'],
  ['a. TXT x\n ( y', 2, 2, 'parenthesis is not closed'],
  ['a. TXT x )', 1, 10, 'closes none'],
  ['a..b. A 192.0.2.1', 1, 1, 'an empty label'],
  ['a\\.b. A 192.0.2.1', 1, 1, 'escapes in names'],
  ['$TTL soon', 1, 6, 'a time to live expected'],
  ['$TTL 9999999999', 1, 6, 'at most'],
  ['$INCLUDE other.zone', 1, 1, '$INCLUDE is not supported'],
  ['$ORIGIN', 1, 1, 'takes one value'],
])('%j is an error at its place', (text, line, column, reason) => {
  expect.assertions(3);
  try {
    read(text);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ code: 'ZONE_FILE', line, column });
    expect((error as ConfigError).message).toMatch(
      new RegExp(`^option dns, line ${line}: [^\\n]*${reason.replace(/[.${}()]/g, '\\$&')}[^]*\\^$`),
    );
  }
});
