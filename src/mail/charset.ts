/** Texts in character sets other than UTF-8, which is what scripts have. */
import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { MomentumSimError } from '../support/errors';

/** A text that a character set cannot hold, bytes that it does not have, or a set that is not known. */
export class CharsetError extends MomentumSimError {
  readonly code = 'CHARSET';
}

const UNICODE: Readonly<Record<string, BufferEncoding>> = {
  'utf-8': 'utf8',
  utf8: 'utf8',
  'utf-16le': 'utf16le',
};
/** What the web takes for windows-1252 and mail does not. */
const EXACT: Readonly<Record<string, number>> = {
  'us-ascii': 0x7f,
  ascii: 0x7f,
  'iso-8859-1': 0xff,
  latin1: 0xff,
};
/** The bytes 0x80 to 0x9f of windows-1252, which Node.js decodes as those of ISO 8859-1. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
/** Sets whose bytes mean different things at different places: their tables cannot be turned round. */
const STATEFUL: ReadonlySet<string> = new Set(['iso-2022-jp', 'replacement', 'gb18030', 'utf-16be']);

/** `bytes` as a byte string of UTF-8; undefined for an unknown character set and for bytes that it does not have. */
export function decodeCharset(bytes: Buffer, charset: string): string | undefined {
  try {
    return toUtf8(bytes, charset).toString('latin1');
  } catch (error) {
    if (error instanceof CharsetError) return undefined;
    throw error;
  }
}

/** A byte string of UTF-8 in another character set. CharsetError as `fromUtf8`. */
export function encodeCharset(text: string, charset: string): Buffer {
  return fromUtf8(Buffer.from(text, 'latin1'), charset);
}

/** UTF-8 bytes as bytes of another character set. CharsetError when that set is unknown or lacks a character. */
export function fromUtf8(bytes: Buffer, charset: string): Buffer {
  const name = charset.toLowerCase();
  const unicode = UNICODE[name];
  if (unicode === 'utf8') return bytes;
  if (!isUtf8(bytes)) throw new CharsetError(`the text is not UTF-8, it cannot be converted to ${charset}`);
  const text = bytes.toString('utf8');
  if (unicode) return Buffer.from(text, unicode);
  if (name === 'utf-16' || name === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  const highest = EXACT[name];
  if (highest !== undefined && isAscii(bytes)) return bytes;
  const bytesOf = highest === undefined ? tableOf(charset) : exactTable(highest);
  const encoded: number[] = [];
  for (const character of text) {
    const units = bytesOf.get(character);
    if (!units) throw new CharsetError(`'${character}' cannot be converted to ${charset}`);
    for (const unit of units) encoded.push(unit);
  }
  return Buffer.from(encoded);
}

/** The reverse. CharsetError for an unknown set and for bytes that it does not have. */
export function toUtf8(bytes: Buffer, charset: string): Buffer {
  const name = charset.toLowerCase();
  if (UNICODE[name] === 'utf8' && isUtf8(bytes)) return bytes;
  const highest = EXACT[name];
  if (highest !== undefined && (highest === 0xff || isAscii(bytes)))
    return isAscii(bytes) ? bytes : Buffer.from(bytes.toString('latin1'), 'utf8');
  try {
    if (highest !== undefined) throw new TypeError('not in the set');
    return Buffer.from(decoderOf(charset).decode(bytes), 'utf8');
  } catch (error) {
    if (error instanceof CharsetError) throw error;
    throw new CharsetError(`the text cannot be decoded from ${charset}`);
  }
}

/** Decoding throws TypeError for bytes that the character set does not have. */
type Decoder = Pick<TextDecoder, 'encoding' | 'decode'>;

function decoderOf(charset: string): Decoder {
  const decoder = knownDecoder(charset);
  const { encoding } = decoder;
  return encoding === 'windows-1252' ? { encoding, decode: decodeWindows1252 } : decoder;
}

function knownDecoder(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true });
  } catch {
    throw new CharsetError(`unknown character set '${charset}'`);
  }
}

function decodeWindows1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  return text.replace(/[\x80-\x9f]/g, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80]!);
}

type EncodingTable = ReadonlyMap<string, readonly number[]>;

function exactTable(highest: number): EncodingTable {
  return new Map(Array.from({ length: highest + 1 }, (_, byte) => [String.fromCharCode(byte), [byte]]));
}

const tables = new Map<string, EncodingTable>();

/** The bytes of each character, found out by decoding all sequences of one and two bytes. */
function tableOf(charset: string): EncodingTable {
  const decoder = decoderOf(charset);
  const { encoding } = decoder;
  let table = tables.get(encoding);
  if (!table) tables.set(encoding, (table = invert(decoder, encoding)));
  return table;
}

function invert(decoder: Decoder, encoding: string): EncodingTable {
  if (STATEFUL.has(encoding))
    throw new CharsetError(`conversion to the character set '${encoding}' is not simulated`);
  const table = new Map<string, readonly number[]>();
  const note = (bytes: readonly number[]): boolean => {
    try {
      const text = decoder.decode(Uint8Array.from(bytes));
      if (Array.from(text).length === 1 && !table.has(text)) table.set(text, bytes);
      return true;
    } catch {
      return false;
    }
  };
  const leading = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !note([byte]));
  for (const lead of leading) for (let trail = 0x30; trail < 256; trail++) note([lead, trail]);
  return table;
}
