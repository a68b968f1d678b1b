import { UsageError } from '../../support/errors';

/** The recipients of one transaction, which scripts may change until the list is final. Addresses are byte strings. */
export class RecipientList implements Iterable<string> {
  #addresses: string[] = [];
  /** After `validate_rcptto_list_final`: a change is an error (4/lua/ref-vctx-add-recipient). */
  isFinal = false;

  get length(): number {
    return this.#addresses.length;
  }

  at(index: number): string | undefined {
    return this.#addresses[index];
  }

  add(address: string): void {
    this.#checkOpen();
    this.#addresses.push(address);
  }

  /** Takes the first recipient of that address away; false when there is none. */
  remove(address: string): boolean {
    this.#checkOpen();
    const index = this.#addresses.indexOf(address);
    if (index !== -1) this.#addresses.splice(index, 1);
    return index !== -1;
  }

  replace(addresses: Iterable<string>): void {
    this.#checkOpen();
    this.#addresses = [...addresses];
  }

  clear(): void {
    this.#addresses = [];
    this.isFinal = false;
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.#addresses.values();
  }

  #checkOpen(): void {
    if (this.isFinal) throw new UsageError('the recipient list is final: it cannot be changed any more');
  }
}
