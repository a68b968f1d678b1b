/** Between Lua's bytes (one per character) and text. The product compiles every pattern with PCRE_UTF8. */

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const isAscii = (bytes: string) => !/[^\0-\x7f]/.test(bytes);

/** The text of bytes, undefined when they are not UTF-8. */
export function decodeUtf8(bytes: string): string | undefined {
  if (isAscii(bytes)) return bytes;
  try {
    return decoder.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}

export function encodeUtf8(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** How many bytes at the start are UTF-8, where not all are. */
export function validLength(bytes: string): number {
  const repaired = Buffer.from(bytes, 'latin1').toString('utf8');
  const again = Buffer.from(repaired, 'utf8').toString('latin1');
  let length = 0;
  while (length < bytes.length && again[length] === bytes[length]) length++;
  return length;
}
