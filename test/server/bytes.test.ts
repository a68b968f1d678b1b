import { byteString, textOfBytes } from '../../src/server/bytes';

test('a byte string has one character per UTF-8 byte', () => {
  expect(byteString('aé€')).toBe('a\xc3\xa9\xe2\x82\xac');
  expect(byteString(Buffer.of(0, 0xff))).toBe('\x00\xff');
});

test.each([
  ['UTF-8', Buffer.from('aé€'), 'aé€'],
  ['anything else', Buffer.of(0x61, 0xe9, 0xff), 'aéÿ'],
])('bytes as text: %s', (_, bytes, text) => {
  expect(textOfBytes(bytes)).toBe(text);
});
