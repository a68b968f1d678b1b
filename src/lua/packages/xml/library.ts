import { instantiate, type Module, type XmlExports } from './wasm';

const SAVE_FORMATTED = 1;
const ENCODING = 'utf-8';

/** Where libxml2's structs keep what is read here, in bytes; for nodes, attributes and documents alike, and for namespaces. */
const OFFSET = {
  type: 4,
  name: 8,
  /** Of a namespace. */
  uri: 8,
  children: 12,
  parent: 20,
  next: 24,
  document: 32,
  namespace: 36,
  properties: 44,
  attributeDefault: 48,
} as const;

/** libxml2's numbers for kinds of nodes. */
export const NODE = {
  element: 1,
  attribute: 2,
  entityReference: 5,
  document: 9,
  documentType: 14,
  attributeDeclaration: 16,
  entityDeclaration: 17,
  namespace: 18,
} as const;

/** One instance of libxml2, and how JavaScript reads its memory. Texts are byte strings, one character per byte. */
export class Libxml2 {
  readonly c: XmlExports;
  private readonly module: Module;
  private output: Buffer[] = [];

  constructor() {
    this.module = instantiate((bytes) => this.output.push(bytes));
    this.c = this.module.c;
  }

  /** Bytes of memory in use or held ready. */
  get size(): number {
    return this.module.memory.buffer.byteLength;
  }

  field(struct: number, name: keyof typeof OFFSET): number {
    return new Int32Array(this.module.memory.buffer)[(struct + OFFSET[name]) >> 2]!;
  }

  word(pointer: number): number {
    return new Int32Array(this.module.memory.buffer)[pointer >> 2]!;
  }

  /** A C string, undefined for NULL. */
  text(pointer: number): string | undefined {
    if (pointer === 0) return undefined;
    const bytes = Buffer.from(this.module.memory.buffer);
    return bytes.toString('latin1', pointer, bytes.indexOf(0, pointer));
  }

  /** A C string that the caller has to free. */
  take(pointer: number): string | undefined {
    const text = this.text(pointer);
    this.c.free(pointer);
    return text;
  }

  /** Calls with C strings (NULL for undefined), which end at a zero byte; they are freed afterwards. */
  with<R>(texts: readonly (string | undefined)[], call: (...pointers: number[]) => R): R {
    const pointers = texts.map((text) =>
      text === undefined ? 0 : this.allocate(Buffer.from(text, 'latin1')),
    );
    try {
      return call(...pointers);
    } finally {
      for (const pointer of pointers) this.c.free(pointer);
    }
  }

  /** Copies bytes into C's memory, a zero byte behind them. Throws when there is no room. */
  allocate(bytes: Buffer): number {
    const pointer = this.c.malloc(bytes.length + 1);
    if (pointer === 0) throw new Error('libxml2 is out of memory');
    const memory = Buffer.from(this.module.memory.buffer);
    bytes.copy(memory, pointer);
    memory[pointer + bytes.length] = 0;
    return pointer;
  }

  /** What `save` writes, formatted, in UTF-8. */
  serialize(save: (context: number) => void): string {
    this.output = [];
    const context = this.with([ENCODING], (encoding) =>
      this.c.xmlSaveToIO(this.module.writer, 0, 0, encoding, SAVE_FORMATTED),
    );
    save(context);
    this.c.xmlSaveClose(context);
    return Buffer.concat(this.output).toString('latin1');
  }
}

let shared: Libxml2 | undefined;

/** The instance that new documents are made in. */
export function library(): Libxml2 {
  return (shared ??= new Libxml2());
}
