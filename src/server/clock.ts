import { setImmediate } from 'node:timers';
import { UsageError } from '../support/errors';
import type { DeliveryEvent } from './delivery/events';
import { durationMillis } from './duration';

/** One timer that fired: its label and the virtual instant at which it did. */
export interface FiredTimer {
  readonly label: string;
  readonly at: Date;
}

/** The timers that fired while time passed, and what became of messages meanwhile. */
export interface Elapsed extends Array<FiredTimer> {
  /** Deliveries, failures and the like in their order. Not enumerable: the list compares as one of timers. */
  readonly events: readonly DeliveryEvent[];
}

/** A timer that waits; `cancel()` is harmless once it has fired. */
export interface ScheduledTimer {
  readonly label: string;
  readonly at: Date;
  cancel(): void;
}

/** Something that happens again and again while time passes. */
interface Beat {
  readonly interval: number;
  nextMillis: number;
  readonly callback: () => void;
}

interface PendingTimer {
  readonly label: string;
  readonly atMillis: number;
  readonly callback: () => unknown;
}

/** More firings than this without end are taken for a timer that keeps rescheduling itself. */
const MAX_FIRINGS = 100_000;
const MAX_DATE_MILLIS = 8.64e15;

// Taken when this file loads, from the module and not the global: a test runner's fake timers replace the global.
const onNextTurn = setImmediate;

/**
 * The one clock of a simulated server. It is frozen: only `advance`, `runAll` and `set` move it, and it looks at
 * no real time.
 *
 * Timers carry absolute instants and fire in the order of these, timers of one instant in the order in which they
 * were scheduled. A timer's callback sees the clock at its own instant; what it returns is awaited, and then one
 * turn of the event loop passes, so that a sleeper which the timer woke runs (and may schedule its next timer)
 * before the next one fires.
 */
export class VirtualClock {
  #millis: number;
  #timers: PendingTimer[] = [];
  readonly #beats = new Set<Beat>();
  #firing = false;
  #events: DeliveryEvent[] = [];
  readonly #held = new Set<Promise<unknown>>();

  /** `startMs`: milliseconds since 1970-01-01T00:00:00Z. */
  constructor(startMs: number) {
    this.#millis = validInstant(startMs);
  }

