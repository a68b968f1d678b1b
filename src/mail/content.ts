/** A message's bytes, and nothing else: no envelope, no context. */

/**
 * The content of a message: headers, an empty line, body. The bytes are the truth; what is read from them is parsed when
 * it is asked for, and a change rewrites the bytes that it concerns and no others.
 *
 * Texts here are byte strings: one character (0 to 255) for each byte, as Lua has them.
 */
export class MessageContent {
  #raw: Buffer;

  constructor(raw: Uint8Array) {
    this.#raw = Buffer.from(raw);
  }

  /** The bytes, with CRLF line ends and without the end-of-data marker. Not to be written to. */
  get raw(): Buffer {
    return this.#raw;
  }

  set raw(raw: Buffer) {
    this.#raw = raw;
  }

  /** Octets. */
  get size(): number {
    return this.#raw.length;
  }

  /** An independent content of the same bytes. */
  copy(): MessageContent {
    return new MessageContent(this.#raw);
  }
}
