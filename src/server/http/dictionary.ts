import { percentDecode } from './percent';

const UNSAFE = /[^A-Za-z0-9_.~-]/g;
const TEXT = '(?:[A-Za-z0-9_.~-]|%[0-9A-F]{2})*';
const SERIALIZED = new RegExp(`^(?:${TEXT}=${TEXT}(?:&${TEXT}=${TEXT})*)?$`);

const encode = (bytes: string) =>
  bytes.replace(UNSAFE, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

/**
 * The product's `ECDict`: a hash table from string to string, each a byte string (latin1, one character per
 * byte). The product leaves the order of iteration undefined; here it is the order of insertion.
 *
 * Source: `3/3-api/dict`, `4/lua/ref-session-request-url-get`.
 */
export class Dictionary implements Iterable<[string, string]> {
  private readonly pairs = new Map<string, string>();

  constructor(pairs: Iterable<readonly [string, string]> = []) {
    for (const [key, value] of pairs) this.pairs.set(key, value);
  }

  get size(): number {
    return this.pairs.size;
  }

  get(key: string): string | undefined {
    return this.pairs.get(key);
  }

  has(key: string): boolean {
    return this.pairs.has(key);
  }

  /** Adds or replaces; a replaced key keeps its place. */
  set(key: string, value: string): void {
    this.pairs.set(key, value);
  }

  /** Whether there was such a key. */
  delete(key: string): boolean {
    return this.pairs.delete(key);
  }

  /** An iterator at the start, what `dict_iter` and `dict_iter2` hand out. */
  iterator(): DictionaryIterator {
    return new DictionaryIterator(this);
  }

  /** A copy that later changes do not touch. */
  entries(): [string, string][] {
    return [...this.pairs];
  }

  /**
   * The pairs as text: `key=value` joined with `&`, percent-encoded. The product does not document its own form, which
   * nothing but `dict_unserialize` reads.
   */
  serialize(): string {
    return this.entries()
      .map(([key, value]) => `${encode(key)}=${encode(value)}`)
      .join('&');
  }

  /** Reads what `serialize` wrote; undefined for other text. */
  static unserialize(text: string): Dictionary | undefined {
    if (!SERIALIZED.test(text)) return undefined;
    const pairs = text.split('&').filter((pair) => pair !== '');
    return new Dictionary(pairs.map((pair) => pair.split('=').map(percentDecode) as [string, string]));
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.pairs.entries();
  }
}

/**
 * A position in a dictionary. It survives changes made meanwhile: a deleted pair is not visited any more, an added
 * one is visited as long as the end has not been reached.
 */
export class DictionaryIterator {
  private readonly position: Iterator<[string, string]>;

  constructor(dictionary: Dictionary) {
    this.position = dictionary[Symbol.iterator]();
  }

  /** The next pair, or undefined at the end and ever after (`dict_next` returns 0). */
  next(): [string, string] | undefined {
    const step = this.position.next();
    return step.done ? undefined : step.value;
  }
}