  now(): Date {
    return new Date(this.#millis);
  }

  /** Milliseconds since the epoch. */
  millis(): number {
    return this.#millis;
  }

  /** Whole seconds since the epoch: what the product's logs and `os.time()` show. */
  seconds(): number {
    return Math.floor(this.#millis / 1000);
  }

  /** The timers that wait, next first. */
  get pending(): FiredTimer[] {
    return this.#timers.map(({ label, atMillis }) => ({ label, at: new Date(atMillis) }));
  }

  /** Calls `callback` when the clock gets to `atMs`; an instant that is past is due at the next `advance`. */
  schedule(atMs: number, label: string, callback: () => unknown): ScheduledTimer {
    const timer: PendingTimer = { label, atMillis: validInstant(atMs), callback };
    const next = this.#timers.findIndex((other) => other.atMillis > timer.atMillis);
    this.#timers.splice(next === -1 ? this.#timers.length : next, 0, timer);
    return {
      label,
      at: new Date(timer.atMillis),
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  /**
   * Calls `callback` each time that an interval (milliseconds) has passed, before the timers of that instant. It is no
   * timer: neither `pending` nor what `advance` answers shows it, `runAll` does not go on for it, and a jump of the clock
   * begins a new interval. Answers the function that ends it.
   */
  every(interval: number, callback: () => void): () => void {
    const beat: Beat = { interval, nextMillis: this.#millis + interval, callback };
    this.#beats.add(beat);
    return () => void this.#beats.delete(beat);
  }

  /** Notes what became of a message: the `advance` that is under way answers it. */
  note(event: DeliveryEvent): void {
    if (this.#firing) this.#events.push(event);
  }

  /**
   * Keeps virtual time standing until work has ended that takes real time: a conversation over a socket. What the work
   * comes to is its caller's business.
   */
  hold(work: Promise<unknown>): void {
    const settled: Promise<unknown> = work.then(
      () => this.#held.delete(settled),
      () => this.#held.delete(settled),
    );
    this.#held.add(settled);
  }

  /**
   * Lives through an amount of time (milliseconds, or `20m`, `1h30m`, `500ms`, `2d`) and resolves to the timers
   * that fired, in order, and in `events` to what became of messages; `advance(0)` fires what is due by now.
   *
   * Rejects with UsageError for a bad amount, when another advance is under way, and when timers go on without end at
   * one instant. A callback's own error rejects too and leaves the clock at that timer's instant.
   */
  async advance(amount: number | string): Promise<Elapsed> {
    const target = validInstant(this.#millis + durationMillis(amount));
    const fired = await this.#fire(target, 'instant');
    this.#passTo(target);
    return fired;
  }

  /**
   * Fires all timers, including those that they schedule, and leaves the clock at the last one's instant. Rejects
   * with UsageError, naming the timer, after 100,000 firings: something is periodic, use `advance`.
   */
  runAll(): Promise<Elapsed> {
    return this.#fire(Infinity, 'run');
  }

  /**
   * Jumps to a date (a Date, milliseconds, or ISO 8601), forward or back, without living through the time between:
   * nothing fires. Timers keep their instants; those that are overdue then fire at the next `advance` or `runAll`,
   * with the clock where it stands.
   */
  set(date: Date | number | string): void {
    this.#millis = validInstant(new Date(date).getTime(), date);
    for (const beat of this.#beats) beat.nextMillis = this.#millis + beat.interval;
  }

  async #fire(until: number, bound: 'instant' | 'run'): Promise<Elapsed> {
    if (this.#firing) {
      throw new UsageError('the clock is already advancing: await advance() or runAll() before the next one');
    }
    this.#firing = true;
    const events: DeliveryEvent[] = (this.#events = []);
    try {
      const fired = await this.#fireDue(until, bound);
      return Object.defineProperty(fired, 'events', { value: events }) as Elapsed;
    } finally {
      this.#firing = false;
    }
  }

  async #fireDue(until: number, bound: 'instant' | 'run'): Promise<FiredTimer[]> {
    const fired: FiredTimer[] = [];
    let firings = 0;
    await this.#settle();
    for (let timer = this.#takeDue(until); timer; timer = this.#takeDue(until)) {
      if (bound === 'instant' && timer.atMillis > this.#millis) firings = 0;
      this.#passTo(timer.atMillis);
      if (++firings > MAX_FIRINGS) throw endless(timer.label);
      fired.push({ label: timer.label, at: this.now() });
      await timer.callback();
      await this.#settle();
    }
    return fired;
  }

  /** Time never goes back: what is overdue happens now. */
  #passTo(millis: number): void {
    for (let beat = this.#nextBeat(); beat && beat.nextMillis <= millis; beat = this.#nextBeat()) {
      this.#millis = Math.max(this.#millis, beat.nextMillis);
      beat.nextMillis += beat.interval;
      beat.callback();
    }
    this.#millis = Math.max(this.#millis, millis);
  }

  #nextBeat(): Beat | undefined {
    let next: Beat | undefined;
    for (const beat of this.#beats) if (!next || beat.nextMillis < next.nextMillis) next = beat;
    return next;
  }

  /** Lets what was woken run, and what takes real time end. */
  async #settle(): Promise<void> {
    await nextTurn();
    while (this.#held.size > 0) {
      await Promise.all(this.#held);
      await nextTurn();
    }
  }

  #takeDue(until: number): PendingTimer | undefined {
    const first = this.#timers[0];
    return first && first.atMillis <= until ? this.#timers.shift() : undefined;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    onNextTurn(resolve);
  });
}

function endless(label: string): UsageError {
  return new UsageError(
    `timer '${label}' is still being scheduled after ${MAX_FIRINGS} firings: it keeps rescheduling itself; ` +
      `use advance() with an amount of time, or let the timer wait longer than 0 ms`,
  );
}

function validInstant(millis: number, given: unknown = millis): number {
  if (Number.isFinite(millis) && Math.abs(millis) <= MAX_DATE_MILLIS) return millis;
  throw new UsageError(`${String(given)} is not an instant that a Date can hold`);
}
