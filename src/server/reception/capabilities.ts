/** The capabilities of an EHLO reply, in their order (4/lua/ref-ac-esmtp-capability-add). */
export class Capabilities implements Iterable<string> {
  readonly #lines = new Set<string>();

  constructor(lines: Iterable<string> = []) {
    for (const line of lines) this.add(line);
  }

  get length(): number {
    return this.#lines.size;
  }

  has(line: string): boolean {
    return this.#lines.has(line);
  }

  add(line: string): void {
    this.#lines.add(line);
  }

  /** False when there is no such line. */
  remove(line: string): boolean {
    return this.#lines.delete(line);
  }

  /** Replaces all of them. */
  replace(lines: Iterable<string>): void {
    this.#lines.clear();
    for (const line of lines) this.add(line);
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.#lines.values();
  }
}
