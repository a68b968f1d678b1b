/**
 * Changes of a tree of parts. A change touches the pieces of the parts that it concerns, and the boundaries beside them;
 * every other part keeps its bytes.
 */
import { MimeError } from './mime-error';
import { adopt, insertBefore, remove } from './mime-links';
import { kindOf, lineBreakLength, MimeTree, NOTHING, type MimeNode } from './mime-node';
import { hasBoundary, parseInto } from './mime-parse';

const LINE_END = Buffer.from('\r\n');
const REPLACED = 'the part around it has got other content';

/** Links a part that is in no tree as a child of a multipart, in front of `next` or at the end. */
export function link(parent: MimeNode, node: MimeNode, next: MimeNode | undefined): void {
  checkFree(node, parent);
  checkBoundaries(parent, node.tree.bytes);
  const isOnlyPart = !parent.first;
  const line = Buffer.from(`--${parent.boundary!}\r\n`, 'latin1');
  endHeaders(parent);
  closeSame(next ? next.previous : parent.last, parent.boundary!);
  node.lead = next ? withLineEnd(next.lead) : withLineBreak(line);
  if (isOnlyPart && parent.body.length === 0) node.lead = line;
  if (next) next.lead = withLineBreak(line);
  insertBefore(parent, node, next);
  adopt(parent.tree, node);
  node.forgetDescription();
  parent.tree.noteHeaders(node);
  closeMultipart(parent);
  separate(parent);
  parent.tree.changed();
}

/** Takes a part with those below it out of its tree. */
export function unlink(node: MimeNode): void {
  const { tree, parent, previous, next } = node;
  if (!parent) {
    if (!tree.onChange) return;
    throw new MimeError('the top part of a message cannot be unlinked');
  }
  if (next) next.lead = previous ? withLineBreak(next.lead) : node.lead;
  else if (parent.close.length > 0) parent.close = withLineBreak(parent.close);
  node.lead = NOTHING;
  remove(node);
  if (parent.kind === 'message') parent.kind = 'leaf';
  separate(parent);
  tree.changed();
}

/** Other header lines. */
export function replaceBlock(node: MimeNode, block: Buffer): void {
  const isAllBody = node.separator.length === 0 && contentLength(node) > 0;
  node.block = block;
  if (isAllBody && block.length > 0) node.separator = LINE_END;
  separate(node);
  node.tree.noteHeaders(node);
  node.tree.changed();
}

/** Other bytes after the headers, in the encoding of the part. What was in a container is in no message any more. */
export function replaceBody(node: MimeNode, body: Buffer): void {
  checkBoundaries(node.parent, body);
  endHeaders(node);
  if (kindOf(node.description) === 'leaf') node.body = body;
  else readAgain(node, Buffer.concat([node.block, node.separator, body]));
  separate(node);
  node.tree.changed();
}

/** Another part in place of this one, headers included. */
export function replacePart(node: MimeNode, bytes: Buffer): void {
  checkBoundaries(node.parent, bytes);
  readAgain(node, bytes);
  separate(node);
  node.tree.changed();
}

function checkFree(node: MimeNode, parent: MimeNode): void {
  if (node.tree === parent.tree) throw new MimeError('the part is in this tree already: unlink it first');
  if (node.parent) throw new MimeError('the part is in another tree: unlink it first');
  if (node.tree.onChange) throw new MimeError('the top part of a message cannot be put into another one');
}

/** Readers of the message would take such a line for the end of the part. */
function checkBoundaries(container: MimeNode | undefined, bytes: Buffer): void {
  const containers: MimeNode[] = [];
  for (let at = container; at; at = at.parent) if (at.kind === 'multipart') containers.push(at);
  if (!hasBoundary(bytes, containers)) return;
  throw new MimeError('the new content has a line with the boundary of a multipart around it');
}

/** The part is what the bytes say. Parts that were in it are retired. */
function readAgain(node: MimeNode, bytes: Buffer): void {
  const read = new MimeTree();
  parseInto(read, bytes, node.parent);
  const { top } = read;
  for (let part = node.first; part; part = node.first) remove(part).retired = REPLACED;
  for (let part = top.first; part; part = top.first) {
    remove(part);
    insertBefore(node, part, undefined);
  }
  const { block, separator, body, close, epilogue, kind, boundary } = top;
  Object.assign(node, { block, separator, body, close, epilogue, kind, boundary });
  adopt(node.tree, node);
  for (let at = node.parent; at; at = at.parent) if (at.boundary !== undefined) closeSame(node, at.boundary);
}

/** Gives a part that is about to have content the empty line before it. */
function endHeaders(node: MimeNode): void {
  if (node.separator.length > 0) return;
  if (node.block.length > 0 && node.block.at(-1) !== 0x0a) node.block = Buffer.concat([node.block, LINE_END]);
  node.separator = LINE_END;
}

function closeMultipart(node: MimeNode): void {
  if (node.close.length > 0) node.close = withLineBreak(node.close);
  else {
    closeSame(node.last, node.boundary!);
    node.close = lastBoundary(node);
    if (!node.parent && node.epilogue.length === 0) node.epilogue = LINE_END;
  }
}

/** A multipart at the end of a part that is still open would take the next boundary for its own if it has the same. */
function closeSame(node: MimeNode | undefined, boundary: string): void {
  for (let at = node; at; at = at.last)
    if (at.boundary === boundary && at.close.length === 0) at.close = lastBoundary(at);
}

function lastBoundary(node: MimeNode): Buffer {
  return Buffer.from(`\r\n--${node.boundary!}--`, 'latin1');
}

/** The boundaries before and after a part need line breaks that are not the part's. */
function separate(node: MimeNode): void {
  node.lead = withLineEnd(node.lead);
  let at = node;
  for (let { parent } = at; parent; { parent } = at) {
    const { next } = at;
    if (next) next.lead = withLineBreak(next.lead);
    else if (parent.close.length > 0) parent.close = withLineBreak(parent.close);
    if (next ?? parent.close.length > 0) return;
    at = parent;
  }
}

function withLineBreak(line: Buffer): Buffer {
  return lineBreakLength(line) > 0 ? line : Buffer.concat([LINE_END, line]);
}

function withLineEnd(line: Buffer): Buffer {
  return line.length === 0 || line.at(-1) === 0x0a ? line : Buffer.concat([line, LINE_END]);
}

function contentLength(node: MimeNode): number {
  return node.body.length + node.close.length + node.epilogue.length + (node.first ? 1 : 0);
}
