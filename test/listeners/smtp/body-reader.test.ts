import fc from 'fast-check';
import { BodyReader } from '../../../src/listeners/smtp/body-reader';

/** What a reader makes of bytes that come in pieces. */
function read(bytes: Buffer, pieces: readonly number[], limit?: number) {
  const reader = new BodyReader(limit);
  let at = 0;
  for (const size of [...pieces, bytes.length]) {
    const chunk = bytes.subarray(at, at + size);
    const end = reader.read(chunk);
    if (end !== -1)
      return { reader, message: reader.take().toString('latin1'), rest: bytes.subarray(at + end) };
    at += chunk.length;
  }
  return { reader, message: undefined, rest: Buffer.alloc(0) };
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');

test.each([
  ['an empty message', '.\r\n', ''],
  ['a line', 'one\r\n.\r\n', 'one\r\n'],
  ['stuffed dots', '..\r\n...a\r\n.b\r\n.\r\n', '.\r\n..a\r\nb\r\n'],
  ['a dot within a line', 'a.\r\n.\r\n', 'a.\r\n'],
  ['a lone LF, dot, LF', 'a\n.\nb\r\n.\r\n', 'a\n.\nb\r\n'],
  ['a lone CR, dot, CR', 'a\r.\rb\r\n.\r\n', 'a\r.\rb\r\n'],
  ['LF, dot, CRLF', 'a\n.\r\nb\r\n.\r\n', 'a\n.\r\nb\r\n'],
  ['CRLF, dot, LF', 'a\r\n.\nb\r\n.\r\n', 'a\r\n\nb\r\n'],
  ['CRLF, dot, CR', 'a\r\n.\rb\r\n.\r\n', 'a\r\n\rb\r\n'],
  ['CR, CRLF, dot', 'a\r\r\n.\r\n', 'a\r\r\n'],
  ['NULs and bytes above 0x7f', '\0\xff\r\n.\r\n', '\0\xff\r\n'],
])('%s, in pieces of any size', (_title, sent, message) => {
  const bytes = latin1(`${sent}NEXT`);
  for (let size = 1; size <= bytes.length; size++) {
    const pieces = Array.from({ length: bytes.length }, () => size);
    expect(read(bytes, pieces)).toMatchObject({ message, rest: { length: expect.any(Number) } });
  }
  expect(read(bytes, []).rest.toString()).toBe('NEXT');
});

test('what is sent as RFC 5321 says is read as it was', () => {
  const piece = fc.constantFrom('\r', '\n', '.', '\r\n', 'a', '\r\n.', '\xe4');
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 7 })),
      (parts, pieces) => {
        const message = `${parts.join('')}\r\n`;
        const stuffed = message.replace(/(^|\r\n)\./g, '$1..');
        expect(read(latin1(`${stuffed}.\r\nQUIT`), pieces).message).toBe(message);
      },
    ),
    { numRuns: 500 },
  );
});

test('beyond the limit nothing is kept, and the end is still found', () => {
  const { reader, message, rest } = read(latin1(`${'x'.repeat(50)}\r\n.\r\nQUIT`), [1, 20], 40);
  expect({ message, size: reader.size, isTooLarge: reader.isTooLarge }).toEqual({
    message: '',
    size: 52,
    isTooLarge: true,
  });
  expect(rest.toString()).toBe('QUIT');
});

test('a large message in tiny pieces takes time in proportion to its size', () => {
  const reader = new BodyReader();
  const piece = latin1('0123456789\r\n');
  for (let i = 0; i < 500_000; i++) reader.read(piece);
  expect(reader.read(latin1('.\r\n'))).toBe(3);
  expect(reader.take()).toHaveLength(500_000 * piece.length);
});
