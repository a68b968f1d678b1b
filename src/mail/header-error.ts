import { isUtf8 } from 'node:buffer';
import { MomentumSimError } from '../support/errors';

/** A header that cannot be written: a bad name, a line break that is no fold, bytes that are no text. */
export class HeaderError extends MomentumSimError {
  readonly code = 'HEADER';
}

const LONGEST_SHOWN = 200;

/** A byte string as an error message shows it. */
export function shown(text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  const readable = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
  const isLong = readable.length > LONGEST_SHOWN;
  return JSON.stringify(isLong ? `${readable.slice(0, LONGEST_SHOWN)}…` : readable);
}
