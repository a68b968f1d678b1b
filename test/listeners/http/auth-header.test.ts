import {
  quoted,
  readAuthorization,
  readBasic,
  readParameters,
} from '../../../src/listeners/http/auth-header';

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

test.each<[string, [string, string][], unknown]>([
  ['none', [], undefined],
  ['a scheme alone', [['Authorization', 'Basic']], undefined],
  ['empty', [['Authorization', '']], undefined],
  ['usual', [['authorization', 'Basic abc=']], { scheme: 'basic', credentials: 'abc=' }],
  ['spaces', [['Authorization', ' dIGEST   a=b , c=d ']], { scheme: 'digest', credentials: 'a=b , c=d' }],
  [
    'two',
    [
      ['Authorization', 'Basic YTpi'],
      ['authorization', 'Basic YTpi'],
    ],
    undefined,
  ],
])('the header Authorization: %s', (_case, headers, expected) => {
  expect(readAuthorization(headers)).toEqual(expected);
});

test.each<[string, unknown]>([
  [base64('user:password'), { user: 'user', password: 'password' }],
  [base64('user:pass:word'), { user: 'user', password: 'pass:word' }],
  [base64(':'), { user: '', password: '' }],
  [base64('j\xc3\xb6rg:\xff\0'), { user: 'j\xc3\xb6rg', password: '\xff\0' }],
  [base64('nobody'), undefined],
  ['user:password', undefined],
  ['dXNlc g==', undefined],
])('Basic %s', (credentials, expected) => {
  expect(readBasic(credentials)).toEqual(expected);
});

test.each<[string, Record<string, string> | undefined]>([
  ['', {}],
  ['a=b', { a: 'b' }],
  ['A = "b, \\"c\\" \\\\" ,d=e,, f=""', { a: 'b, "c" \\', d: 'e', f: '' }],
  ['a=b, a=c', undefined],
  ['a="b', undefined],
  ['a="b"c', undefined],
  ['a b=c', undefined],
  ['=b', undefined],
  [',,, ', {}],
])('parameters %s', (text, expected) => {
  expect(readParameters(text)).toEqual(expected && new Map(Object.entries(expected)));
});

test('long nonsense is read in no time', () => {
  expect(readParameters(`${' ,'.repeat(50_000)}a`)).toBeUndefined();
  expect(readParameters(`a="${'\\'.repeat(100_000)}`)).toBeUndefined();
  expect(readAuthorization([['Authorization', `a${' '.repeat(100_000)}b`]])).toMatchObject({ scheme: 'a' });
  expect(readParameters('a=b, '.repeat(100_000))).toBeUndefined();
  expect(readAuthorization([['Authorization', `Basic${' '.repeat(100_000)}\t\n`]])).toBeUndefined();
});

test('quoted text', () => {
  expect(quoted('a "b" \\')).toBe('"a \\"b\\" \\\\"');
});
