import { byteString } from '../server/bytes';

/**
 * What follows DATA: lines that begin with a dot get another one, the end mark comes last. Bytes are taken as they are,
 * a text without a single CRLF as one whose lines end with LF.
 */
export function stuffed(message: string | Uint8Array): Buffer {
  const bytes = messageBytes(message).toString('latin1');
  const ended = bytes === '' || bytes.endsWith('\r\n') ? bytes : `${bytes}\r\n`;
  return Buffer.from(`${ended.replace(/(^|\r\n)\./g, '$1..')}.\r\n`, 'latin1');
}

export function messageBytes(message: string | Uint8Array): Buffer {
  if (typeof message !== 'string') return Buffer.from(message);
  const text = message.includes('\r\n') ? message : message.replace(/\n/g, '\r\n');
  return Buffer.from(byteString(text), 'latin1');
}
