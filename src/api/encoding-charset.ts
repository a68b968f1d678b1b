/** Texts in character sets other than UTF-8, which is what scripts have. */
import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { LuaRaise } from '../lua';

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

/** UTF-8 bytes as bytes of another character set. Raises when that set lacks a character. */
export function fromUtf8(bytes: Buffer, charset: string): Buffer {
  const name = charset.toLowerCase();
  const unicode = UNICODE[name];
  if (unicode === 'utf8') return bytes;
  if (!isUtf8(bytes)) throw new LuaRaise(`the text is not UTF-8, it cannot be converted to ${charset}`);
  const text = bytes.toString('utf8');
  if (unicode) return Buffer.from(text, unicode);
  if (name === 'utf-16' || name === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  const bytesOf = EXACT[name] === undefined ? tableOf(charset) : exactTable(EXACT[name]);
  return Buffer.concat(
    Array.from(text, (character) => {
      const encoded = bytesOf.get(character);
      if (encoded) return Buffer.from(encoded);
      throw new LuaRaise(`'${character}' cannot be converted to ${charset}`);
    }),
  );
}

/** The reverse. Raises for bytes that the character set does not have. */
export function toUtf8(bytes: Buffer, charset: string): Buffer {
  const name = charset.toLowerCase();
  if (UNICODE[name] === 'utf8' && isUtf8(bytes)) return bytes;
  const highest = EXACT[name];
  if (highest !== undefined && bytes.every((byte) => byte <= highest))
    return Buffer.from(bytes.toString('latin1'), 'utf8');
  try {
    if (highest !== undefined) throw new TypeError('not in the set');
    return Buffer.from(decoderOf(charset).decode(bytes), 'utf8');
  } catch (error) {
    if (error instanceof LuaRaise) throw error;
    throw new LuaRaise(`the text cannot be decoded from ${charset}`);
  }
}

function decoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true });
  } catch {
    throw new LuaRaise(`unknown character set '${charset}'`);
  }
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

/** Sets whose bytes mean different things at different places cannot be turned round like this. */
const STATEFUL: ReadonlySet<string> = new Set(['iso-2022-jp', 'replacement', 'gb18030', 'utf-16be']);

function invert(decoder: TextDecoder, encoding: string): EncodingTable {
  if (STATEFUL.has(encoding))
    throw new LuaRaise(`conversion to the character set '${encoding}' is not simulated`);
  const table = new Map<string, readonly number[]>();
  const note = (bytes: readonly number[]): boolean => {
    try {
      const text = decoder.decode(Uint8Array.from(bytes));
      if (Array.from(text).length !== 1) return true;
      if (!table.has(text)) table.set(text, bytes);
      return true;
    } catch {
      return false;
    }
  };
  const leading = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !note([byte]));
  for (const lead of leading) for (let trail = 0x30; trail < 256; trail++) note([lead, trail]);
  return table;
}
