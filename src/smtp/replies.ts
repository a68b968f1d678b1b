import { textOfBytes } from '../server/bytes';

/** A reply of the server. */
export interface SmtpReply {
  /** 0 when the connection was closed without a reply. */
  readonly code: number;
  /** The text of its lines without the code, joined by `\n`. */
  readonly text: string;
  /** Its lines as they came, without their line ends. */
  readonly lines: readonly string[];
}

export const NO_REPLY: SmtpReply = { code: 0, text: '', lines: [] };

/** Puts together replies from the bytes that a server sends. */
export class ReplyReader {
  #rest = '';
  #lines: string[] = [];

  /** The replies that these bytes complete. */
  read(bytes: Buffer): SmtpReply[] {
    const [last = '', ...others] = `${this.#rest}${bytes.toString('latin1')}`.split('\r\n').reverse();
    this.#rest = last;
    const replies: SmtpReply[] = [];
    for (const line of others.reverse()) {
      this.#lines.push(textOfBytes(Buffer.from(line, 'latin1')));
      if (line.charAt(3) === '-') continue;
      const text = this.#lines.map((one) => one.slice(4)).join('\n');
      replies.push({ code: Number(line.slice(0, 3)), text, lines: this.#lines });
      this.#lines = [];
    }
    return replies;
  }
}
