import { formatAddress, parseAddressList, splitAddress } from '../../src/mail/addresses';
import { HeaderError } from '../../src/mail/header-error';

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const shortList = (text: string): string[] =>
  parseAddressList(text).map(({ display, address, group }) => [group, display, address].join('|'));

test('an address has all its parts', () => {
  expect(parseAddressList('Team: "Doe, J." <j.doe+news+x@Example.com>;')).toEqual([
    {
      display: 'Doe, J.',
      address: 'j.doe+news+x@Example.com',
      localpart: 'j.doe+news+x',
      user: 'j.doe',
      detail: 'news+x',
      domain: 'Example.com',
      group: 'Team',
    },
  ]);
});

describe('lists', () => {
  test.each<[string, string, string[]]>([
    ['a bare address', 'a@b.org', ['||a@b.org']],
    ['a display name', 'John Q. Public <j@b.org>', ['|John Q. Public|j@b.org']],
    ['a quoted one', '"a \\"b\\" <c@d>" <j@b.org>', ['|a "b" <c@d>|j@b.org']],
    ['an encoded one', '=?UTF-8?Q?Doe=2C_J=C3=B6rg?= <j@b.org>', [bytes('|Doe, Jörg|j@b.org')]],
    ['an address as one', 'a@b.org <c@d.org>', ['|a@b.org|c@d.org']],
    ['several', 'a@b.org, C <c@d.org>,e@f.org', ['||a@b.org', '|C|c@d.org', '||e@f.org']],
    ['nothing between commas', ' ,, a@b.org,', ['||a@b.org']],
    ['a group', 'G h: a@b.org, C <c@d.org>; e@f.org', ['G h||a@b.org', 'G h|C|c@d.org', '||e@f.org']],
    ['an empty group', 'undisclosed-recipients:;', []],
    ['a group without end', 'G: a@b.org', ['G||a@b.org']],
    ['comments', 'a (x(y)\\)) @ (z) b.org (Joe)', ['|Joe|a@b.org']],
    ['a comment as name', 'a@b.org (J. (K.) Doe)', ['|J. (K.) Doe|a@b.org']],
    ['a comment without end', 'a@b.org (Joe, c@d.org', ['|Joe, c@d.org|a@b.org']],
    ['blanks around dots', 'a . b @ c . org', ['||a.b@c.org']],
    ['a fold', 'A\r\n\tB <a@b.org>,\r\n c@d.org', ['|A B|a@b.org', '||c@d.org']],
    ['a route', '<@x.org,@y.org:a@b.org>, X <,@x.org:c@d.org>', ['||a@b.org', '|X|c@d.org']],
    ['a domain literal', 'a@[192.0.2.1]', ['||a@[192.0.2.1]']],
    ['a quoted local part', '"a b"@c.org', ['||"a b"@c.org']],
    ['quotes without need', '"a.b"@c.org', ['||a.b@c.org']],
    ['quotes in quotes', '"a\\"\\\\b"@c.org', ['||"a\\"\\\\b"@c.org']],
    ['dots that RFC 5322 does not allow', 'a..b.@c.org', ['||a..b.@c.org']],
    ['two addresses without comma', 'A <a@b.org> C <c@d.org>', ['|A|a@b.org', '|C|c@d.org']],
    ['semicolons as commas', 'a@b.org; c@d.org', ['||a@b.org', '||c@d.org']],
    ['a quote without end', '"A <a@b.org>, c@d.org', ['|"A|a@b.org', '||c@d.org']],
    ['brackets in a name', '[List] A <a@b.org>', ['|[List] A|a@b.org']],
    ['bytes that are no UTF-8', '\xfc <\xfc@b.org>', ['|\xfc|\xfc@b.org']],
    ['text that is no address', 'root, <root>, <>, a b@c.org, a@b@c.org, @c.org, a@, x@y.org', ['||x@y.org']],
    ['an angle without end', 'A <a@b.org, c@d.org', ['||c@d.org']],
    ['two angles, one without end', 'A <a@b.org, C <c@d.org>', ['|C|c@d.org']],
    ['nothing', '', []],
  ])('%s', (_, text, list) => {
    expect(shortList(text)).toEqual(list);
  });

  test.each(['(', '"', '[', '<', '\\"', 'a,', '(a) ', '<a@b>', ':', '<@a', '"a" '])(
    'a text of %j only takes linear time',
    (piece) => {
      const start = process.hrtime.bigint();
      parseAddressList(piece.repeat(100_000));
      expect(Number(process.hrtime.bigint() - start) / 1e9).toBeLessThan(5);
    },
  );
});

test.each([
  ['u+d@x.org', 'u+d', 'u', 'd', 'x.org'],
  ['u@x.org', 'u', 'u', '', 'x.org'],
  ['+d@x.org', '+d', '', 'd', 'x.org'],
  ['"a@b"@x.org', '"a@b"', '"a@b"', '', 'x.org'],
  ['postmaster', 'postmaster', 'postmaster', '', ''],
  ['', '', '', '', ''],
])('the parts of %j', (address, localpart, user, detail, domain) => {
  expect(splitAddress(address)).toEqual({ address, localpart, user, detail, domain });
});

describe('formatAddress', () => {
  test.each([
    [{ address: 'a@b.org' }, 'a@b.org'],
    [{ display: '', address: 'a@b.org' }, 'a@b.org'],
    [{ display: 'A B', address: 'a@b.org' }, 'A B <a@b.org>'],
    [{ display: 'A. "B" \\', address: 'a@b.org' }, '"A. \\"B\\" \\\\" <a@b.org>'],
    [{ display: ' A', address: 'a@b.org' }, '" A" <a@b.org>'],
    [{ display: bytes('Jörg, X'), address: 'a@b.org' }, '=?UTF-8?B?SsO2cmcsIFg=?= <a@b.org>'],
    [{ display: 'A', address: '"<>"@b.org' }, 'A <"<>"@b.org>'],
  ])('%j', (mailbox, text) => {
    expect(formatAddress(mailbox)).toBe(text);
    expect(parseAddressList(text)).toMatchObject([mailbox]);
  });

  test('a display name that looks like an encoded word is none', () => {
    const mailbox = { display: '=?UTF-8?Q?a?=', address: 'a@b.org' };
    expect(parseAddressList(formatAddress(mailbox))).toMatchObject([mailbox]);
  });

  test.each([
    { display: 'a\r\nBcc: x', address: 'a@b.org' },
    { display: '\xfc', address: 'a@b.org' },
    { address: 'a@b.org\n' },
    { address: 'a@b.org>, <c@d.org' },
  ])('%j cannot be written', (mailbox) => {
    expect(() => formatAddress(mailbox)).toThrow(HeaderError);
  });
});
