import { parseAddressList, type Address } from './addresses';
import { continuationEnd, fieldsOf, type FieldSpan } from './header-block';
import { HeaderError, shown } from './header-error';
import { checkHeaderName, writeHeader } from './header-value';
import { decodeHeader } from './rfc2047';

/** Whose headers they are. */
export interface HeaderSource {
  /** The bytes of all header lines, without the empty line: the same buffer as long as they are the same. */
  read(): Buffer;
  /** Rewrites the headers and nothing else. */
  write(block: Buffer): void;
}

/** One header as it stands. */
export interface HeaderField {
  /** In its own case. */
  readonly name: string;
  /** Unfolded, not decoded. */
  readonly value: string;
}

/**
 * `replace` takes all headers of the name away and puts the new ones at the end, `append` puts them at the end,
 * `prepend` at the top.
 */
export type HeaderMode = 'replace' | 'append' | 'prepend';

/**
 * The headers of a message or of a part of one: a view on its bytes. Names are compared without regard to case. An edit
 * changes the bytes of the headers that it concerns; all others keep theirs, and so do lines that are no headers.
 *
 * Texts are byte strings, one character for each byte.
 */
export class Headers {
  readonly #source: HeaderSource;
  #parsed: { readonly block: Buffer; readonly fields: readonly FieldSpan[] } | undefined;

  constructor(source: HeaderSource) {
    this.#source = source;
  }

  /** The bytes of all header lines, without the empty line that ends them. Not to be written to. */
  get block(): Buffer {
    return this.#source.read();
  }

  /** All headers in their order. */
  all(): HeaderField[] {
    return this.#fields.map((field) => ({ name: field.name, value: unfold(this.#valueOf(field)) }));
  }

  has(name: string): boolean {
    return this.#named(name).length > 0;
  }

  /**
   * The value of every instance: unfolded, without the blanks after the colon, encoded words decoded to UTF-8
   * (4/lua/ref-header). Empty when there is none.
   */
  get(name: string): string[] {
    return this.values(name).map(decodeHeader);
  }

  /** The same, not decoded. */
  values(name: string): string[] {
    return this.raw(name).map(unfold);
  }

  /** What follows the colon of every instance, byte for byte with its folds, without the last line end. */
  raw(name: string): string[] {
    return this.#named(name).map((field) => this.#valueOf(field));
  }

  /** The addresses of every instance (4/lua/ref-msg-address-header). */
  addresses(name: string): Address[] {
    return this.values(name).flatMap(parseAddressList);
  }

  /**
   * Writes headers, in the order of `values`. Text that is not ASCII must be UTF-8 and becomes encoded words (RFC 2047);
   * long lines are folded at blanks.
   *
   * @throws HeaderError for a name that is none, and for line breaks in a value that are no folds
   */
  set(name: string, values: readonly string[], mode: HeaderMode = 'replace'): void {
    checkHeaderName(name);
    const lines = Buffer.from(values.map((value) => writeHeader(name, value)).join(''), 'latin1');
    if (mode === 'prepend') this.#putOnTop(lines);
    else this.#change(endedBlock(mode === 'replace' ? this.#without(name) : this.block), lines);
  }

  /** Takes all instances away; how many there were. */
  remove(name: string): number {
    const count = this.#named(name).length;
    if (count > 0) this.#change(this.#without(name));
    return count;
  }

  /**
   * Puts whole header lines on top as they are, such as trace headers. A missing last line end is added.
   *
   * @throws HeaderError when there is something among them that is no header
   */
  prependLines(lines: string): void {
    const block = endedBlock(Buffer.from(lines, 'latin1'));
    const covered = fieldsOf(block).reduce((sum, { start, end }) => sum + end - start, 0);
    if (/[^\0-\xff]/.test(lines) || covered !== block.length)
      throw new HeaderError(`these are not header lines: ${shown(lines)}`);
    this.#putOnTop(block);
  }

  get #fields(): readonly FieldSpan[] {
    const { block } = this;
    if (this.#parsed?.block !== block) this.#parsed = { block, fields: fieldsOf(block) };
    return this.#parsed.fields;
  }

  #named(name: string): FieldSpan[] {
    const key = name.toLowerCase();
    return this.#fields.filter((field) => field.key === key);
  }

  #valueOf({ value, end }: FieldSpan): string {
    return this.block.toString('latin1', value, end).replace(/\r?\n$/, '');
  }

  #without(name: string): Buffer {
    const { block } = this;
    const kept: Buffer[] = [];
    let from = 0;
    for (const { start, end } of this.#named(name)) {
      kept.push(block.subarray(from, start));
      from = end;
    }
    return Buffer.concat([...kept, block.subarray(from)]);
  }

  /** Lines at the very top that continue nothing stay there: below a header they would continue it. */
  #putOnTop(lines: Buffer): void {
    const { block } = this;
    const top = continuationEnd(block, 0);
    this.#change(endedBlock(block.subarray(0, top)), lines, block.subarray(top));
  }

  #change(...pieces: Buffer[]): void {
    this.#source.write(Buffer.concat(pieces));
  }
}

/** A block whose last line has an end. */
export function endedBlock(block: Buffer): Buffer {
  return block.length === 0 || block.at(-1) === 0x0a ? block : Buffer.concat([block, Buffer.from('\r\n')]);
}

/**
 * The text of a value: the product keeps the blanks after the colon and those of a fold apart from the lines, and puts one
 * space for each fold (3/3-api/apis-rfc-2822-header-stringwrite-ex).
 */
function unfold(raw: string): string {
  return raw.replace(/\r?\n[ \t]*/g, ' ').replace(/^[ \t]+/, '');
}
