/** A part of a message as others see it. */
import { Headers } from './headers';
import { link, replaceBlock, replaceBody, replacePart, unlink } from './mime-edit';
import { MimeError } from './mime-error';
import { adopt } from './mime-links';
import { following, offsetsOf, type MimeNode, type MimeTree, type PartOffsets } from './mime-node';
import { contentTypeOf, type PartContentType } from './part-content-type';
import { isText, replaceText, setText, textOf } from './text';
import { decodeTransfer } from './transfer-encoding';

export type { PartContentType };

/** The body that a part was made with, and which of it is in use. */
interface BodyStream {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * A part of a message, or one that is in none. There is one tree for a message, seen through parts that may change it and
 * through parts that may not; both see all changes. The same part is always the same object.
 *
 * Texts are byte strings. Everything throws MimeError when the message has got another content since; changes throw it
 * for a read-only part.
 */
export class MimePart {
  readonly headers: Headers;
  readonly #node: MimeNode;
  #stream: BodyStream | undefined;

  /** To be had from `partOf`, so that there is one for a node. */
  constructor(
    node: MimeNode,
    readonly isReadOnly: boolean,
  ) {
    this.#node = node;
    this.headers = new Headers({
      read: () => this.#live.block,
      write: (block) => replaceBlock(this.#writable, block),
    });
  }

  /** `text` of `text/plain`, in lower case. `text/plain` without a type, or with one that cannot be read. */
  get type(): string {
    return this.#live.description.media.type;
  }

  get subtype(): string {
    return this.#live.description.media.subtype;
  }

  /** Of Content-Type, names in lower case. */
  get parameters(): ReadonlyMap<string, string> {
    return this.#live.description.media.parameters;
  }

  /** Content-Transfer-Encoding in lower case, also an unknown one; `7bit` without one. */
  get encoding(): string {
    return this.#live.description.encoding;
  }

  /** What the parts in this one are between; undefined for anything but a multipart. */
  get boundary(): string | undefined {
    return this.#live.boundary;
  }

  /** Whether it is made of parts: a multipart with a boundary, or a message in a message. */
  get isContainer(): boolean {
    return this.#live.kind !== 'leaf';
  }

  /** Whether parts can be added to it. */
  get isMultipart(): boolean {
    return this.#live.kind === 'multipart';
  }

  get parts(): MimePart[] {
    const parts: MimePart[] = [];
    for (let part = this.first; part; part = part.next) parts.push(part);
    return parts;
  }

  /** The first of its parts. */
  get first(): MimePart | undefined {
    return this.#view(this.#live.first);
  }

  get parent(): MimePart | undefined {
    return this.#view(this.#live.parent);
  }

  /** The part behind it in the same container. */
  get next(): MimePart | undefined {
    return this.#view(this.#live.next);
  }

  /** The next part in the order of the message. */
  get thread(): MimePart | undefined {
    return this.#view(following(this.#live));
  }

  get headersStart(): number {
    return this.#offsets.headersStart;
  }

  get preambleStart(): number {
    return this.#ownStream?.start ?? this.#offsets.preambleStart;
  }

  /** Of a part that was made and is in no message yet, the offset in the body that it was made with. */
  get bodyStart(): number {
    return this.#ownStream?.start ?? this.#offsets.bodyStart;
  }

  set bodyStart(start: number) {
    this.#use(start, this.#ownStream?.end);
  }

  get bodyEnd(): number {
    return this.#ownStream?.end ?? this.#offsets.bodyEnd;
  }

  set bodyEnd(end: number) {
    this.#use(this.#ownStream?.start, end);
  }

  get epilogueEnd(): number {
    return this.#ownStream?.end ?? this.#offsets.epilogueEnd;
  }

  /** The whole part: headers and body. Not to be written to. */
  get raw(): Buffer {
    const { headersStart, epilogueEnd } = this.#offsets;
    return this.#live.tree.bytes.subarray(headersStart, epilogueEnd);
  }

  set raw(bytes: Buffer) {
    replacePart(this.#writable, bytes);
  }

  /** What follows the headers, transfer encoding left in place; of a container with everything in it. */
  get body(): Buffer {
    const { preambleStart, epilogueEnd } = this.#offsets;
    return this.#live.tree.bytes.subarray(preambleStart, epilogueEnd);
  }

  set body(bytes: Buffer) {
    replaceBody(this.#writable, bytes);
  }

  /** The body without its transfer encoding; of a container the body as it is. */
  get decoded(): Buffer {
    return this.isContainer ? this.body : decodeTransfer(this.#live.body, this.encoding);
  }

  /**
   * The decoded text in UTF-8; undefined for anything but text, and for a part without a body (4/lua/ref-msgpart-text).
   * Setting it keeps the character set and the transfer encoding, see `replaceText` of text.ts.
   */
  get text(): string | undefined {
    const node = this.#live;
    return isText(node) && node.body.length > 0 ? textOf(node) : undefined;
  }

  set text(text: string | undefined) {
    const node = this.#writable;
    if (!isText(node)) throw new MimeError(`the part is no text, it is ${this.contentType().mimetype}`);
    replaceText(node, text ?? '');
  }

  /** Whether it has a text/* type: `text` may be undefined for one without a body. */
  get isText(): boolean {
    return isText(this.#live);
  }

  /** Makes it a part of text, see `setText` of text.ts (4/lua/ref-msgpart-text-2). */
  setText(text: string, type?: string, charset?: string): void {
    setText(this.#writable, text, type, charset);
  }

  contentType(): PartContentType {
    return contentTypeOf(this.#live);
  }

  /** False when this part is no multipart (4/lua/ref-msgpart-add-first-child). */
  addFirstChild(child: MimePart): boolean {
    return this.#add(child, this.#live.first);
  }

  /** False when this part is no multipart (4/lua/ref-msgpart-add-last-child). */
  addLastChild(child: MimePart): boolean {
    return this.#add(child, undefined);
  }

  /** Puts this part in front of another one. False when that one is in no multipart (4/lua/ref-msgpart-insert-before). */
  insertBefore(other: MimePart): boolean {
    const reference = other.#writable;
    return insert(reference.parent, this.#live, reference);
  }

  /** Puts this part behind another one. False when that one is in no multipart (4/lua/ref-msgpart-insert-after). */
  insertAfter(other: MimePart): boolean {
    const reference = other.#writable;
    return insert(reference.parent, this.#live, reference.next);
  }

  /** Takes the part out, with those in it. Nothing for a part that is in none (4/lua/ref-msgpart-unlink). */
  unlink(): void {
    unlink(this.#writable);
  }

  /** Whether the part belongs to a message. */
  get isLinked(): boolean {
    return this.#live.tree.onChange !== undefined;
  }

  /** The boundaries of all multiparts in its tree. */
  get boundaries(): string[] {
    const { top } = this.#live.tree;
    const boundaries: string[] = [];
    for (let node: MimeNode | undefined = top; node; node = following(node))
      if (node.boundary !== undefined) boundaries.push(node.boundary);
    return boundaries;
  }

  /** Makes it the top of a tree. It must be in no message and in no container. */
  moveInto(tree: MimeTree): void {
    const node = this.#writable;
    if (node.parent ?? node.tree.onChange) throw new MimeError('the part is in a message: unlink it first');
    tree.top = node;
    adopt(tree, node);
  }

  #add(child: MimePart, next: MimeNode | undefined): boolean {
    return insert(this.#writable, child.#live, next);
  }

  #use(start: number | undefined, end: number | undefined): void {
    const node = this.#writable;
    const stream = this.#ownStream;
    if (!stream)
      throw new MimeError('only of a part that was made and is in no message the body can be chosen');
    const [from, to] = [start ?? stream.start, end ?? stream.end];
    const isInside = [from, to].every((at) => Number.isInteger(at) && at >= 0 && at <= stream.bytes.length);
    if (!isInside)
      throw new MimeError(`the body has ${stream.bytes.length} bytes, it cannot be from ${from} to ${to}`);
    this.#stream = { bytes: stream.bytes, start: from, end: Math.max(from, to) };
    replaceBody(node, stream.bytes.subarray(from, this.#stream.end));
  }

  /** Undefined once the part has another body or other surroundings. */
  get #ownStream(): BodyStream | undefined {
    const node = this.#live;
    if (node.kind !== 'leaf' || node.parent || node.tree.onChange) return undefined;
    const stream = this.#stream;
    if (!stream?.bytes.subarray(stream.start, stream.end).equals(node.body))
      this.#stream = { bytes: node.body, start: 0, end: node.body.length };
    return this.#stream;
  }

  get #offsets(): PartOffsets {
    return offsetsOf(this.#live);
  }

  get #live(): MimeNode {
    const { retired } = this.#node.tree;
    if (retired) throw new MimeError(`the part is of no use any more: ${retired}`);
    return this.#node;
  }

  get #writable(): MimeNode {
    const node = this.#live;
    if (!this.isReadOnly) return node;
    throw new MimeError('the part is read-only: the tree was not asked for with mime(false)');
  }

  #view(node: MimeNode | undefined): MimePart | undefined {
    return node && partOf(node, this.isReadOnly);
  }
}

function insert(parent: MimeNode | undefined, node: MimeNode, next: MimeNode | undefined): boolean {
  if (parent?.kind !== 'multipart') return false;
  link(parent, node, next);
  return true;
}

const views = new WeakMap<MimeNode, { readOnly?: MimePart; writable?: MimePart }>();

/** The part of a node. */
export function partOf(node: MimeNode, isReadOnly: boolean): MimePart {
  let view = views.get(node);
  if (!view) views.set(node, (view = {}));
  if (isReadOnly) return (view.readOnly ??= new MimePart(node, true));
  return (view.writable ??= new MimePart(node, false));
}
