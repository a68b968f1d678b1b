/**
 * Lua 5.1's pattern matching, on bytes kept one per character.
 *
 * A pattern ends at an embedded zero, as in C. Positions count from 0; -1 stands for no match.
 */
import type { LuaState } from '../vm/fengari';
import { cString } from '../syntax/source';
import { charge, chargeText } from '../vm/budget';
import { libraryError, pushNumber, pushText, spend } from './args';
import { detached } from './text-builder';

const MAX_CAPTURES = 32;
/** Looking a byte up in a set of this size takes as long as a step. */
const LONG_SET = 32;
/** How deep the items of a pattern may nest: C's stack has no such limit, and JavaScript's no room. */
const MAX_DEPTH = 400;
const UNFINISHED = -1;
const POSITION = -2;
const NO_MATCH = -1;

const code = (c: string) => c.charCodeAt(0);
const OPEN = code('(');
const CLOSE = code(')');
const ESCAPE = code('%');
const DOLLAR = code('$');
const DOT = code('.');
const SET = code('[');
const SET_END = code(']');
const CARET = code('^');
const DASH = code('-');
const QUESTION = code('?');
const STAR = code('*');
const PLUS = code('+');
const BALANCE = code('b');
const FRONTIER = code('f');
const ZERO = code('0');
const NINE = code('9');

