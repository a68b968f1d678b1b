import { UsageError } from '../support/errors';
import type { LuaFrame } from '../support/frames';
import { toPlain, type Plain } from './plain';

/** Something that happened and that production would have punished, or let pass in silence. */
export interface Diagnostic {
  /** Stable; names the page under docs/diagnostics. */
  readonly code: string;
  readonly severity: 'crash' | 'violation' | 'warning';
  readonly message: string;
  /** Lua's call stack, innermost first. */
  readonly frames: readonly LuaFrame[];
  /** The page of documentation that says why. */
  readonly doc?: string;
  /** Virtual time. */
  readonly at: Date;
}

/** The diagnostics of one server, in order. They live outside Lua: no `pcall` hides them. */
export class Diagnostics implements Iterable<Diagnostic> {
  readonly #list: Diagnostic[] = [];
  readonly #listeners = new Set<(diagnostic: Diagnostic) => void>();

  get length(): number {
    return this.#list.length;
  }

  add(diagnostic: Diagnostic): void {
    this.#list.push(diagnostic);
    for (const listener of this.#listeners) listener(diagnostic);
  }

  has(code: string): boolean {
    return this.#list.some((diagnostic) => diagnostic.code === code);
  }

  /** The diagnostic at an index from 0; negative indexes count from the end. */
  at(index: number): Diagnostic | undefined {
    return this.#list.at(index);
  }

  /** Calls `listener` for each diagnostic from now on; returns the function that stops it. */
  onAdd(listener: (diagnostic: Diagnostic) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  [Symbol.iterator](): IterableIterator<Diagnostic> {
    return this.#list.values();
  }

  toJSON(): Plain {
    return toPlain(this.#list);
  }
}

const LEVELS = ['error', 'warn', 'off'] as const;
export type StrictLevel = (typeof LEVELS)[number];

/** The option `strict`: all rules as errors, all as warnings, or some by their code and the others as errors. */
export type StrictOption = boolean | Readonly<Record<string, StrictLevel>>;

/** Says how serious a broken rule is for this server. Throws UsageError for an option of another shape. */
export class StrictPolicy {
  readonly #byCode = new Map<string, StrictLevel>();
  readonly #others: StrictLevel;

  constructor(strict: StrictOption = true) {
    this.#others = strict === false ? 'warn' : 'error';
    if (typeof strict === 'boolean') return;
    for (const [code, level] of rulesOf(strict)) this.#byCode.set(code, level);
  }

  severityOf(code: string): StrictLevel {
    return this.#byCode.get(code) ?? this.#others;
  }

  /** Whether a rule was made an error by its name: then even one that only warns is. */
  makesError(code: string): boolean {
    return this.#byCode.get(code) === 'error';
  }
}

function rulesOf(strict: unknown): [string, StrictLevel][] {
  if (typeof strict !== 'object' || strict === null || Array.isArray(strict)) {
    throw new UsageError(`option strict: true, false or { code: 'error' | 'warn' | 'off' } expected`);
  }
  return Object.entries(strict).map(([code, level]: [string, unknown]) => {
    const known = LEVELS.find((candidate) => candidate === level);
    if (known) return [code, known];
    throw new UsageError(
      `option strict, rule ${code}: 'error', 'warn' or 'off' expected, not ${JSON.stringify(level)}`,
    );
  });
}
