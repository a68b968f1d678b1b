/**
 * Finds the parts of a message. Never fails, and takes time in proportion to the length, whatever the message says:
 * parts are opened and closed on a stack of open boundaries, and every line is looked at a fixed number of times.
 */
import { layoutOf } from './header-block';
import { kindOf, MimeNode, type MimeTree, type PartDescription } from './mime-node';
import { append } from './mime-links';
import { isIdentity, isKnownEncoding } from './transfer-encoding';

const [TAB, LF, CR, BLANK, DASH] = [0x09, 0x0a, 0x0d, 0x20, 0x2d];
const DASHES = '\n--';

/** A line with the boundary of an open multipart. */
interface Delimiter {
  readonly node: MimeNode;
  readonly isLast: boolean;
  /** With the line break before it, which belongs to it. */
  readonly start: number;
  readonly end: number;
}

/** What the bytes from `from` up to the next boundary are. */
interface Region {
  readonly node: MimeNode;
  readonly slot: 'body' | 'epilogue';
  readonly from: number;
}

/**
 * Reads `bytes` as the top of a tree without parts.
 *
 * `parent` is what the part will be in, if anything: its type may decide about a part that does not say its own.
 */
export function parseInto(tree: MimeTree, bytes: Buffer, parent?: MimeNode): void {
  const parser = new Parser(tree, bytes);
  tree.top.parent = parent;
  parser.parse();
  tree.top.parent = undefined;
  tree.cut(bytes);
}

/** Whether a line of `bytes` is a boundary of one of these multiparts. */
export function hasBoundary(bytes: Buffer, multiparts: readonly MimeNode[]): boolean {
  return new OpenBoundaries(bytes, multiparts).next(0) !== undefined;
}

class Parser {
  readonly #open: OpenBoundaries;
  readonly #stack: MimeNode[] = [];

  constructor(
    readonly tree: MimeTree,
    readonly bytes: Buffer,
  ) {
    this.#open = new OpenBoundaries(bytes);
  }

  parse(): void {
    let region = this.#begin(this.tree.top, 0);
    for (;;) {
      const delimiter = this.#open.next(region.from);
      region.node[region.slot] = this.bytes.subarray(region.from, delimiter?.start);
      this.#closeDownTo(delimiter?.node);
      if (!delimiter) return;
      region = delimiter.isLast ? this.#end(delimiter) : this.#next(delimiter);
    }
  }

  /** A part in a multipart. */
  #next({ node, start, end }: Delimiter): Region {
    const part = new MimeNode(this.tree);
    part.lead = this.bytes.subarray(start, end);
    append(node, part);
    return this.#begin(part, end);
  }

  #end({ node, start, end }: Delimiter): Region {
    node.close = this.bytes.subarray(start, end);
    this.#pop();
    if (!node.first) this.tree.problems.add('no parts');
    return { node, slot: 'epilogue', from: end };
  }

  /** Reads the headers of a part; of a message in a part those of the message as well, and so on. */
  #begin(part: MimeNode, offset: number): Region {
    let [node, from] = [part, offset];
    for (;;) {
      const section = this.bytes.subarray(from, this.#open.headEnd(from));
      const { headers, body } = layoutOf(section);
      node.block = section.subarray(0, headers);
      node.separator = section.subarray(headers, body);
      from += body;
      this.#classify(node);
      if (node.kind !== 'message') break;
      const isThere = this.#open.headEnd(from) > from;
      if (!isThere) node.kind = 'leaf';
      if (!isThere) break;
      const message = new MimeNode(this.tree);
      append(node, message);
      node = message;
    }
    return { node, slot: 'body', from };
  }

  #classify(node: MimeNode): void {
    this.#noteProblems(node.description);
    node.kind = kindOf(node.description);
    node.boundary = node.description.boundary;
    if (node.kind !== 'multipart') return;
    this.#stack.push(node);
    this.#open.add(node);
  }

  #noteProblems({ media, encoding, boundary }: PartDescription): void {
    const { problems } = this.tree;
    const isComposite = media.type === 'multipart' || media.type === 'message';
    if (!media.isValid) problems.add('bad content type');
    if (!isKnownEncoding(encoding) || (isComposite && !isIdentity(encoding)))
      problems.add('bad transfer encoding');
    if (media.type === 'multipart' && boundary === undefined) problems.add('no boundary');
  }

  #pop(): void {
    this.#open.remove(this.#stack.pop()!);
  }

  /** A boundary further out, or the end of the message, ends the multiparts that are still open. */
  #closeDownTo(node: MimeNode | undefined): void {
    while (this.#stack.length > 0 && this.#stack.at(-1) !== node) {
      this.tree.problems.add(this.#stack.at(-1)!.first ? 'no last boundary' : 'no parts');
      this.#pop();
    }
  }
}

