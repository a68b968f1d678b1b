import { byteString } from '../../../src/server/bytes';
import { ConsoleSyntaxError, parseCommandLine } from '../../../src/server/console/command-line';

test.each([
  ['', []],
  [' \t ', []],
  ['version', ['version']],
  ['  delay_domain \t example.com ', ['delay_domain', 'example.com']],
  ['config set "relay hosts" = x', ['config', 'set', 'relay hosts', '=', 'x']],
  ['a "say \\"hi\\" \\\\ \\n"', ['a', 'say "hi" \\ \\n']],
  ["a 'x \\\" y'", ['a', 'x \\" y']],
  ['a pre"mid dle"post', ['a', 'premid dlepost']],
  ['a "" \'\'', ['a', '', '']],
  ['a back\\slash', ['a', 'back\\slash']],
  ['a\r', ['a']],
])('%j has the words %j', (line, words) => {
  expect(parseCommandLine(line).words).toEqual(words);
});

test.each([
  ['xml summary', true, 'summary', ['summary']],
  [' xml   a  "b c" ', true, 'a  "b c"', ['a', 'b c']],
  ['xml', true, '', []],
  ['xmlish a', false, 'xmlish a', ['xmlish', 'a']],
  ['"xml" a', false, '"xml" a', ['xml', 'a']],
  ['a xml', false, 'a xml', ['a', 'xml']],
])('%j: xml %j, command %j', (line, xml, command, words) => {
  expect(parseCommandLine(line)).toEqual({ line, xml, command, words });
});

test('a byte that is white space in Unicode only belongs to its word', () => {
  const line = byteString('say voilà');
  expect(parseCommandLine(line)).toMatchObject({ command: line, words: ['say', 'voil\xc3\xa0'] });
});

test.each([
  ['a "b c', 2],
  ["it's", 2],
  ['a "b\\"', 2],
  ['a "ok" \'', 7],
])('%j has a quote that is not closed, at %d', (line, position) => {
  const error = thrownBy(() => parseCommandLine(line));
  expect(error).toBeInstanceOf(ConsoleSyntaxError);
  expect(error).toMatchObject({
    code: 'CONSOLE_SYNTAX',
    position,
    message: `Unbalanced quote ${line[position]!} at position ${position}`,
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
