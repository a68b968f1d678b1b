import { isUtf8 } from 'node:buffer';

/**
 * The byte string of a text: one character (0 to 255) per byte of its UTF-8 form, which is how Lua and the wire see
 * it. Bytes are taken as they are.
 */
export function byteString(text: string | Uint8Array): string {
  return (typeof text === 'string' ? Buffer.from(text, 'utf8') : Buffer.from(text)).toString('latin1');
}

/** Bytes as text for people: UTF-8 where they are that, otherwise one character per byte, so that nothing is lost. */
export function textOfBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}

/** A byte string as text for people. */
export function shownText(bytes: string): string {
  return textOfBytes(Buffer.from(bytes, 'latin1'));
}

/** The reverse of `shownDictionary`. */
export function byteDictionary(texts: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(texts).map(([key, value]) => [byteString(key), byteString(value)]));
}

/** A dictionary of byte strings as an object of texts. */
export function shownDictionary(dictionary: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(Array.from(dictionary, (pair) => pair.map(shownText) as [string, string]));
}
