import { isUtf8 } from 'node:buffer';

/** A byte string for a driver: text where it is UTF-8, otherwise its bytes. */
export function parameterBytes(value: string): string | Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes;
}
