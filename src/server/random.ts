import { UsageError } from '../support/errors';

/**
 * A seeded generator of pseudo-random numbers (xoshiro128**, its state filled by splitmix32): equal seeds give equal
 * sequences on every platform. Not for secrets.
 */
export class Random {
  readonly #seed: number;
  readonly #state: Uint32Array;

  /** `seed`: any safe integer, otherwise UsageError. */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new UsageError(`the seed must be an integer, not ${String(seed)}`);
    this.#seed = seed;
    this.#state = new Uint32Array(4);
    let word = mix((mix(seed >>> 0) ^ Math.floor(seed / 2 ** 32)) >>> 0);
    for (let i = 0; i < 4; i++) {
      word = (word + 0x9e3779b9) >>> 0;
      this.#state[i] = mix(word);
    }
  }

  /** An integer from 0 to 2^32 - 1. */
  uint32(): number {
    const s = this.#state;
    const result = Math.imul(rotateLeft(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const shifted = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = rotateLeft(s[3]!, 11);
    return result;
  }

  /** A number from 0 (included) to 1 (excluded) with 53 random bits. */
  float(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** An integer between the two bounds, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.float() * (high - low + 1));
  }

  /** A generator of its own for one purpose, so that its sequence does not depend on what else is drawn. */
  fork(purpose: string): Random {
    let hash = 0x811c9dc5;
    for (const byte of Buffer.from(`${this.#seed}:${purpose}`)) hash = Math.imul(hash ^ byte, 0x01000193);
    return new Random(hash >>> 0);
  }
}

function mix(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

function rotateLeft(word: number, bits: number): number {
  return ((word << bits) | (word >>> (32 - bits))) >>> 0;
}
