import type { XmlDocument, XmlNode } from './document';
import { NODE, type Libxml2 } from './library';

/** What C has to free: documents, and the roots of trees that belong to none. */
interface Owned {
  readonly library: Libxml2;
  readonly documents: Set<number>;
  readonly loose: Set<number>;
}

const abandoned = new FinalizationRegistry<Owned>(({ library, documents, loose }) => {
  // Nodes first: they share names with their documents.
  for (const node of loose) library.c.xmlFreeNode(node);
  for (const document of documents) library.c.xmlFreeDoc(document);
});

/**
 * Documents and nodes that share memory. They are freed together, once nothing refers to any of them: unlike in
 * production a node keeps its document.
 */
export class Arena {
  private readonly owned: Owned;
  private readonly nodes = new Map<number, XmlNode>();
  /** A document is a node as well, for XPath's `/`. */
  private readonly documents = new Map<number, XmlDocument>();

  constructor(readonly library: Libxml2) {
    this.owned = { library, documents: new Set(), loose: new Set() };
    abandoned.register(this, this.owned);
  }

  /** The one object for a pointer. */
  node(pointer: number, make: () => XmlNode): XmlNode {
    return remember(this.nodes, pointer, make);
  }

  document(pointer: number, make: () => XmlDocument): XmlDocument {
    return remember(this.documents, pointer, make);
  }

  ownDocument(pointer: number): void {
    this.owned.documents.add(pointer);
  }

  /** The node is the root of a tree outside of any document from now on. */
  detach(pointer: number): void {
    this.owned.loose.add(pointer);
  }

  attach(pointer: number): void {
    this.owned.loose.delete(pointer);
  }

  /** Takes over everything of another arena, because a node of one moves into a tree of the other. */
  absorb(other: Arena): void {
    if (other === this) return;
    take(this, this.nodes, other.nodes);
    take(this, this.documents, other.documents);
    for (const document of other.owned.documents) this.owned.documents.add(document);
    for (const node of other.owned.loose) this.owned.loose.add(node);
    other.owned.documents.clear();
    other.owned.loose.clear();
  }

  /** C frees the tree at `pointer`: its objects are of no use any more. */
  forget(pointer: number): void {
    const pending = [pointer];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      this.drop(at);
      this.owned.loose.delete(at);
      if (this.library.field(at, 'type') === NODE.entityReference) continue;
      pending.push(...this.siblings(this.library.field(at, 'children')));
      if (this.library.field(at, 'type') === NODE.element)
        pending.push(...this.siblings(this.library.field(at, 'properties')));
    }
  }

  /** C has freed the one node at `pointer`. */
  drop(pointer: number): void {
    this.nodes.get(pointer)?.release();
    this.nodes.delete(pointer);
  }

  /** A node (0: none) and those that follow it. */
  siblings(first: number): number[] {
    const all: number[] = [];
    for (let at = first; at !== 0; at = this.library.field(at, 'next')) all.push(at);
    return all;
  }
}

function remember<W>(wrappers: Map<number, W>, pointer: number, make: () => W): W {
  let wrapper = wrappers.get(pointer);
  if (wrapper === undefined) wrappers.set(pointer, (wrapper = make()));
  return wrapper;
}

function take<W extends { arena: Arena }>(arena: Arena, to: Map<number, W>, from: Map<number, W>): void {
  for (const [pointer, wrapper] of from) {
    wrapper.arena = arena;
    to.set(pointer, wrapper);
  }
  from.clear();
}
