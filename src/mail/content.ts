/** A message's bytes, and nothing else: no envelope, no context. */
import { ContentMime } from './content-mime';
import { layoutOf } from './header-block';
import { endedBlock, Headers } from './headers';
import type { MimePart } from './part';
import { setText, textsBelow } from './text';

const LINE_END = Buffer.from('\r\n');

/** A message taken apart: header lines, the empty line (or nothing), body. */
interface Sections {
  readonly block: Buffer;
  readonly separator: Buffer;
  readonly body: Buffer;
}

/**
 * The content of a message: headers, an empty line, body. The bytes are the truth; what is read from them is parsed when
 * it is asked for, and a change rewrites the bytes that it concerns and no others.
 *
 * Texts here are byte strings: one character (0 to 255) for each byte, as Lua has them.
 */
export class MessageContent {
  #raw: Buffer | undefined;
  #sections: Sections | undefined;
  #revision = 0;
  /** The headers of the message itself, not those of its parts. */
  readonly headers = new Headers({
    read: () => this.#parts.block,
    write: (block) => {
      const { separator, body } = this.#parts;
      const isAllBody = separator.length === 0 && body.length > 0;
      this.#put(block, isAllBody && block.length > 0 ? LINE_END : separator, body);
      this.#mime.follow(block, this.#parts.separator);
    },
  });
  readonly #mime = new ContentMime({
    read: () => this.raw,
    changed: () => {
      this.#raw = this.#sections = undefined;
      this.#revision++;
    },
  });

  constructor(raw: Uint8Array) {
    this.#raw = Buffer.from(raw);
  }

  /** The bytes, with CRLF line ends and without the end-of-data marker. Not to be written to. */
  get raw(): Buffer {
    if (!this.#raw && !this.#sections) this.#raw = this.#mime.bytes!;
    if (!this.#raw) {
      const { block, separator, body } = this.#parts;
      this.#raw = Buffer.concat([block, separator, body]);
      // The body is not held twice.
      this.#sections = { block, separator, body: this.#raw.subarray(this.bodyOffset) };
    }
    return this.#raw;
  }

  set raw(raw: Buffer) {
    this.#mime.retire('the message has got other content');
    this.#raw = raw;
    this.#sections = undefined;
    this.#revision++;
  }

  /** Octets. */
  get size(): number {
    if (this.#raw) return this.#raw.length;
    return this.bodyOffset + this.#parts.body.length;
  }

  /** What follows the empty line; a message without one has none, and one without headers is all body. */
  get body(): Buffer {
    return this.#parts.body;
  }

  set body(body: Buffer) {
    this.#mime.retire('the message has got another body');
    const { block, separator } = this.#parts;
    this.#put(endedBlock(block), separator.length > 0 ? separator : LINE_END, body);
  }

  /** Where the body begins in `raw`. */
  get bodyOffset(): number {
    const { block, separator } = this.#parts;
    return block.length + separator.length;
  }

  /** Rises with every change of the bytes. */
  get revision(): number {
    return this.#revision;
  }

  /**
   * The top of the tree of parts: one tree, through which a part that is not read-only changes the bytes it concerns
   * (4/lua/ref-msg-mime).
   */
  mime(isReadOnly = true): MimePart {
    return this.#mime.top(isReadOnly);
  }

  /** Makes a part that is in no message the whole content (3/3-api/apis-ec-message-set-first-part). MimeError otherwise. */
  setMime(top: MimePart): void {
    this.#mime.setTop(top);
  }

  /** The decoded texts of all text/* parts in UTF-8, in their order (4/lua/ref-msg-text). */
  text(): string[] {
    return textsBelow(this.#mime.tree.top);
  }

  /** Replaces the whole body by a text in UTF-8, see `setText` of text.ts (4/lua/ref-msg-text-1). */
  setText(text: string, type?: string, charset?: string): void {
    setText(this.#mime.tree.top, text, type, charset);
  }

  /** 0: valid. 1: invalid. 2: a multipart without parts that can be found (3/3-api/structs-ec-message). */
  get invalidMime(): 0 | 1 | 2 {
    return this.#mime.tree.validity;
  }

  /** A boundary for new parts, unlike those of the message and of the trees of `others` (4/lua/ref-msg-make-boundary). */
  makeBoundary(...others: readonly MimePart[]): string {
    return this.#mime.makeBoundary(others);
  }

  /** An independent content of the same bytes. */
  copy(): MessageContent {
    const copy = new MessageContent(Buffer.alloc(0));
    copy.#raw = this.#raw;
    copy.#sections = this.#parts;
    return copy;
  }

  get #parts(): Sections {
    if (!this.#sections) {
      const raw = this.raw;
      const { headers, body } = layoutOf(raw);
      this.#sections = {
        block: raw.subarray(0, headers),
        separator: raw.subarray(headers, body),
        body: raw.subarray(body),
      };
    }
    return this.#sections;
  }

  #put(block: Buffer, separator: Buffer, body: Buffer): void {
    this.#sections = { block, separator, body };
    this.#raw = undefined;
    this.#revision++;
  }
}
