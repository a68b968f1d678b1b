import { Input, LONGEST_LINE } from '../../../src/listeners/smtp/input';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

test('lines end with CRLF or LF, wherever a chunk is cut', async () => {
  const bytes = latin1('EHLO a\r\nNOOP\nX\rY\r\n\r\n');
  for (let size = 1; size <= bytes.length; size++) {
    const input = new Input();
    for (let at = 0; at < bytes.length; at += size) input.push(bytes.subarray(at, at + size));
    input.end();
    const lines: (string | undefined)[] = [];
    for (let line = await input.line(); line; line = await input.line()) lines.push(line.text);
    expect(lines).toEqual(['EHLO a', 'NOOP', 'X\rY', '']);
  }
});

test('a line waits for its end; half a line at the end of the connection is none', async () => {
  const input = new Input();
  const waits: boolean[] = [];
  input.onWaiting = (isWaiting) => waits.push(isWaiting);
  const line = input.line();
  input.push(latin1('QU'));
  input.push(latin1('IT\r\nRS'));
  expect(await line).toEqual({ text: 'QUIT', isTooLong: false });
  const half = input.line();
  input.end();
  expect(await half).toBeUndefined();
  expect(waits[0]).toBe(true);
  expect(waits.at(-1)).toBe(false);
});

test('a line that is too long is swallowed to its end', async () => {
  const input = new Input();
  for (let i = 0; i < 100; i++) input.push(Buffer.alloc(LONGEST_LINE, 'x'));
  input.push(latin1('\r\nNOOP\r\n'));
  expect(await input.line()).toMatchObject({ isTooLong: true });
  expect(await input.line()).toEqual({ text: 'NOOP', isTooLong: false });
});

test('a client that sends faster than it is read is asked to wait', async () => {
  const input = new Input();
  let spaces = 0;
  input.onSpace = () => spaces++;
  expect(input.push(latin1(`${'a'.repeat(10)}\r\n`))).toBe(true);
  expect(input.push(latin1('b\r\n'.repeat(30_000)))).toBe(false);
  await input.line();
  expect(spaces).toBe(0);
  for (let i = 0; i < 20_000; i++) await input.line();
  expect(spaces).toBe(1);
  expect(input.push(Buffer.alloc(100_000))).toBe(false);
  input.discard();
  expect({ spaces, buffered: input.buffered }).toEqual({ spaces: 2, buffered: 0 });
});

test('an aborted connection gives nothing more', async () => {
  const input = new Input();
  input.push(latin1('NOOP\r\n'));
  input.abort();
  expect(input.isOver).toBe(true);
  expect(input.push(latin1('NOOP\r\n'))).toBe(true);
  expect(await input.line()).toBeUndefined();
});
