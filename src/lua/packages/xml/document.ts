import { Arena } from './arena';
import { library, NODE, type Libxml2 } from './library';
import { evaluate, type XPathProblem } from './xpath';

const NO_ERRORS = 32;
const NO_WARNINGS = 64;
const NO_BLANKS = 256;

abstract class Wrapper {
  constructor(
    public arena: Arena,
    /** 0 once it has been freed. */
    public pointer: number,
  ) {}

  get isReleased(): boolean {
    return this.pointer === 0;
  }

  release(): void {
    this.pointer = 0;
  }

  protected get xml(): Libxml2 {
    return this.arena.library;
  }
}

/** An XML document of libxml2's. */
export class XmlDocument extends Wrapper {
  /** Undefined when the text is not well-formed. */
  static parse(text: Buffer, { keepBlanks }: { readonly keepBlanks: boolean }): XmlDocument | undefined {
    const xml = library();
    const options = NO_ERRORS | NO_WARNINGS | (keepBlanks ? 0 : NO_BLANKS);
    const context = xml.c.xmlNewParserCtxt();
    const buffer = xml.allocate(text);
    const pointer = xml.c.xmlCtxtReadMemory(context, buffer, text.length, 0, 0, options);
    xml.c.free(buffer);
    xml.c.xmlFreeParserCtxt(context);
    if (pointer === 0) return undefined;
    const arena = new Arena(xml);
    arena.ownDocument(pointer);
    return documentAt(arena, pointer);
  }

  root(): XmlNode | undefined {
    const root = this.xml.c.xmlDocGetRootElement(this.pointer);
    return root === 0 ? undefined : nodeAt(this.arena, root);
  }

  /** The nodes that an XPath 1.0 expression finds, or why it finds none ever. */
  find(expression: string, context?: XmlNode): readonly XmlNode[] | XPathProblem {
    const found = evaluate(this.xml, this.pointer, expression, context?.pointer);
    return typeof found === 'string' ? found : found.map((pointer) => nodeAt(this.arena, pointer));
  }

  override toString(): string {
    return this.xml.serialize((save) => this.xml.c.xmlSaveDoc(save, this.pointer));
  }
}

/** A namespace that a node declares. */
export class XmlNamespace {
  constructor(
    readonly owner: XmlNode,
    readonly pointer: number,
  ) {}
}

/** An element, a text, an attribute or another part of a document. */
export class XmlNode extends Wrapper {
  /** An element of no document. */
  static create(name: string, namespace?: XmlNamespace): XmlNode {
    const arena = namespace?.owner.arena ?? new Arena(library());
    const { c } = arena.library;
    const pointer = arena.library.with([name], (text) => c.xmlNewNode(namespace?.pointer ?? 0, text));
    arena.detach(pointer);
    return nodeAt(arena, pointer);
  }

  /** `text` for texts; undefined for a CDATA section. */
  get name(): string | undefined {
    return this.xml.text(this.xml.field(this.pointer, 'name'));
  }

  get document(): XmlDocument | undefined {
    const pointer = this.xml.field(this.pointer, 'document');
    return pointer === 0 ? undefined : documentAt(this.arena, pointer);
  }

  get children(): XmlNode[] {
    const first = this.xml.field(this.pointer, 'children');
    return this.arena.siblings(first).map((pointer) => nodeAt(this.arena, pointer));
  }

  /** All the text in it. */
  text(): string | undefined {
    return this.xml.take(this.xml.c.xmlNodeGetContent(this.pointer));
  }

  /** Puts a text in place of what is in it. */
  setText(text: string): void {
    this.forgetChildren(this.pointer);
    // As in production the text is encoded for all kinds of nodes, of which texts and comments do not decode it.
    const encoded = encodeEntities(text);
    this.xml.with([encoded], (pointer) =>
      this.xml.c.xmlNodeSetContentLen(this.pointer, pointer, encoded.length),
    );
  }

  /** The value of the attribute with a local name, of whatever namespace. */
  attribute(name: string): string | undefined {
    const own = this.properties().find((pointer) => this.xml.text(this.xml.field(pointer, 'name')) === name);
    return own === undefined ? this.namespacedAttribute(name, undefined) : this.attributeValue(own);
  }

  /** The value of the attribute with a local name and a namespace (undefined: none). */
  namespacedAttribute(name: string, uri: string | undefined): string | undefined {
    const found = this.xml.with([name, uri], (text, href) =>
      this.xml.c.xmlHasNsProp(this.pointer, text, href),
    );
    return found === 0 ? undefined : this.attributeValue(found);
  }

  /** Sets an attribute; without a value it stays, and is empty. A prefix that is declared counts. */
  setAttribute(name: string, value: string | undefined, namespace?: XmlNamespace): void {
    const [prefix, local] = /^([^:]+):([^]+)$/.exec(name)?.slice(1) ?? [];
    const declared = namespace?.pointer ?? (prefix === undefined ? 0 : this.namespaceOf(prefix));
    const written = declared !== 0 && !namespace ? local : name;
    const replaced = this.property(written, declared);
    if (replaced !== undefined) this.forgetChildren(replaced);
    this.xml.with([written, value], (text, content) =>
      this.xml.c.xmlSetNsProp(this.pointer, declared, text, content),
    );
  }

