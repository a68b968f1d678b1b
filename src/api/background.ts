/** What scripts of one Lua state have going on beside the entries that somebody waits for. */
import type { VirtualClock } from '../server/clock';
import { Timers } from '../server/timers';
import type { EntryContext } from './runtime';

export class Background {
  readonly timers: Timers;
  readonly #atEnd = new Map<object, (() => void)[]>();
  #isClosed = false;

  constructor(
    clock: VirtualClock,
    /** Takes the error of work that nobody waits for. */
    private readonly failed: (error: unknown) => void,
  ) {
    this.timers = new Timers(clock);
  }

  /** Starts work that nobody waits for, unless the scripts are no longer in use. */
  run(work: () => Promise<unknown>): void {
    if (!this.#isClosed) void work().catch((error: unknown) => this.failed(error));
  }

  /** Has something done when an entry into Lua ends, and those that wait for it. */
  atEnd(context: EntryContext, work: () => void): void {
    const works = this.#atEnd.get(context);
    if (works) works.push(work);
    else this.#atEnd.set(context, [work]);
  }

  /** To be called at the end of each entry, with its context. */
  entryEnded(context: unknown): void {
    const works = this.#atEnd.get(context as object);
    if (!works) return;
    this.#atEnd.delete(context as object);
    for (const work of works) work();
  }

  /** Ends the timers; what runs goes on to its end. */
  close(): void {
    this.#isClosed = true;
    this.timers.close();
  }
}

/** The entry that somebody outside of Lua started, when entries wait for one another. */
export function outermost(context: EntryContext): EntryContext {
  let outer = context;
  while (outer.caller) outer = outer.caller;
  return outer;
}

/** Whether one entry is another, or waits for it to end. */
export function waitsFor(entry: object, other: EntryContext | undefined): boolean {
  for (let context = other; context; context = context.caller) if (context === entry) return true;
  return false;
}
