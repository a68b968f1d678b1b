/** The parts of a message as a tree of pieces of its bytes. */
import { Headers } from './headers';
import { parseMediaType, type MediaType } from './content-type';
import { encodingName, isIdentity } from './transfer-encoding';

export const NOTHING: Buffer = Buffer.alloc(0);

/** `multipart` has parts between boundaries, `message` has another message as its only part, `leaf` has none. */
export type PartKind = 'leaf' | 'multipart' | 'message';

/** What the header block of a part says about it. */
export interface PartDescription {
  readonly media: MediaType;
  /** In lower case; `7bit` when there is none. */
  readonly encoding: string;
  /** What the parts are between; undefined for anything that is no multipart, or has none. */
  readonly boundary: string | undefined;
}

/** Parts that are whole messages (RFC 2046 §5.2.1, RFC 6532 §3.7). */
const MESSAGES: ReadonlySet<string> = new Set(['rfc822', 'global']);

/** The pieces of a part in front of its own parts, and those behind, in the order of the message. */
const BEFORE = ['lead', 'block', 'separator', 'body'] as const;
const AFTER = ['close', 'epilogue'] as const;

/** A part: pieces of bytes, and links to other parts. Rendering the pieces in order gives the message. */
export class MimeNode {
  /** The line with the boundary before it, with the line break that belongs to it; nothing for a top part. */
  lead: Buffer = NOTHING;
  /** The empty line. */
  separator: Buffer = NOTHING;
  /** The content of a leaf, the preamble of a multipart. */
  body: Buffer = NOTHING;
  /** The line with the last boundary, without its end; nothing when it is missing. */
  close: Buffer = NOTHING;
  /** What follows that line, up to the next boundary of the part around it. */
  epilogue: Buffer = NOTHING;

  kind: PartKind = 'leaf';
  boundary: string | undefined;
  parent: MimeNode | undefined;
  previous: MimeNode | undefined;
  next: MimeNode | undefined;
  first: MimeNode | undefined;
  last: MimeNode | undefined;
  #block = NOTHING;
  #description: PartDescription | undefined;

  constructor(public tree: MimeTree) {}

  /** Header lines. */
  get block(): Buffer {
    return this.#block;
  }

  set block(block: Buffer) {
    if (!block.equals(this.#block)) this.#description = undefined;
    this.#block = block;
  }

  get description(): PartDescription {
    return (this.#description ??= describe(
      this.#block,
      isDigest(this.parent) ? 'message/rfc822' : 'text/plain',
    ));
  }

  /** To be called when the part gets other surroundings, which may give it another type. */
  forgetDescription(): void {
    this.#description = undefined;
  }
}

function isDigest(node: MimeNode | undefined): boolean {
  if (node?.kind !== 'multipart') return false;
  return node.description.media.subtype === 'digest';
}

function describe(block: Buffer, fallback: string): PartDescription {
  const headers = new Headers({ read: () => block, write: () => undefined });
  const media = parseMediaType(headers.values('Content-Type')[0], fallback);
  // Blanks at its end are taken for padding of the line by those who look for it.
  const boundary = media.type === 'multipart' ? media.parameters.get('boundary')?.trimEnd() : undefined;
  return {
    media,
    encoding: encodingName(headers.values('Content-Transfer-Encoding')[0]),
    boundary: boundary === '' ? undefined : boundary,
  };
}

/** What a part with such headers is. */
export function kindOf({ media, encoding, boundary }: PartDescription): PartKind {
  if (boundary !== undefined) return 'multipart';
  return media.type === 'message' && MESSAGES.has(media.subtype) && isIdentity(encoding) ? 'message' : 'leaf';
}

/** What is wrong with the structure of a message. */
export type MimeProblem =
  'no boundary' | 'no parts' | 'no last boundary' | 'bad content type' | 'bad transfer encoding';

/** The parts of one message, or parts that are in none. */
export class MimeTree {
  top: MimeNode;
  readonly problems = new Set<MimeProblem>();
  /** Why its parts are of no use any more. */
  retired: string | undefined;
  /** A change has made something else of a part: the bytes have to be read again to see what. */
  isOutdated = false;
  #bytes: Buffer | undefined;

