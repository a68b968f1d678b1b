/** What a message's content has to do with MIME: its tree, read when it is asked for, and boundaries for new parts. */
import { createHash } from 'node:crypto';
import { makeBoundary } from './boundary';
import { MimeTree } from './mime-node';
import { parseInto } from './mime-parse';
import { partOf, type MimePart } from './part';

/** The content whose parts they are. */
export interface MimeOwner {
  /** The bytes; those of the tree when it has changed. */
  read(): Buffer;
  /** The tree has changed. */
  changed(): void;
}

const LINE_END = Buffer.from('\r\n');

export class ContentMime {
  readonly #owner: MimeOwner;
  readonly #boundaries = new Set<string>();
  #tree: MimeTree | undefined;

  constructor(owner: MimeOwner) {
    this.#owner = owner;
  }

  /** What the content is made of now. */
  get tree(): MimeTree {
    if (this.#tree && !this.#tree.isOutdated) return this.#tree;
    const bytes = this.#owner.read();
    this.retire('its Content-Type has been changed');
    const tree = this.#newTree();
    parseInto(tree, bytes);
    return (this.#tree = tree);
  }

  /** The bytes of the tree; undefined when nobody has asked for one. */
  get bytes(): Buffer | undefined {
    return this.#tree?.bytes;
  }

  /** The top part, which is the same for all who ask in the same way. */
  top(isReadOnly: boolean): MimePart {
    return partOf(this.tree.top, isReadOnly);
  }

  /** Makes a part that is in no message the content of this one (3/3-api/apis-ec-message-set-first-part). */
  setTop(part: MimePart): void {
    const tree = this.#newTree();
    part.moveInto(tree);
    const { top } = tree;
    if (top.kind === 'multipart' && top.epilogue.length === 0) top.epilogue = LINE_END;
    this.retire('the message has got other parts');
    this.#tree = tree;
    tree.changed();
  }

  /** The content has got other headers, and kept its body. */
  follow(block: Buffer, separator: Buffer): void {
    this.#tree?.follow(block, separator);
  }

  /** The content is another one: parts that scripts still have are of no use any more. */
  retire(reason: string): void {
    if (this.#tree) this.#tree.retired = reason;
    this.#tree = undefined;
  }

  /**
   * A boundary that clashes with none of the content, none of the trees of `others`, and none that was given out before
   * (4/lua/ref-msg-make-boundary). The same contents give the same boundaries.
   */
  makeBoundary(others: readonly MimePart[]): string {
    const content = this.#owner.read();
    const taken = [this.top(true), ...others].flatMap((part) => part.boundaries);
    const digest = createHash('sha256').update(content).digest('base64');
    const seed = `${digest}:${this.#boundaries.size}`;
    const contents = [content, ...others.map((part) => part.raw)];
    const boundary = makeBoundary(seed, [...taken, ...this.#boundaries], contents);
    this.#boundaries.add(boundary);
    return boundary;
  }

  #newTree(): MimeTree {
    return new MimeTree(() => this.#owner.changed());
  }
}