/** Looks for boundaries of multiparts that are open. Of several with the same boundary, the innermost counts. */
class OpenBoundaries {
  readonly #byBoundary = new Map<string, MimeNode[]>();
  /** How many boundaries begin with a byte: most lines need no second look. */
  readonly #beginnings = new Uint32Array(256);

  constructor(
    readonly bytes: Buffer,
    multiparts: readonly MimeNode[] = [],
  ) {
    for (const node of multiparts) this.add(node);
  }

  add(node: MimeNode): void {
    this.#beginnings[node.boundary!.charCodeAt(0)]!++;
    const same = this.#byBoundary.get(node.boundary!);
    if (same) same.push(node);
    else this.#byBoundary.set(node.boundary!, [node]);
  }

  /** Of those with its boundary it must be the last that was added. */
  remove(node: MimeNode): void {
    this.#beginnings[node.boundary!.charCodeAt(0)]!--;
    const same = this.#byBoundary.get(node.boundary!)!;
    same.pop();
    if (same.length === 0) this.#byBoundary.delete(node.boundary!);
  }

  /** The first boundary in a line that begins at `from` or later. */
  next(from: number): Delimiter | undefined {
    if (this.#byBoundary.size === 0) return undefined;
    const { bytes } = this;
    const atTop = from === 0 ? this.#atDashes(0, 0) : undefined;
    if (atTop) return atTop;
    for (let at = bytes.indexOf(DASHES, Math.max(from - 1, 0)); at >= 0; at = bytes.indexOf(DASHES, at + 1)) {
      const delimiter = this.#at(at + 1, from);
      if (delimiter) return delimiter;
    }
    return undefined;
  }

  /**
   * Where a header section ends that begins at `from`: after the empty line, before a boundary, or with the bytes. An
   * empty line in front of a boundary is the line break of the boundary.
   */
  headEnd(from: number): number {
    const { bytes } = this;
    for (let start = from; start < bytes.length;) {
      const delimiter = this.#atDashes(start, from);
      if (delimiter) return delimiter.start;
      const lineFeed = bytes.indexOf(LF, start);
      const end = lineFeed < 0 ? bytes.length : lineFeed + 1;
      const isEmpty = lineFeed === start || (lineFeed === start + 1 && bytes[start] === CR);
      if (isEmpty) return this.#atDashes(end, from)?.start ?? end;
      start = end;
    }
    return bytes.length;
  }

  #atDashes(start: number, from: number): Delimiter | undefined {
    return this.bytes[start] === DASH && this.bytes[start + 1] === DASH ? this.#at(start, from) : undefined;
  }

  /** The boundary in the line that begins at `start`, when it is one. The bytes before `from` belong to something else. */
  #at(start: number, from: number): Delimiter | undefined {
    const { bytes } = this;
    if (!this.#beginnings[bytes[start + 2] ?? 0]) return undefined;
    const lineFeed = bytes.indexOf(LF, start);
    const lineEnd = lineFeed < 0 ? bytes.length : lineFeed;
    const contentEnd = bytes[lineEnd - 1] === CR && lineFeed >= 0 ? lineEnd - 1 : lineEnd;
    let textEnd = contentEnd;
    while (bytes[textEnd - 1] === BLANK || bytes[textEnd - 1] === TAB) textEnd--;
    const text = bytes.toString('latin1', start + 2, Math.max(textEnd, start + 2));
    const before = Math.max(from, start - (bytes[start - 2] === CR ? 2 : 1));
    const opening = this.#byBoundary.get(text)?.at(-1);
    if (opening) {
      const end = lineFeed < 0 ? bytes.length : lineFeed + 1;
      return { node: opening, isLast: false, start: before, end };
    }
    const closing = text.endsWith('--') ? this.#byBoundary.get(text.slice(0, -2))?.at(-1) : undefined;
    return closing && { node: closing, isLast: true, start: before, end: contentEnd };
  }
}
