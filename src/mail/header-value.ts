import { encodeAddresses } from './address-encoding';
import { foldLine } from './fold';
import { HeaderError, shown } from './header-error';
import { checkUtf8, encodeWords } from './rfc2047';

/** Headers whose values are addresses: their display names are encoded, the addresses stay addresses. */
const ADDRESS_HEADERS: ReadonlySet<string> = new Set(
  ['from', 'sender', 'reply-to', 'to', 'cc', 'bcc'].flatMap((name) => [name, `resent-${name}`]),
);

/** @throws HeaderError for a name that RFC 5322, 3.6.8 does not allow */
export function checkHeaderName(name: string): void {
  if (!/^[!-9;-~]+$/.test(name)) throw new HeaderError(`${shown(name)} is not a header's name`);
}

/**
 * The lines of a header, with the last line end. `value` is a byte string of UTF-8; it may be folded already.
 *
 * @throws HeaderError for line breaks that are no folds and for bytes that are not UTF-8
 */
export function writeHeader(name: string, value: string): string {
  checkHeaderValue(name, value);
  const lines = `${name}: ${encodeValue(name, value)}`.split('\r\n');
  return lines.map(foldLine).join('\r\n') + '\r\n';
}

function checkHeaderValue(name: string, value: string): void {
  const [, ...continuations] = value.split('\r\n');
  const isFolded = continuations.every((line) => /^[ \t]+[^ \t]/.test(line));
  if (!isFolded || /[\0\r\n]/.test(value.replaceAll('\r\n', '')))
    throw new HeaderError(
      `the value of the header ${name} has a line break that is no fold, or a NUL; ` +
        `it would break the message apart: ${shown(value)}`,
    );
  if (/[^\0-\xff]/.test(value)) throw new HeaderError(`the value of the header ${name} is no byte string`);
}

function encodeValue(name: string, value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  checkUtf8(value);
  const encoded = ADDRESS_HEADERS.has(name.toLowerCase()) ? encodeAddresses(value) : undefined;
  return encoded ?? encodeText(value, 76 - name.length - ': '.length);
}

/** Text with its words that are not ASCII as encoded words; `room` is what the first line has left. */
function encodeText(value: string, room: number): string {
  const parts = value.split(/((?:[ \t]|\r\n)+)/);
  let text = '';
  for (let index = 0; index < parts.length;) {
    const end = endOfForeign(parts, index);
    if (end > index) {
      const words = unfold(parts.slice(index, end).join(''));
      text += encodeWords(words, index === 0 ? room : undefined);
      index = end;
    } else text += parts[index++]!;
  }
  return text;
}

const unfold = (text: string): string => text.replace(/\r\n[ \t]*/g, ' ');

/** `parts` are words with the blanks between them. The end of the longest run from a word to a word, both not ASCII. */
function endOfForeign(parts: readonly string[], start: number): number {
  let end = start;
  for (let index = start; /[\x80-\xff]/.test(parts[index] ?? ''); index += 2) end = index + 1;
  return end;
}
