import type { VirtualClock } from './clock';
import type { Random } from './random';

const PROCESS_ID = '00001';
const COUNTERS = 0x10000;

/**
 * Ids of the form that the product gives messages, batches and connections: a counter of 16 bits in two directory levels
 * of the spool, process id, seconds of the creation, for instance `3F/A0-00001-31B987F3` (3/3-api/structs-message-id,
 * 4/log-formats-importlog). Counter and seconds are hexadecimal, written from their last digit to their first. Ids depend
 * on the seed and the clock alone, and never repeat.
 */
export class SpoolIds {
  readonly #clock: Pick<VirtualClock, 'seconds'>;
  #counter: number;
  #slot = -Infinity;
  #inSlot = 0;

  constructor(random: Random, clock: Pick<VirtualClock, 'seconds'>) {
    this.#clock = clock;
    this.#counter = random.uint32() % COUNTERS;
  }

  next(): string {
    const now = this.#clock.seconds();
    if (now > this.#slot) this.#begin(now);
    // A second has as many ids as the counter has values: what is beyond borrows from the next.
    else if (this.#inSlot === COUNTERS) this.#begin(this.#slot + 1);
    this.#inSlot++;
    this.#counter = (this.#counter + 1) % COUNTERS;
    const counter = reversedHex(this.#counter, 4);
    return `${counter.slice(0, 2)}/${counter.slice(2)}-${PROCESS_ID}-${reversedHex(this.#slot >>> 0, 8)}`;
  }

  #begin(slot: number): void {
    this.#slot = slot;
    this.#inSlot = 0;
  }
}

function reversedHex(number: number, digits: number): string {
  const text = number.toString(16).toUpperCase().padStart(digits, '0');
  return Array.from(text).reverse().join('');
}
