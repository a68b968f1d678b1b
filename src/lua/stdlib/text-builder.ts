import { allocate } from '../vm/budget';
import type { LuaState } from '../vm/fengari';

/** After so many pieces they become one text: V8 keeps each piece of a sum until then. */
const JOIN_AFTER = 4096;
/** So many bytes are accounted for together. */
const SMALL = 1024;

/**
 * A text that a library function builds. What it has so far counts as memory in use, because scripts may run
 * meanwhile; `close` gives it back, whatever happens.
 */
export class TextBuilder {
  #parts: string[] | undefined;
  #recent = '';
  #count = 0;
  #added = 0;
  #accounted = 0;

  constructor(private readonly L: LuaState) {}

  add(piece: string): void {
    this.#added += piece.length;
    if (this.#added > SMALL) this.#account();
    this.#recent += piece;
    if (++this.#count % JOIN_AFTER === 0) this.#join();
  }

  #account(): void {
    allocate(this.L, this.#added);
    this.L.l_G.meter.building += this.#added;
    this.#accounted += this.#added;
    this.#added = 0;
  }

  #join(): void {
    this.#parts ??= [];
    this.#parts.push(copyOf(this.#recent));
    this.#recent = '';
  }

  finish(): string {
    return this.#parts ? this.#parts.join('') + this.#recent : this.#recent;
  }

  close(): void {
    this.L.l_G.meter.building -= this.#accounted;
  }
}

/** The same text in one piece of its own. */
const copyOf = (text: string) => Buffer.from(text, 'latin1').toString('latin1');

/** From this length on a text is worth freeing while a small part of it lives on. */
const LARGE = 2 ** 16;
/** Shorter parts are copies anyway. */
const SHORTEST_SLICE = 13;

/** A part of a text that does not keep all of it in memory, as V8's slices do. */
export function detached(part: string, whole: string): string {
  const isSlice = part.length >= SHORTEST_SLICE && whole.length >= LARGE && part.length * 4 < whole.length;
  return isSlice ? copyOf(part) : part;
}
