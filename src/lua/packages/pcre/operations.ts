/** `match`, `replace` and `split` on Lua's strings; results are bytes, too. */
import { cString } from '../../syntax/source';
import { messageOf } from './messages';
import { MatchFailure, PatternError, Regex, type Offsets } from './regex';
import { scan } from './scan';
import { decodeUtf8, encodeUtf8, validLength } from './utf8';

/** What the product's functions answer instead of a result. */
export interface BadPattern {
  readonly message: string;
  /** The byte of the pattern at which it went wrong. */
  readonly offset: number;
}

export interface Match {
  /** The whole match, then the groups up to the last that is set; groups that are not set are empty. */
  readonly groups: readonly string[];
  /** All names of the pattern, in the library's order. */
  readonly names: readonly (readonly [name: string, text: string])[];
}

/** Undefined: no match. A subject that is not UTF-8 matches nothing, as in production. */
export function match(subject: string, pattern: string): Match | undefined | BadPattern {
  return withRegex(subject, pattern, (regex, valid) => {
    const offsets = valid ? regex.exec(0, false) : undefined;
    return offsets && matchOf(regex, offsets);
  });
}

/** `replace` answers undefined to keep the text of a match. A negative `limit` is none. */
export function replace(
  subject: string,
  pattern: string,
  replacement: (match: Match) => string | undefined,
  limit: number,
): string | BadPattern {
  return withRegex(subject, pattern, (regex, valid) => {
    if (!valid) throw notUtf8(subject, 'replace', 'an empty string');
    let left = limit;
    let result = '';
    for (const piece of scan(regex, () => left !== 0)) {
      if (piece.kind === 'match') {
        const found = matchOf(regex, piece.offsets);
        result += encodeUtf8(piece.before) + (replacement(found) ?? found.groups[0]!);
        left--;
      } else {
        if (piece.kind === 'character') checkCharacter(piece.text);
        result += encodeUtf8(piece.text);
      }
    }
    return result;
  });
}

/** Pieces that are not empty, at most `limit` of them; a `limit` below 1 is none. */
export function split(subject: string, pattern: string, limit: number): readonly string[] | BadPattern {
  return withRegex(subject, pattern, (regex, valid) => {
    if (!valid) throw notUtf8(subject, 'split', 'an empty table');
    const pieces: string[] = [];
    for (const piece of scan(regex, () => limit < 1 || pieces.length < limit - 1)) {
      if (piece.kind === 'character')
        throw new MatchFailure(
          'the pattern of split matches the empty string inside of the subject: production writes to memory that is not its own there, and loses text at best',
        );
      const text = piece.kind === 'match' ? piece.before : piece.text;
      if (text !== '') pieces.push(encodeUtf8(text));
    }
    return pieces;
  });
}

function withRegex<Result>(
  subject: string,
  pattern: string,
  use: (regex: Regex, valid: boolean) => Result,
): Result | BadPattern {
  if (pattern === '') return { message: 'an empty pattern was provided', offset: 0 };
  const bytes = cString(pattern);
  const text = decodeUtf8(bytes);
  if (text === undefined) return { message: 'invalid UTF-8 string', offset: validLength(bytes) };
  const decoded = decodeUtf8(subject);
  let regex: Regex;
  try {
    regex = new Regex(text, decoded ?? '');
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const offset = encodeUtf8(text.slice(0, error.offset)).length;
    return { message: messageOf(error.message), offset };
  }
  try {
    return use(regex, decoded !== undefined);
  } finally {
    regex.free();
  }
}

function matchOf(regex: Regex, offsets: Offsets): Match {
  const groups = offsets.map(([from, to]) => encodeUtf8(from < 0 ? '' : regex.subject.slice(from, to)));
  return { groups, names: regex.names.map(([name, group]) => [name, groups[group] ?? '']) };
}

function notUtf8(subject: string, operation: string, result: string): MatchFailure {
  return new MatchFailure(
    `the subject of ${operation} is not UTF-8 (byte ${validLength(subject) + 1}): production answers ${result}, and the text is lost`,
  );
}

/** After an empty match the product goes on by one byte, where PCRE refuses to begin inside of a character. */
function checkCharacter(text: string): void {
  if (text > '\x7f')
    throw new MatchFailure(
      `the pattern of replace matches the empty string in front of '${encodeUtf8(text)}': production stops inside of this character, and the rest of the text is lost`,
    );
}
