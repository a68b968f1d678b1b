import { MomentumSimError } from '../../support/errors';

/** A command line that cannot be split into words. `message` is what the console answers. */
export class ConsoleSyntaxError extends MomentumSimError {
  readonly code = 'CONSOLE_SYNTAX';
  /** Bytes from the start of the line, from 0. */
  readonly position: number;

  constructor(message: string, position: number) {
    super(`${message} at position ${position}`);
    this.position = position;
  }
}

/** A command line as the server takes it; all strings are byte strings, one character per byte. */
export interface CommandLine {
  /** The line as it came. */
  readonly line: string;
  /** The command without surrounding white space and without the word `xml` before it. */
  readonly command: string;
  /** The words of the command, quotes and escapes resolved; none for an empty line. */
  readonly words: readonly string[];
  /** The word `xml` stood before the command: the answer is wanted as XML (4/console-commands). */
  readonly xml: boolean;
}

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Splits a line into words at white space. Double and single quotes group, also in the middle of a word; within double
 * quotes `\"` and `\\` stand for the second character, any other backslash for itself. Throws ConsoleSyntaxError,
 * with the position of the quote, when one is not closed.
 */
export function parseCommandLine(line: string): CommandLine {
  const words: Word[] = [];
  for (let word = nextWord(line, 0); word; word = nextWord(line, word.end)) words.push(word);
  const xml = words[0] !== undefined && line.slice(words[0].start, words[0].end) === 'xml';
  if (xml) words.shift();
  const command = line.slice(words[0]?.start ?? line.length, words.at(-1)?.end);
  return { line, command, words: words.map((word) => word.text), xml };
}

function nextWord(line: string, from: number): Word | undefined {
  const start = skipBlanks(line, from);
  if (start === line.length) return undefined;
  let text = '';
  let position = start;
  while (position < line.length && !isBlank(line[position])) {
    const character = line[position]!;
    const part =
      character === '"' || character === "'" ? quoted(line, position) : plainCharacter(line, position);
    text += part.text;
    position = part.end;
  }
  return { text, start, end: position };
}

function plainCharacter(line: string, position: number): Word {
  return { text: line[position]!, start: position, end: position + 1 };
}

function quoted(line: string, start: number): Word {
  const quote = line[start]!;
  let text = '';
  let position = start + 1;
  while (position < line.length && line[position] !== quote) {
    const next = line[position + 1];
    if (quote === '"' && line[position] === '\\' && (next === '"' || next === '\\')) position++;
    text += line[position]!;
    position++;
  }
  if (position >= line.length) throw new ConsoleSyntaxError(`Unbalanced quote ${quote}`, start);
  return { text, start, end: position + 1 };
}

function skipBlanks(line: string, from: number): number {
  let position = from;
  while (position < line.length && isBlank(line[position])) position++;
  return position;
}

/** C's `isspace`; JavaScript's white space has more, among it the byte 0xA0. */
function isBlank(character: string | undefined): boolean {
  return character !== undefined && ' \t\n\v\f\r'.includes(character);
}
