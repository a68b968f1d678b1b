import { UsageError } from '../../support/errors';
import type { Message } from './message';

/** Every message that reception created, in that order; the newest `capacity` of them. */
export class Messages implements Iterable<Message> {
  #kept: Message[] = [];
  #dropped = 0;

  constructor(readonly capacity = 100_000) {
    if (!Number.isSafeInteger(capacity) || capacity < 1)
      throw new UsageError(`a server keeps at least one message, not ${String(capacity)}`);
  }

  get length(): number {
    return Math.min(this.#kept.length, this.capacity);
  }

  /** How many older messages had to go. */
  get dropped(): number {
    return this.#dropped + this.#kept.length - this.length;
  }

  add(message: Message): void {
    this.#kept.push(message);
    if (this.#kept.length < 2 * this.capacity) return;
    this.#dropped += this.#kept.length - this.capacity;
    this.#kept = this.#kept.slice(-this.capacity);
  }

  /** By index from 0; negative ones count from the end. */
  at(index: number): Message | undefined {
    const { length } = this;
    const fromStart = index < 0 ? index + length : index;
    return fromStart < 0 ? undefined : this.#kept[this.#kept.length - length + fromStart];
  }

  [Symbol.iterator](): IterableIterator<Message> {
    return this.#current.values();
  }

  get #current(): readonly Message[] {
    return this.#kept.slice(-this.capacity);
  }
}
