import { parseDigests, parseGroups, parsePasswords } from '../../../src/server/auth/credentials';
import { AuthProblem } from '../../../src/server/auth/scheme';

const HA1 = '939e7578ed9e3c518a452acee763bce9';

test('password files: comments, empty lines, colons, blanks and bytes of passwords, the first line of a user', () => {
  const text = '# users\n\nanna:secret\r\nbert:a:b: c\nanna:other\ncarl:\nd\xe9:\xc3\xa9\n#anna:x';
  expect([...parsePasswords('/p', text)]).toEqual([
    ['anna', 'secret'],
    ['bert', 'a:b: c'],
    ['carl', ''],
    ['d\xe9', '\xc3\xa9'],
  ]);
});

test('digest files', () => {
  expect(parseDigests('/d', `# x\nMufasa:testrealm@host.com:${HA1.toUpperCase()}\n`)).toEqual([
    { user: 'Mufasa', realm: 'testrealm@host.com', ha1: HA1 },
  ]);
});

test('group files: both layouts, mixed; lines of a group add up', () => {
  const groups = parseGroups('/g', '# roles\nroot:root\nadmin:*:serv, ec\nempty:\nadmin:bob\n');
  expect([...groups].map(([name, members]) => [name, [...members]])).toEqual([
    ['root', ['root']],
    ['admin', ['serv', 'ec', 'bob']],
    ['empty', []],
  ]);
});

// Nothing of the line is shown: it may hold a password.
test.each([
  [parsePasswords, 'anna:x\nsecret', '/f:2: a line has to be user:password, and this one has no colon'],
  [parsePasswords, ':secret', '/f:1: the user name is empty'],
  [parseDigests, 'anna:secret', '/f:1: a line has to be user:realm:digest, and this one has 2 fields'],
  [parseDigests, `a:b:c:${HA1}`, '/f:1: a line has to be user:realm:digest, and this one has 4 fields'],
  [parseDigests, `:r:${HA1}`, '/f:1: the user name is empty'],
  [parseDigests, 'anna:r:secret', '/f:1: the digest is not an MD5 sum of 32 hexadecimal digits'],
  [
    parseGroups,
    'root',
    '/f:1: a line has to be group:users or group:unused:users, and this one has 1 fields',
  ],
  [
    parseGroups,
    '\n\nroot:x:0:root',
    '/f:3: a line has to be group:users or group:unused:users, and this one has 4 fields',
  ],
  [parseGroups, ' :a', '/f:1: the group name is empty'],
])('%# a malformed line names its place', (parse, text, message) => {
  expect(() => parse('/f', text)).toThrow(new AuthProblem(message));
});
