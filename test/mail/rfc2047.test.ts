import { HeaderError } from '../../src/mail/header-error';
import { decodeHeader, encodeWords } from '../../src/mail/rfc2047';

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

describe('decoding', () => {
  test.each([
    ['Q', '=?UTF-8?Q?Gr=C3=BC=c3=9Fe_an_a=5Fb?=', 'Grüße an a_b'],
    ['B', '=?utf-8?b?R3LDvMOfZQ==?=', 'Grüße'],
    ['B without padding', '=?UTF-8?B?R3LDvMOfZQ?=', 'Grüße'],
    ['ISO-8859-1', '=?ISO-8859-1?Q?=FCber?=', 'über'],
    ['a Windows code page', '=?windows-1251?Q?=C4=E0?=', 'Да'],
    ['a multi-byte set', '=?Shift_JIS?B?k/qWew==?=', '日本'],
    ['a set with states', '=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=', '日本'],
    ['with a language', '=?US-ASCII*en?Q?Keith?=', 'Keith'],
    ['text around', 'Re: =?UTF-8?Q?=C3=BC?= (=?UTF-8?Q?=C3=A4?=) "=?UTF-8?Q?b?="', 'Re: ü (ä) "b"'],
    ['before an angle', '=?UTF-8?Q?=C3=BC?=<a@b>', 'ü<a@b>'],
    ['blanks between two vanish', '=?UTF-8?Q?a?= \t =?ISO-8859-1?Q?b?=', 'ab'],
    ['blanks before text stay', '=?UTF-8?Q?a?=  b  =?UTF-8?Q?c?=', 'a  b  c'],
    ['a character divided between two', '=?UTF-8?Q?=C3?= =?utf-8?B?vA==?=', 'ü'],
    ['no text', 'a =?UTF-8?Q??= b', 'a  b'],
    ['longer than 75', `=?UTF-8?Q?${'a'.repeat(200)}?=`, 'a'.repeat(200)],
    ['once, not twice', '=?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fa=3F=3D?=', '=?UTF-8?Q?a?='],
  ])('%s', (_, value, text) => {
    expect(decodeHeader(value)).toBe(bytes(text));
  });

  test.each([
    ['a bad escape', '=?UTF-8?Q?=G0?='],
    ['half an escape', '=?UTF-8?Q?a=?='],
    ['bad base64', '=?UTF-8?B?a*b=?='],
    ['too little base64', '=?UTF-8?B?a?='],
    ['another encoding', '=?UTF-8?X?a?='],
    ['an unknown character set', '=?x-klingon?Q?a?='],
    ['bytes that the set does not have', '=?UTF-8?Q?=FC?='],
    ['a blank in the text', '=?UTF-8?Q?a b?='],
    ['no end', '=?UTF-8?Q?a'],
    ['glued to text before', 'a=?UTF-8?Q?b?='],
    ['glued to text after', '=?UTF-8?Q?b?=a'],
    ['two glued together', '=?UTF-8?Q?a?==?UTF-8?Q?b?='],
    ['plain bytes', '\xfc =? x ?='],
  ])('stays as it is: %s', (_, value) => {
    expect(decodeHeader(value)).toBe(value);
  });

  test('a broken word between two others keeps the blanks around it', () => {
    expect(decodeHeader('=?UTF-8?Q?a?= =?UTF-8?Q?=FC?= =?UTF-8?Q?b?=')).toBe('a =?UTF-8?Q?=FC?= b');
    expect(decodeHeader('=?UTF-8?Q?a?= =?UTF-8?Q?=?= =?UTF-8?Q?b?=')).toBe('a =?UTF-8?Q?=?= b');
  });

  test.each(['=?UTF-8?Q?a?= ', '=?', '=?UTF-8?Q?', '=?a', '=?UTF-8?B?YWJj?= x'])(
    'takes linear time: %j',
    (piece) => {
      const value = piece.repeat(100_000);
      const start = process.hrtime.bigint();
      decodeHeader(value);
      expect(Number(process.hrtime.bigint() - start) / 1e9).toBeLessThan(5);
    },
  );
});

describe('encoding', () => {
  test.each([
    ['Q when it is not longer', 'a long text with one ü', '=?UTF-8?Q?a_long_text_with_one_=C3=BC?='],
    ['B when it is shorter', 'äöü', '=?UTF-8?B?w6TDtsO8?='],
    ['punctuation, so that it fits every header', '=?ü "a", (b)_', '=?UTF-8?B?PT/DvCAiYSIsIChiKV8=?='],
  ])('%s', (_, text, words) => {
    expect(encodeWords(bytes(text))).toBe(words);
  });

  test.each(['ü', '日', '😀', 'aü', 'ascii '])('words of %j are short and whole', (text) => {
    for (const room of [undefined, 10, 40, 41, 60]) {
      const words = encodeWords(bytes(text.repeat(60)), room).split(' ');
      expect(words[0]!.length).toBeLessThanOrEqual(room && room >= 40 ? room : 75);
      expect(Math.max(...words.map(({ length }) => length))).toBeLessThanOrEqual(75);
      expect(words.map(decodeHeader).join('')).toBe(bytes(text.repeat(60)));
      expect(decodeHeader(words.join(' '))).toBe(bytes(text.repeat(60)));
    }
  });

  test.each(['\xfc', '\xc3', '\xed\xa0\x80'])('%j is not UTF-8', (text) => {
    expect(() => encodeWords(text)).toThrow(HeaderError);
  });
});