  declareNamespace(uri: string | undefined, prefix: string | undefined): XmlNamespace | undefined {
    const pointer = this.xml.with([uri, prefix], (href, name) =>
      this.xml.c.xmlNewNs(this.pointer, href, name),
    );
    return pointer === 0 ? undefined : new XmlNamespace(this, pointer);
  }

  setNamespace(namespace: XmlNamespace): void {
    this.arena.absorb(namespace.owner.arena);
    this.xml.c.xmlSetNs(this.pointer, namespace.pointer);
  }

  /**
   * The document itself, which XPath's `/` finds, and what belongs to its type, as the text of an entity does: it can
   * be read, and stays as it is.
   */
  get isFixed(): boolean {
    for (let at = this.pointer; at !== 0; at = this.xml.field(at, 'parent')) {
      const type = this.xml.field(at, 'type');
      if (type === NODE.document) return at === this.pointer;
      if (type >= NODE.documentType) return true;
    }
    return false;
  }

  get isElement(): boolean {
    return this.xml.field(this.pointer, 'type') === NODE.element;
  }

  /** A new last child with the parent's namespace. */
  addElement(name: string): XmlNode {
    const document = this.xml.field(this.pointer, 'document');
    const namespace = this.xml.field(this.pointer, 'namespace');
    const made = this.xml.with([name], (text) => this.xml.c.xmlNewDocNode(document, namespace, text, 0));
    return nodeAt(this.arena, this.xml.c.xmlAddChild(this.pointer, made));
  }

  /** Moves a node into this element, from wherever it is; a text may become part of the one before it. */
  addNode(node: XmlNode): XmlNode {
    this.arena.absorb(node.arena);
    const { pointer } = node;
    this.xml.c.xmlUnlinkNode(pointer);
    this.arena.detach(pointer);
    this.forgetReplaced(pointer);
    const added = this.xml.c.xmlAddChild(this.pointer, pointer);
    if (added === 0) throw new Error('libxml2 does not take the node as a child');
    this.arena.attach(pointer);
    if (added === pointer) return node;
    this.arena.drop(pointer);
    return nodeAt(this.arena, added);
  }

  /** Whether `other` is this node or above it. */
  isWithin(other: XmlNode): boolean {
    for (let at = this.pointer; at !== 0; at = this.xml.field(at, 'parent'))
      if (at === other.pointer) return true;
    return false;
  }

  unlink(): void {
    this.xml.c.xmlUnlinkNode(this.pointer);
    this.arena.detach(this.pointer);
  }

  free(): void {
    const { pointer } = this;
    this.xml.c.xmlUnlinkNode(pointer);
    this.arena.forget(pointer);
    this.xml.c.xmlFreeNode(pointer);
  }

  override toString(): string {
    return this.xml.serialize((save) => this.xml.c.xmlSaveTree(save, this.pointer));
  }

  private forgetChildren(pointer: number): void {
    for (const child of this.arena.siblings(this.xml.field(pointer, 'children'))) this.arena.forget(child);
  }

  /** An attribute that is added takes the place of the one with its name. */
  private forgetReplaced(added: number): void {
    if (this.xml.field(added, 'type') !== NODE.attribute) return;
    const name = this.xml.text(this.xml.field(added, 'name'));
    const replaced = this.property(name, this.xml.field(added, 'namespace'));
    if (replaced !== undefined) this.arena.forget(replaced);
  }

  /** The attribute that C takes for the one of a name: namespaces are the same when their URIs are. */
  private property(name: string | undefined, namespace: number): number | undefined {
    const uri = namespace === 0 ? undefined : this.xml.text(this.xml.field(namespace, 'uri'));
    const found = this.xml.with([name, uri], (text, href) =>
      this.xml.c.xmlHasNsProp(this.pointer, text, href),
    );
    return found !== 0 && this.xml.field(found, 'type') === NODE.attribute ? found : undefined;
  }

  private properties(): number[] {
    return this.isElement ? this.arena.siblings(this.xml.field(this.pointer, 'properties')) : [];
  }

  private namespaceOf(prefix: string): number {
    const document = this.xml.field(this.pointer, 'document');
    return this.xml.with([prefix], (text) => this.xml.c.xmlSearchNs(document, this.pointer, text));
  }

  /** Of an attribute, or of its declaration with a default value. */
  private attributeValue(attribute: number): string | undefined {
    if (this.xml.field(attribute, 'type') === NODE.attributeDeclaration)
      return this.xml.text(this.xml.field(attribute, 'attributeDefault'));
    return this.xml.take(this.xml.c.xmlNodeGetContent(attribute));
  }
}

const nodeAt = (arena: Arena, pointer: number): XmlNode =>
  arena.node(pointer, () => new XmlNode(arena, pointer));
const documentAt = (arena: Arena, pointer: number): XmlDocument =>
  arena.document(pointer, () => new XmlDocument(arena, pointer));

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '\r': '&#13;' };

/** What C writes for markup; control characters, which XML does not have, are left out. */
function encodeEntities(text: string): string {
  const [content = ''] = text.split('\0', 1);
  return content
    .replace(/[\x01-\x08\x0b\x0c\x0e-\x1f]/g, '')
    .replace(/[<>&\r]/g, (character) => ENTITIES[character]!);
}