const ASCII_CLASSES: Record<string, RegExp> = {
  a: /[A-Za-z]/,
  c: /[\x00-\x1f\x7f]/,
  d: /[0-9]/,
  l: /[a-z]/,
  p: /[!-/:-@[-`{-~]/,
  s: /[\t-\r ]/,
  u: /[A-Z]/,
  w: /[A-Za-z0-9]/,
  x: /[0-9A-Fa-f]/,
  z: /\x00/,
};

/** By the code of a class letter: which bytes belong to it (the C locale's `isalpha` and so on). */
const CLASSES = new Map<number, Uint8Array>();
for (const [letter, pattern] of Object.entries(ASCII_CLASSES)) {
  const members = Uint8Array.from({ length: 256 }, (_, byte) =>
    Number(pattern.test(String.fromCharCode(byte))),
  );
  CLASSES.set(code(letter), members);
  CLASSES.set(
    code(letter.toUpperCase()),
    members.map((member) => 1 - member),
  );
}

export class Matcher {
  readonly #pattern: string;
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  #level = 0;

  constructor(
    private readonly L: LuaState,
    readonly subject: string,
    pattern: string,
  ) {
    this.#pattern = cString(pattern);
  }

  /** Where a match that begins at `at` ends; the pattern is read from `from` on. */
  match(at: number, from: number): number {
    this.#level = 0;
    return this.#match(at, from, 0);
  }

  // Captures

  /** Pushes the captures of the last match, the whole match (`from` to `to`) when the pattern has none. */
  pushCaptures(from: number, to: number): number {
    const count = Math.max(this.#level, 1);
    for (let i = 0; i < count; i++) this.pushCapture(i, from, to);
    return count;
  }

  /** Pushes only the captures that the pattern has. */
  pushOwnCaptures(): number {
    for (let i = 0; i < this.#level; i++) this.pushCapture(i, 0, 0);
    return this.#level;
  }

  pushCapture(i: number, from: number, to: number): void {
    const capture = this.capture(i, from, to);
    if (typeof capture === 'number') pushNumber(this.L, capture);
    else pushText(this.L, capture);
  }

  /** Capture `i` (from 0): its text, or the position (from 1) of an empty one. */
  capture(i: number, from: number, to: number): string | number {
    if (i >= this.#level) {
      if (i !== 0) libraryError(this.L, 'invalid capture index');
      return detached(this.subject.slice(from, to), this.subject);
    }
    const start = this.#starts[i]!;
    const length = this.#lengths[i]!;
    if (length === UNFINISHED) libraryError(this.L, 'unfinished capture');
    return length === POSITION
      ? start + 1
      : detached(this.subject.slice(start, start + length), this.subject);
  }

  // The pattern, item by item

  #match(start: number, from: number, depth: number): number {
    if (depth > MAX_DEPTH) libraryError(this.L, 'pattern too complex');
    const pattern = this.#pattern;
    const { subject } = this;
    let s = start;
    let p = from;
    for (;;) {
      // Backtracking can take as long as an endless loop.
      spend(this.L);
      if (p >= pattern.length) return s;
      const item = pattern.charCodeAt(p);
      if (item === OPEN) return this.#open(s, p, depth + 1);
      if (item === CLOSE) return this.#close(s, p, depth + 1);
      if (item === DOLLAR && p + 1 === pattern.length) return s === subject.length ? s : NO_MATCH;
      if (item === ESCAPE) {
        const next = pattern.charCodeAt(p + 1);
        if (next === BALANCE) {
          s = this.#balance(s, p + 2);
          if (s === NO_MATCH) return NO_MATCH;
          p += 4;
          continue;
        }
        if (next === FRONTIER) {
          p = this.#frontier(s, p + 2);
          if (p === NO_MATCH) return NO_MATCH;
          continue;
        }
        if (next >= ZERO && next <= NINE) {
          s = this.#back(s, next);
          if (s === NO_MATCH) return NO_MATCH;
          p += 2;
          continue;
        }
      }
      const end = this.#itemEnd(p);
      const repeat = pattern.charCodeAt(end);
      if (repeat === STAR) return this.#longest(s, s, p, end, depth + 1);
      if (repeat === DASH) return this.#shortest(s, p, end, depth + 1);
      const matches = this.#single(s, p, end);
      if (repeat === PLUS) return matches ? this.#longest(s + 1, s + 1, p, end, depth + 1) : NO_MATCH;
      if (repeat === QUESTION) {
        const found = matches ? this.#match(s + 1, end + 1, depth + 1) : NO_MATCH;
        if (found !== NO_MATCH) return found;
        p = end + 1;
        continue;
      }
      if (!matches) return NO_MATCH;
      s++;
      p = end;
    }
  }

  #longest(first: number, start: number, p: number, end: number, depth: number): number {
    let s = start;
    while (this.#single(s, p, end)) s++;
    charge(this.L, (s - start) >> 3);
    for (; s >= first; s--) {
      const found = this.#match(s, end + 1, depth);
      if (found !== NO_MATCH) return found;
    }
    return NO_MATCH;
  }

  #shortest(start: number, p: number, end: number, depth: number): number {
    for (let s = start; ; s++) {
      const found = this.#match(s, end + 1, depth);
      if (found !== NO_MATCH) return found;
      if (!this.#single(s, p, end)) return NO_MATCH;
    }
  }

  #open(s: number, p: number, depth: number): number {
    const isPosition = this.#pattern.charCodeAt(p + 1) === CLOSE;
    if (this.#level >= MAX_CAPTURES) libraryError(this.L, 'too many captures');
    this.#starts[this.#level] = s;
    this.#lengths[this.#level] = isPosition ? POSITION : UNFINISHED;
    this.#level++;
    const found = this.#match(s, p + (isPosition ? 2 : 1), depth);
    if (found === NO_MATCH) this.#level--;
    return found;
  }

  #close(s: number, p: number, depth: number): number {
    let i = this.#level - 1;
    while (i >= 0 && this.#lengths[i] !== UNFINISHED) i--;
    if (i < 0) libraryError(this.L, 'invalid pattern capture');
    this.#lengths[i] = s - this.#starts[i]!;
    const found = this.#match(s, p + 1, depth);
    if (found === NO_MATCH) this.#lengths[i] = UNFINISHED;
    return found;
  }

  /** `%b()`: the two delimiters stand at `p`. */
  #balance(s: number, p: number): number {
    if (p + 1 >= this.#pattern.length) libraryError(this.L, 'unbalanced pattern');
    const { subject } = this;
    const open = this.#pattern.charCodeAt(p);
    const close = this.#pattern.charCodeAt(p + 1);
    if (subject.charCodeAt(s) !== open) return NO_MATCH;
    let depth = 1;
    for (let i = s + 1; i < subject.length; i++) {
      spend(this.L);
      const c = subject.charCodeAt(i);
      if (c === close) {
        if (--depth === 0) return i + 1;
      } else if (c === open) {
        depth++;
      }
    }
    return NO_MATCH;
  }

  /** `%f[set]`: answers where the pattern goes on. */
  #frontier(s: number, p: number): number {
    if (this.#pattern.charCodeAt(p) !== SET) libraryError(this.L, "missing '[' after '%f' in pattern");
    const end = this.#itemEnd(p);
    const before = s === 0 ? 0 : this.subject.charCodeAt(s - 1);
    const here = s < this.subject.length ? this.subject.charCodeAt(s) : 0;
    return !this.#inSet(before, p, end - 1) && this.#inSet(here, p, end - 1) ? end : NO_MATCH;
  }

  /** `%1`: the text of an earlier capture once more. */
  #back(s: number, digit: number): number {
    const i = digit - ZERO - 1;
    const length = this.#lengths[i];
    if (i < 0 || i >= this.#level || length === undefined || length === UNFINISHED)
      libraryError(this.L, 'invalid capture index');
    if (length === POSITION) return NO_MATCH;
    const start = this.#starts[i]!;
    if (s + length > this.subject.length) return NO_MATCH;
    chargeText(this.L, length);
    return this.subject.startsWith(this.subject.slice(start, start + length), s) ? s + length : NO_MATCH;
  }

  /** Where the item that starts at `start` ends: after a character, an escape or a set. */
  #itemEnd(start: number): number {
    const pattern = this.#pattern;
    let p = start;
    const first = pattern.charCodeAt(p++);
    if (first === ESCAPE) {
      if (p >= pattern.length) libraryError(this.L, "malformed pattern (ends with '%')");
      return p + 1;
    }
    if (first !== SET) return p;
    if (pattern.charCodeAt(p) === CARET) p++;
    // A bracket that comes first belongs to the set.
    do {
      if (p >= pattern.length) libraryError(this.L, "malformed pattern (missing ']')");
      if (pattern.charCodeAt(p++) === ESCAPE && p < pattern.length) p++;
    } while (pattern.charCodeAt(p) !== SET_END);
    return p + 1;
  }

  #single(s: number, p: number, end: number): boolean {
    if (s >= this.subject.length) return false;
    const c = this.subject.charCodeAt(s);
    const item = this.#pattern.charCodeAt(p);
    if (item === DOT) return true;
    if (item === ESCAPE) return isInClass(c, this.#pattern.charCodeAt(p + 1));
    return item === SET ? this.#inSet(c, p, end - 1) : item === c;
  }

  /** Whether `c` is in the set from its `[` at `start` to its `]` at `last`. */
  #inSet(c: number, start: number, last: number): boolean {
    const pattern = this.#pattern;
    let p = start + 1;
    const wanted = pattern.charCodeAt(p) !== CARET;
    if (!wanted) p++;
    if (last - p > LONG_SET) charge(this.L, last - p);
    for (; p < last; p++) {
      const item = pattern.charCodeAt(p);
      if (item === ESCAPE) {
        if (isInClass(c, pattern.charCodeAt(++p))) return wanted;
      } else if (pattern.charCodeAt(p + 1) === DASH && p + 2 < last) {
        p += 2;
        if (item <= c && c <= pattern.charCodeAt(p)) return wanted;
      } else if (item === c) {
        return wanted;
      }
    }
    return !wanted;
  }
}

function isInClass(c: number, letter: number): boolean {
  const members = CLASSES.get(letter);
  return members ? members[c] === 1 : letter === c;
}
