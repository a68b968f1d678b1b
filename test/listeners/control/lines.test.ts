import { LineTooLongError, readLines } from '../../../src/listeners/control/lines';

async function* chunksOf(texts: readonly string[]) {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text, 'latin1'));
}

async function linesOf(chunks: readonly string[], maxLength = 10): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(chunksOf(chunks), maxLength)) lines.push(line.toString('latin1'));
  return lines;
}

test.each([
  [[], []],
  [['one\n'], ['one']],
  [['one\r\ntwo\n'], ['one', 'two']],
  [
    ['o', 'n', 'e\r', '\nt', 'wo'],
    ['one', 'two'],
  ],
  [['\n\r\n'], ['', '']],
  [['\xff\x00\n'], ['\xff\x00']],
  [['0123456789\n'], ['0123456789']],
])('%j is the lines %j', async (chunks, lines) => {
  expect(await linesOf(chunks)).toEqual(lines);
});

test.each([[['0123456789x\n']], [['01234', '567', '89x']]])('%j is too long', async (chunks) => {
  await expect(linesOf(chunks)).rejects.toThrow(LineTooLongError);
});
