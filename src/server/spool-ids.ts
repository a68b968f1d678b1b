import type { Random } from './random';

const PROCESS_ID = '00001';
/** Odd, hence its multiples modulo 2^32 repeat only after 2^32 steps: no id comes twice. */
const STEP = 0x9e3779b1;

/**
 * Ids of the form that the product gives messages, batches and connections: two hexadecimal directory levels of the
 * spool, process id, 32-bit number, for instance `3F/A0-00001-31B987F3` (4/log-formats-importlog). They depend on
 * the seed and on nothing else, and never repeat.
 */
export class SpoolIds {
  readonly #random: Random;
  #number: number;

  constructor(random: Random) {
    this.#random = random;
    this.#number = random.uint32();
  }

  next(): string {
    this.#number = (this.#number + STEP) >>> 0;
    const directories = this.#random.uint32();
    return `${hex(directories & 0xff, 2)}/${hex((directories >>> 8) & 0xff, 2)}-${PROCESS_ID}-${hex(this.#number, 8)}`;
  }
}

function hex(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, '0');
}