  /** `onChange`: of the message whose content it is; without it, the parts are in no message. */
  constructor(readonly onChange?: () => void) {
    this.top = new MimeNode(this);
  }

  /** The bytes of all parts. The pieces are afterwards pieces of them. */
  get bytes(): Buffer {
    return (this.#bytes ??= this.#render());
  }

  /** 0: nothing is wrong. 2: the top is a multipart of which no part can be found. 1: anything else. */
  get validity(): 0 | 1 | 2 {
    if (this.top.description.media.type === 'multipart' && !this.top.first) return 2;
    return this.problems.size > 0 ? 1 : 0;
  }

  /** To be called after every change of a piece or a link. */
  changed(): void {
    this.#bytes = undefined;
    this.onChange?.();
  }

  /** The message has got other headers. */
  follow(block: Buffer, separator: Buffer): void {
    this.#bytes = undefined;
    Object.assign(this.top, { block, separator });
    this.noteHeaders(this.top);
  }

  /** To be called after a change of a part's headers: they may say that it is made of other parts. */
  noteHeaders(node: MimeNode): void {
    const { description, kind, boundary } = node;
    this.isOutdated ||= kindOf(description) !== kind || description.boundary !== boundary;
  }

  /** The pieces are pieces of `bytes` from the beginning to the end. */
  cut(bytes: Buffer): void {
    let at = 0;
    const take = (piece: Buffer) => bytes.subarray(at, (at += piece.length));
    walk(
      this.top,
      (node) => {
        for (const slot of BEFORE) node[slot] = take(node[slot]);
      },
      (node) => {
        for (const slot of AFTER) node[slot] = take(node[slot]);
      },
    );
    this.#bytes = bytes;
  }

  #render(): Buffer {
    const pieces: Buffer[] = [];
    walk(
      this.top,
      (node) => pieces.push(...BEFORE.map((slot) => node[slot])),
      (node) => pieces.push(...AFTER.map((slot) => node[slot])),
    );
    const bytes = Buffer.concat(pieces);
    this.cut(bytes);
    return bytes;
  }
}

/** Where a part and its sections begin and end in the bytes of its tree (3/3-api/structs-ec-message-part). */
export interface PartOffsets {
  readonly headersStart: number;
  readonly preambleStart: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly epilogueEnd: number;
}

export function offsetsOf(node: MimeNode): PartOffsets {
  const start = node.tree.bytes.byteOffset;
  const preambleStart = node.body.byteOffset - start;
  const firstLine = node.kind === 'multipart' && node.first ? lineBreakLength(node.first.lead) : 0;
  const bodyStart = node.kind === 'multipart' ? preambleStart + node.body.length + firstLine : preambleStart;
  const epilogueEnd = node.epilogue.byteOffset - start + node.epilogue.length;
  return {
    headersStart: node.block.byteOffset - start,
    preambleStart,
    bodyStart,
    bodyEnd: epilogueEnd - node.epilogue.length + lineBreakLength(node.epilogue),
    epilogueEnd,
  };
}

/** Octets of the line break at the beginning of a piece: 0, 1 or 2. */
export function lineBreakLength(piece: Buffer): number {
  if (piece[0] === 0x0a) return 1;
  return piece[0] === 0x0d && piece[1] === 0x0a ? 2 : 0;
}

/** The part after this one in the order of the message, its own parts first. */
export function following(node: MimeNode): MimeNode | undefined {
  if (node.first) return node.first;
  for (let at: MimeNode | undefined = node; at; at = at.parent) if (at.next) return at.next;
  return undefined;
}

/** Goes through a part and all below it, however deep. */
export function walk(
  top: MimeNode,
  enter: (node: MimeNode) => void,
  leave: (node: MimeNode) => void = () => undefined,
): void {
  let node = top;
  enter(node);
  for (;;) {
    if (node.first) {
      node = node.first;
      enter(node);
      continue;
    }
    leave(node);
    while (node !== top && !node.next) {
      node = node.parent!;
      leave(node);
    }
    if (node === top) return;
    node = node.next!;
    enter(node);
  }
}
