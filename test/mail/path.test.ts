import { parsePath } from '../../src/mail/path';

test.each([
  ['<a@b.org>', 'a@b.org', 'a', 'b.org', ''],
  ['<>', '', '', '', ''],
  ['<> BODY=8BITMIME', '', '', '', ' BODY=8BITMIME'],
  ['<@x.org,@y.org:a@b.org> SIZE=1', 'a@b.org', 'a', 'b.org', ' SIZE=1'],
  ['<"a b\\">@"@b.org>', '"a b\\">@"@b.org', '"a b\\">@"', 'b.org', ''],
  ['<a@[192.0.2.1]>', 'a@[192.0.2.1]', 'a', '[192.0.2.1]', ''],
  ['<a@[IPv6:2001:db8::1]>', 'a@[IPv6:2001:db8::1]', 'a', '[IPv6:2001:db8::1]', ''],
  ['<Postmaster>', 'Postmaster', 'Postmaster', '', ''],
  ['<u+d=x!#$%@Example-1.ORG>\r\n', 'u+d=x!#$%@Example-1.ORG', 'u+d=x!#$%', 'Example-1.ORG', '\r\n'],
])('%j', (text, address, localpart, domain, rest) => {
  expect(parsePath(text)).toEqual({ address, localpart, domain, rest });
});

test.each([
  '',
  'a@b.org',
  ' <a@b.org>',
  '<a@b.org',
  '< a@b.org>',
  '<a b@c.org>',
  '<a@b@c.org>',
  '<a@>',
  '<@b.org>',
  '<@b.org:>',
  '<a@b..org>',
  '<a@.org>',
  '<a@b.org.>',
  '<a@-b.org>',
  '<a@b_c.org>',
  '<a,b@c.org>',
  '<"a@b.org>',
  '<\xfc@b.org>',
  '<a@\xfc.org>',
])('no path: %j', (text) => {
  expect(parsePath(text)).toBeUndefined();
  expect(parsePath(text, { pedantic: false })).toBeUndefined();
});

test.each(['a..b@xxx.com', 'ab.@xxx.com', '.a@xxx.com'])(
  '%s is for those who are not pedantic',
  (address) => {
    expect(parsePath(`<${address}>`)).toBeUndefined();
    expect(parsePath(`<${address}>`, { pedantic: false })).toMatchObject({ address, domain: 'xxx.com' });
  },
);

test.each(['<a', '<a.', '<@a', '<a@b.', '<"\\\\', '<@a,'])('a long text of %j takes no time', (piece) => {
  const start = process.hrtime.bigint();
  parsePath(piece + piece.slice(1).repeat(10_000));
  expect(Number(process.hrtime.bigint() - start) / 1e9).toBeLessThan(2);
});
