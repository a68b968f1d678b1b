import { discard, pcre, type Pcre } from './wasm';

/** The pattern does not compile; `offset` counts 16-bit units. */
export class PatternError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** Matching ended without an answer. */
export class MatchFailure extends Error {}

const NO_MATCH = -1;
const UNSET = 0xffffffff | 0;
const ANCHORED_NOT_EMPTY = 0x80000000 | 0x00000004;
const MESSAGE_UNITS = 256;

/** pcre2.h's error numbers that a match can end with. */
const FAILURES: Readonly<Record<number, string>> = {
  [-47]: 'the match limit was reached (catastrophic backtracking: nested quantifiers such as (a+)+)',
  [-48]: 'there is not enough memory to match (catastrophic backtracking, or a subject of several megabytes)',
  [-52]: 'the pattern recurses without end',
  [-53]: 'the depth limit was reached (catastrophic backtracking: nested quantifiers such as (a+)+)',
  [-63]: 'the heap limit was reached (catastrophic backtracking: nested quantifiers such as (a+)+)',
};

/** Start and end of the whole match and of each group up to the last that is set; -1 where a group is not set. */
export type Offsets = readonly (readonly [from: number, to: number])[];

/** A compiled pattern over one subject. Holds memory of the library until `free`. */
export class Regex {
  /** Groups by name, in the order of the library's table. */
  readonly names: readonly (readonly [name: string, group: number])[];
  private readonly library: Pcre = pcre();
  private readonly allocated: number[] = [];
  private readonly code: number;
  private readonly matchData: number;
  private readonly subjectAt: number;
  private readonly empty: number;
  private output = 0;

  /** Throws PatternError, and MatchFailure for a subject that does not fit the library's memory. */
  constructor(
    pattern: string,
    readonly subject: string,
  ) {
    const { c } = this.library;
    this.empty = this.put('');
    try {
      const text = this.put(pattern);
      this.code = c._compile(text, pattern.length, this.empty);
      if (this.code === 0) throw this.patternError();
      this.subjectAt = this.put(subject);
      this.matchData = c._createMatchData(this.code);
      if (this.matchData === 0) throw new MatchFailure(FAILURES[-48]);
      this.names = this.readNames();
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** The first match from `start` on; `retry`: only one right there that is not empty. Throws MatchFailure. */
  exec(start: number, retry: boolean): Offsets | undefined {
    const { c } = this.library;
    const result = this.guard(() =>
      retry
        ? this.execNotEmpty(start)
        : c._match(this.code, this.subjectAt, this.subject.length, start, this.matchData),
    );
    if (result === NO_MATCH) return undefined;
    if (result < 0) throw new MatchFailure(FAILURES[result] ?? `PCRE2 reports error ${result}`);
    return this.readOffsets();
  }

  free(): void {
    this.library.c._destroyMatchData(this.matchData);
    this.library.c._destroyCode(this.code);
    this.release();
  }

  /**
   * The package's `match` takes no options, its `substitute` hands them on: the match is replaced by nothing, and a
   * text that became no shorter means that there was none.
   */
  private execNotEmpty(start: number): number {
    const { length } = this.subject;
    this.output ||= this.allocate(length + 1);
    const result = this.library.c._substitute(
      this.code,
      this.subjectAt,
      length,
      start,
      this.matchData,
      ANCHORED_NOT_EMPTY,
      this.empty,
      0,
      this.output,
      length + 1,
    );
    return result === length ? NO_MATCH : result;
  }

  /** A trap leaves the library in no state to go on. */
  private guard<Value>(call: () => Value): Value {
    try {
      return call();
    } catch (error) {
      discard();
      throw error instanceof MatchFailure ? error : new MatchFailure(FAILURES[-48], { cause: error });
    }
  }

  private readOffsets(): Offsets {
    const { c, words } = this.library;
    const base = c._getOvectorPointer(this.matchData) >> 2;
    const offsets: [number, number][] = [];
    for (let group = c._getCaptureCount(this.code); group >= 0; group--) {
      const [from, to] = [words[base + 2 * group]!, words[base + 2 * group + 1]!];
      if (from !== UNSET || offsets.length > 0) offsets.unshift([from, to]);
    }
    return offsets;
  }

  private readNames(): [string, number][] {
    const { c, units } = this.library;
    const table = c._getMatchNameTable(this.code) >> 1;
    const size = c._getMatchNameTableEntrySize(this.code);
    return Array.from({ length: c._getMatchNameCount(this.code) }, (_, i) => {
      const [group = 0, ...name] = units.subarray(table + i * size, table + (i + 1) * size);
      return [String.fromCharCode(...name.slice(0, name.indexOf(0))), group];
    });
  }

  private patternError(): PatternError {
    const { c, units } = this.library;
    const buffer = this.allocate(MESSAGE_UNITS);
    const length = c._lastErrorMessage(buffer, MESSAGE_UNITS);
    const message = String.fromCharCode(...units.subarray(buffer >> 1, (buffer >> 1) + length));
    return new PatternError(message, c._lastErrorOffset());
  }

  /** Copies a text into the library's memory, with a zero behind it. */
  private put(text: string): number {
    const at = this.allocate(text.length + 1);
    const { units } = this.library;
    const start = at >> 1;
    for (let i = 0; i < text.length; i++) units[start + i] = text.charCodeAt(i);
    units[start + text.length] = 0;
    return at;
  }

  private allocate(units: number): number {
    const at = this.library.c._malloc(units * 2);
    if (at === 0) throw new MatchFailure(FAILURES[-48]);
    this.allocated.push(at);
    return at;
  }

  private release(): void {
    for (const at of this.allocated.splice(0)) this.library.c._free(at);
  }
}
