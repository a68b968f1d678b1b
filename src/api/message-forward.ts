/** A message with another one as its attachment (4/lua/ref-msg-forward). */
import { makeBoundary } from '../mail/boundary';
import { rfc2822Date } from '../mail/date';
import { encodeTransfer, isSevenBit } from '../mail/transfer-encoding';

export interface Forwarded {
  /** Byte strings without brackets. */
  readonly from: string;
  readonly to: readonly string[];
  /** Already encoded by RFC 2047. */
  readonly subject: string | undefined;
  /** In the character set. */
  readonly text: Buffer;
  readonly charset: string | undefined;
  readonly original: Buffer;
  readonly date: Date;
}

const bytes = (text: string) => Buffer.from(text, 'latin1');

function textPart({ text, charset = 'us-ascii' }: Forwarded): Buffer {
  const encoding = isSevenBit(text) ? '7bit' : 'quoted-printable';
  const head = `Content-Type: text/plain; charset="${charset}"\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`;
  return Buffer.concat([bytes(head), encodeTransfer(text, encoding)]);
}

function attachedPart({ original }: Forwarded): Buffer {
  const encoding = isSevenBit(original) ? '7bit' : '8bit';
  const head = `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: ${encoding}\r\nContent-Disposition: attachment\r\n\r\n`;
  return Buffer.concat([bytes(head), original]);
}

export function forwardMessage(forwarded: Forwarded): Buffer {
  const { from, to, subject, date } = forwarded;
  const parts = [textPart(forwarded), attachedPart(forwarded)];
  const boundary = makeBoundary(`forward ${from}`, [], parts);
  const headers = [
    `From: <${from}>`,
    `To: ${to.map((address) => `<${address}>`).join(',\r\n ')}`,
    ...(subject === undefined ? [] : [`Subject: ${subject}`]),
    `Date: ${rfc2822Date(date)}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
  ];
  const delimited = parts.flatMap((part) => [bytes(`\r\n--${boundary}\r\n`), part]);
  return Buffer.concat([
    bytes(`${headers.join('\r\n')}\r\n`),
    ...delimited,
    bytes(`\r\n--${boundary}--\r\n`),
  ]);
}
