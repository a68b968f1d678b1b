/** The links between the parts of a tree. Only links: bytes are the business of those who call. */
import { MimeTree, walk, type MimeNode } from './mime-node';

/** Makes a part the last one of another. It must be in none. */
export function append(parent: MimeNode, node: MimeNode): void {
  insertBefore(parent, node, undefined);
}

/** Puts a part in front of `next`, or at the end. It must be in no other. */
export function insertBefore(parent: MimeNode, node: MimeNode, next: MimeNode | undefined): void {
  const previous = next ? next.previous : parent.last;
  node.parent = parent;
  node.previous = previous;
  node.next = next;
  if (previous) previous.next = node;
  else parent.first = node;
  if (next) next.previous = node;
  else parent.last = node;
}

/** Takes a part and those below it out, into a tree of their own. */
export function remove(node: MimeNode): MimeTree {
  const { parent, previous, next } = node;
  if (previous) previous.next = next;
  else if (parent) parent.first = next;
  if (next) next.previous = previous;
  else if (parent) parent.last = previous;
  node.parent = node.previous = node.next = undefined;
  const tree = new MimeTree();
  tree.top = node;
  adopt(tree, node);
  return tree;
}

/** Tells a part and all below it which tree they are in now. */
export function adopt(tree: MimeTree, node: MimeNode): void {
  walk(node, (part) => {
    part.tree = tree;
  });
}
