import { cramMd5, cramMd5Digest, ha1Of } from '../../../src/server/auth/digests';
import {
  cramMd5Challenge,
  decodeSasl,
  encodeSasl,
  LOGIN_PROMPTS,
  readCramMd5,
  readPlain,
} from '../../../src/server/auth/sasl';

// The exchange that RFC 2195 shows.
const CHALLENGE = '<1896.697170952@postoffice.reston.mci.net>';
const ANSWER = 'dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw';

test('CRAM-MD5 as RFC 2195 shows it', () => {
  expect(cramMd5Challenge(1896, 697170952, 'postoffice.reston.mci.net')).toBe(CHALLENGE);
  const answer = readCramMd5(decodeSasl(ANSWER)!);
  expect(answer).toEqual({ user: 'tim', password: 'b913a602c7eda7a495b4e6e7334d3890' });
  expect(cramMd5(CHALLENGE, answer!.password, 'tanstaaftanstaaf')).toBe(true);
  expect(cramMd5(CHALLENGE, answer!.password.toUpperCase(), 'tanstaaftanstaaf')).toBe(true);
  expect(cramMd5(CHALLENGE, answer!.password, 'tanstaaf')).toBe(false);
  expect(cramMd5('<1@x>', answer!.password, 'tanstaaftanstaaf')).toBe(false);
});

test('secrets are bytes', () => {
  expect(cramMd5Digest('\xff', '\xc3\xa9')).not.toBe(cramMd5Digest('\xff', '\xe9'));
});

test('HA1 as RFC 2617 shows it', () => {
  expect(ha1Of('Mufasa', 'testrealm@host.com', 'Circle Of Life')).toBe('939e7578ed9e3c518a452acee763bce9');
});

test('the prompts of LOGIN', () => {
  expect(LOGIN_PROMPTS.map((prompt) => decodeSasl(prompt))).toEqual(['Username:', 'Password:']);
});

test.each([
  ['dGVzdA==', 'test'],
  ['w6k=', '\xc3\xa9'],
  ['=', ''],
  ['', ''],
  ['dGVzdA', undefined],
  ['dGV zdA==', undefined],
  ['dGV$', undefined],
  ['====', undefined],
])('base64 %j is %j', (line, text) => {
  expect(decodeSasl(line)).toBe(text);
  if (text) expect(encodeSasl(text)).toBe(line);
});

test.each([
  ['\0tim\0secret', { user: 'tim', password: 'secret' }],
  ['boss\0tim\0', { user: 'tim', password: '' }],
  ['tim\0secret', undefined],
  ['\0\0secret', undefined],
  ['\0tim\0secret\0', undefined],
])('PLAIN %j', (message, credentials) => {
  expect(readPlain(message)).toEqual(credentials);
});

test.each([
  ['a user b913a602c7eda7a495b4e6e7334d3890', 'a user'],
  ['b913a602c7eda7a495b4e6e7334d3890', undefined],
  ['tim b913a602c7eda7a495b4e6e7334d389', undefined],
  ['tim g913a602c7eda7a495b4e6e7334d3890', undefined],
])('CRAM-MD5 answer %j', (message, user) => {
  expect(readCramMd5(message)?.user).toBe(user);
});
