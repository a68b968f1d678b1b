/** Encoded words, which carry other characters than ASCII through headers (RFC 2047). Texts are byte strings. */
import { isUtf8 } from 'node:buffer';
import { decodeCharset } from './charset';
import { HeaderError, shown } from './header-error';

/** What may stand around an encoded word: it is glued to no other text. */
const EDGE = '[^ \\t\\r\\n()<>,;:"]';
/** `=?charset*language?B or Q?text?=` */
const WORD = new RegExp(
  `(?<!${EDGE})=\\?([^\\0- ()<>@,;:"/[\\]?.=*\\x7f-\\xff]+)(?:\\*[a-z0-9-]*)?\\?([bq])\\?([!->@-~]*)\\?=(?!${EDGE})`,
  'gi',
);
const LONGEST_WORD = 75;
/** A first word that would be shorter than this stands on a line of its own. */
const SHORTEST_ROOM = 40;
const FRAME = '=?UTF-8?Q??='.length;

interface EncodedWord {
  readonly start: number;
  readonly end: number;
  readonly charset: string;
  /** Undefined when the text is not what its encoding says. */
  readonly bytes: Buffer | undefined;
}

/**
 * A header's value with its encoded words decoded to UTF-8. Blanks between two of them vanish, and a character may be
 * divided between two of one character set. What cannot be decoded stays as it is.
 */
export function decodeHeader(value: string): string {
  if (!value.includes('=?')) return value;
  const words = encodedWordsOf(value);
  const texts = decodeAll(value, words);
  let decoded = '';
  let at = 0;
  let followsText = true;
  for (const [index, { start, end }] of words.entries()) {
    const text = texts[index];
    const gap = value.slice(at, start);
    if (followsText || text === undefined || !isBlank(gap)) decoded += gap;
    decoded += text ?? value.slice(start, end);
    followsText = text === undefined;
    at = end;
  }
  return decoded + value.slice(at);
}

const isBlank = (text: string): boolean => /^[ \t\r\n]+$/.test(text);

function encodedWordsOf(value: string): EncodedWord[] {
  return Array.from(value.matchAll(WORD), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    charset: match[1]!.toLowerCase(),
    bytes: match[2]!.toLowerCase() === 'b' ? fromBase64(match[3]!) : fromQ(match[3]!),
  }));
}

function fromBase64(text: string): Buffer | undefined {
  const isBase64 = /^[a-z0-9+/]*={0,2}$/i.test(text) && text.replace(/=+$/, '').length % 4 !== 1;
  return isBase64 ? Buffer.from(text, 'base64') : undefined;
}

function fromQ(text: string): Buffer | undefined {
  if (/=(?![0-9a-f]{2})/i.test(text)) return undefined;
  const bytes = text
    .replaceAll('_', ' ')
    .replace(/=(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

/** The text of each word, '' for one whose bytes are told with those of the word before; undefined for a broken one. */
function decodeAll(value: string, words: readonly EncodedWord[]): (string | undefined)[] {
  const texts: (string | undefined)[] = [];
  while (texts.length < words.length) {
    const run = runAt(value, words, texts.length);
    const pieces = run.flatMap(({ bytes }) => bytes ?? []);
    const whole = pieces.length > 0 ? decodeCharset(Buffer.concat(pieces), run[0]!.charset) : undefined;
    if (whole !== undefined) texts.push(whole, ...run.slice(1).map(() => ''));
    else texts.push(...run.map(({ bytes, charset }) => bytes && decodeCharset(bytes, charset)));
  }
  return texts;
}

/** The words from an index on that have nothing but blanks between them and are of one character set. */
function runAt(value: string, words: readonly EncodedWord[], first: number): readonly EncodedWord[] {
  const { charset, bytes } = words[first]!;
  let end = first + 1;
  for (let next = words[end]; bytes && next?.bytes && next.charset === charset; next = words[++end])
    if (!isBlank(value.slice(words[end - 1]!.end, next.start))) break;
  return words.slice(first, end);
}

/**
 * UTF-8 as encoded words with a space between them, in the shorter of the two encodings. None is longer than 75
 * characters, the first not longer than `room` if that is enough for one; characters stay whole.
 *
 * @throws HeaderError for bytes that are not UTF-8
 */
export function encodeWords(text: string, room = LONGEST_WORD): string {
  checkUtf8(text);
  const characters = text.match(/[\0-\x7f]|[\xc0-\xff][\x80-\xbf]*/g) ?? [];
  const [q, b] = FORMS.map((form) => wordsIn(form, characters, room));
  return q!.length <= b!.length ? q! : b!;
}

export function checkUtf8(text: string): void {
  if (!isUtf8(Buffer.from(text, 'latin1')))
    throw new HeaderError(
      `a header's text must be UTF-8 to be encoded (RFC 2047), and this is not: ${shown(text)}`,
    );
}

interface Form {
  readonly letter: 'Q' | 'B';
  encode(text: string): string;
  /** Length of what `encode` gives, for pieces of these lengths one after the other. */
  length(pieces: { readonly bytes: number; readonly q: number }): number;
}

/** Only what may stand in every place of every header is left as it is (RFC 2047, 5 (3)). */
const toQ = (text: string): string =>
  text
    .replace(
      /[^a-z0-9!*+/ -]/gi,
      (byte) => '=' + byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0'),
    )
    .replaceAll(' ', '_');

const FORMS: readonly Form[] = [
  { letter: 'Q', encode: toQ, length: ({ q }) => q },
  {
    letter: 'B',
    encode: (text) => Buffer.from(text, 'latin1').toString('base64'),
    length: ({ bytes }) => Math.ceil(bytes / 3) * 4,
  },
];

function wordsIn(form: Form, characters: readonly string[], room: number): string {
  const texts: string[] = [];
  let text = '';
  let size = { bytes: 0, q: 0 };
  let limit = (room < SHORTEST_ROOM ? LONGEST_WORD : room) - FRAME;
  for (const character of characters) {
    const q = toQ(character).length;
    const grown = { bytes: size.bytes + character.length, q: size.q + q };
    if (form.length(grown) > limit) {
      texts.push(text);
      text = '';
      limit = LONGEST_WORD - FRAME;
    }
    size = text === '' ? { bytes: character.length, q } : grown;
    text += character;
  }
  return [...texts, text].map((piece) => `=?UTF-8?${form.letter}?${form.encode(piece)}?=`).join(' ');
}
