import { UsageError } from '../support/errors';
import { toPlain, type Plain } from './plain';

/** One call that Lua made into the product. */
export interface JournalEntry {
  /** From 1, in the order in which the calls began. */
  readonly sequence: number;
  /** As documented, for instance `msys.core.dns_get_domain`. */
  readonly name: string;
  readonly args: readonly unknown[];
  /** What it returned; undefined while it has not returned. */
  readonly result: unknown;
  /** The message of the error that it raised. */
  readonly error?: string;
  /** Policy phase or other occasion; undefined outside of any. */
  readonly phase: string | undefined;
  /** The line of Lua that called. */
  readonly at: { readonly file: string; readonly line: number } | undefined;
  /** Virtual time. */
  readonly time: Date;
}

/** The recorder's own hold on an entry: a call that suspends its script is filled in when it returns. */
export interface RecordedCall extends JournalEntry {
  result: unknown;
  error?: string;
}

/** The ordered record of every call that Lua made into the product. Keeps the newest `capacity` calls. */
export class Journal implements Iterable<JournalEntry> {
  readonly #capacity: number;
  readonly #ring: RecordedCall[] = [];
  #recorded = 0;

  constructor(capacity = 100_000) {
    if (!Number.isSafeInteger(capacity) || capacity < 1) {
      throw new UsageError(`a journal holds at least one entry, not ${String(capacity)}`);
    }
    this.#capacity = capacity;
  }

  /** How many entries are kept. */
  get length(): number {
    return this.#ring.length;
  }

  /** How many older entries had to go. */
  get dropped(): number {
    return this.#recorded - this.#ring.length;
  }

  /** Takes down a call when it begins; set `result` or `error` on what this returns when it ends. */
  record(call: Omit<JournalEntry, 'sequence' | 'result'> & { readonly result?: unknown }): RecordedCall {
    const entry: RecordedCall = { sequence: this.#recorded + 1, result: undefined, ...call };
    this.#ring[this.#recorded % this.#capacity] = entry;
    this.#recorded++;
    return entry;
  }

  /** The entry at an index among those kept, from 0; negative indexes count from the end. */
  at(index: number): JournalEntry | undefined {
    const position = index < 0 ? this.length + index : index;
    if (position < 0 || position >= this.length) return undefined;
    return this.#ring[(this.dropped + position) % this.#capacity];
  }

  /** The calls of one function, in order. */
  calls(name: string): JournalEntry[] {
    return [...this].filter((entry) => entry.name === name);
  }

  *[Symbol.iterator](): Generator<JournalEntry, void> {
    for (let index = 0; index < this.length; index++) yield this.at(index)!;
  }

  toJSON(): Plain {
    return toPlain([...this]);
  }
}
