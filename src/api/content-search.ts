/** Regular expressions over the content of messages: `msys.pcre` as far as it goes, and bytes that are no text. */
import { isUtf8 } from 'node:buffer';
import { LuaRaise } from '../lua';
import { messageOf } from '../lua/packages/pcre/messages';
import { match, replace, type BadPattern, type Match } from '../lua/packages/pcre/operations';
import { MatchFailure, PatternError, Regex, type Offsets } from '../lua/packages/pcre/regex';
import { scan } from '../lua/packages/pcre/scan';
import { expandTemplate, parseTemplate } from '../lua/packages/pcre/template';

export interface Replaced {
  readonly text: string;
  /** How many matches were replaced. */
  readonly count: number;
}

/** The first match, undefined when there is none. Raises for a pattern that does not compile. */
export function searchContent(subject: string, pattern: string): Match | undefined {
  return loudly(pattern, () =>
    isText(subject)
      ? match(subject, pattern)
      : inBytes(subject, pattern, (regex) => {
          const offsets = regex.exec(0, false);
          return offsets && matchOf(regex, offsets);
        }),
  );
}

/** Replaces every match by a text with references (4/lua/ref-msys-pcre-replace). Raises as `searchContent` does. */
export function replaceContent(subject: string, pattern: string, template: string): Replaced {
  const parts = parseTemplate(template);
  let count = 0;
  const replacement = (found: Match): string => {
    count++;
    return expandTemplate(parts, found);
  };
  const text = loudly(pattern, () =>
    isText(subject)
      ? replace(subject, pattern, replacement, -1)
      : inBytes(subject, pattern, (regex) => replaceBytes(regex, replacement)),
  );
  return { text, count };
}

const isText = (subject: string): boolean => isUtf8(Buffer.from(subject, 'latin1'));

function inBytes<Result>(
  subject: string,
  pattern: string,
  use: (regex: Regex) => Result,
): Result | BadPattern {
  if (pattern === '') return { message: 'an empty pattern was provided', offset: 0 };
  const regex = new Regex(pattern, subject);
  try {
    return use(regex);
  } finally {
    regex.free();
  }
}

function replaceBytes(regex: Regex, replacement: (match: Match) => string): string {
  const pieces: string[] = [];
  for (const piece of scan(regex, () => true)) {
    if (piece.kind === 'match') pieces.push(piece.before, replacement(matchOf(regex, piece.offsets)));
    else pieces.push(piece.text);
  }
  return pieces.join('');
}

function matchOf(regex: Regex, offsets: Offsets): Match {
  const groups = offsets.map(([from, to]) => (from < 0 ? '' : regex.subject.slice(from, to)));
  return { groups, names: regex.names.map(([name, group]) => [name, groups[group] ?? '']) };
}

const isBadPattern = (result: unknown): result is BadPattern =>
  typeof result === 'object' && result !== null && 'offset' in result;

function loudly<Result>(pattern: string, operation: () => Result | BadPattern): Result {
  try {
    const result = operation();
    if (isBadPattern(result)) throw badPattern(pattern, result);
    return result;
  } catch (error) {
    if (error instanceof PatternError)
      throw badPattern(pattern, { message: messageOf(error.message), offset: error.offset });
    if (error instanceof MatchFailure) throw new LuaRaise(`pcre: ${error.message}`);
    throw error;
  }
}

const badPattern = (pattern: string, { message, offset }: BadPattern): LuaRaise =>
  new LuaRaise(`the pattern '${pattern}' does not compile: ${message} at offset ${offset}`);
