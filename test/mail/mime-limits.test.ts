/** Large and hostile messages: time in proportion to the length, and no stack that grows with the depth. */
import { MessageContent } from '../../src/mail/content';
import { makePart } from '../../src/mail/make-part';
import type { MimePart } from '../../src/mail/part';

const content = (text: string) => new MessageContent(Buffer.from(text, 'latin1'));

function parts(top: MimePart): number {
  let count = 0;
  for (let part: MimePart | undefined = top; part; part = part.thread) count++;
  return count;
}

const nested = (depth: number): string =>
  Array.from(
    { length: depth },
    (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
  ).join('');

const flat = (count: number): string =>
  `Content-Type: multipart/mixed; boundary=b\r\n\r\n${Array.from({ length: count }, (_, i) => `--b\r\nX-Number: ${i}\r\n\r\n${i}\r\n`).join('')}--b--\r\n`;

describe('10,000 parts in one another', () => {
  const DEPTH = 10_000;

  test('that are not closed', () => {
    const message = content(nested(DEPTH));
    expect(parts(message.mime())).toBe(DEPTH + 1);
    expect(message.invalidMime).toBe(1);
  });

  test('that are closed, with a change in the innermost', () => {
    const close = Array.from({ length: DEPTH }, (_, i) => `\r\n--b${DEPTH - 1 - i}--`).join('');
    const message = content(`${nested(DEPTH)}\r\ninnermost${close}\r\n`);
    expect(message.invalidMime).toBe(0);
    const all: MimePart[] = [];
    for (let part: MimePart | undefined = message.mime(false); part; part = part.thread) all.push(part);
    expect(all).toHaveLength(DEPTH + 1);
    all.at(-1)!.text = 'changed';
    expect(message.raw.toString('latin1')).toBe(`${nested(DEPTH)}\r\nchanged${close}\r\n`);
  });

  test('that are messages', () => {
    const message = content(`${'Content-Type: message/rfc822\r\n\r\n'.repeat(DEPTH)}A: b\r\n`);
    expect(parts(message.mime())).toBe(DEPTH + 1);
  });

  test('that all have one boundary', () => {
    const message = content('Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'.repeat(DEPTH));
    expect(parts(message.mime())).toBe(DEPTH + 1);
  });

  test('with lines that look like boundaries in each', () => {
    const lines = '--\r\n--b\r\n--b--\r\n'.repeat(3);
    const text = Array.from(
      { length: DEPTH },
      (_, i) => `Content-Type: multipart/mixed; boundary=x${i}\r\n\r\n${lines}--x${i}\r\n`,
    );
    expect(parts(content(text.join('')).mime())).toBe(DEPTH + 1);
  });
});

describe('100,000 parts beside one another', () => {
  const COUNT = 100_000;

  test('are found, and go without leaving anything', () => {
    const message = content(flat(COUNT));
    const { parts } = message.mime(false);
    expect(parts).toHaveLength(COUNT);
    expect(parts.at(-1)!.text).toBe(String(COUNT - 1));
    for (const part of parts) part.unlink();
    expect(message.raw.toString('latin1')).toBe(
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n\r\n--b--\r\n',
    );
  });

  test('are added one by one', () => {
    const ADDED = 20_000;
    const message = content(flat(1));
    const top = message.mime(false);
    for (let i = 0; i < ADDED; i++) top.addLastChild(makePart('text/plain', Buffer.from('x')));
    expect(top.parts).toHaveLength(ADDED + 1);
    expect(parts(content(message.raw.toString('latin1')).mime())).toBe(ADDED + 2);
  });
});

describe('30 MB', () => {
  const SIZE = 30_000_000;

  test.each([
    ['lines', 'x'.repeat(76) + '\r\n'],
    ['one line', 'x'],
    ['dashes', '--'],
    ['lines of dashes', '--\r\n'],
    ['line feeds', '\n'],
    ['blanks', ' '],
  ])('of %s in a part', (_title, piece) => {
    const body = piece.repeat(SIZE / piece.length);
    const message = content(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n${body}\r\n--b--\r\n`,
    );
    const part = message.mime().first!;
    expect(part.body).toHaveLength(body.length);
    expect(part.text).toHaveLength(body.length);
  });

  test.each(['quoted-printable', 'base64'])('of blanks in %s', (encoding) => {
    const message = content(`Content-Transfer-Encoding: ${encoding}\r\n\r\n${' '.repeat(SIZE)}x`);
    expect(message.text()).toEqual([encoding === 'base64' ? '' : `${' '.repeat(SIZE)}x`]);
  });

  test('in a header', () => {
    const message = content(`Content-Type: text/plain; ${'(a'.repeat(SIZE / 2)}\r\n\r\nbody`);
    expect(message.mime().contentType()).toMatchObject({ mimetype: 'text/plain' });
  });
});
