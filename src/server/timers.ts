/** Timers of scripts (4/lua/ref-msys-timer-after, -at, -every). */
import type { ScheduledTimer, VirtualClock } from './clock';

/** When a timer fires: milliseconds from its start on, an instant in milliseconds since 1970, or a period. */
export type TimerPlan = { readonly after: number } | { readonly at: number } | { readonly every: number };

interface TimerOwner {
  admit(timer: Timer): boolean;
  release(timer: Timer): void;
}

/** One timer. It waits from its making on, until it has fired (a periodic one goes on) or is stopped. */
export class Timer {
  #waiting: ScheduledTimer | undefined;
  #firings = 0;

  constructor(
    readonly name: string | undefined,
    private readonly plan: TimerPlan,
    private readonly clock: VirtualClock,
    private readonly fire: (timer: Timer) => void,
    private readonly owner: TimerOwner,
  ) {}

  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** How often it has come due. */
  get firings(): number {
    return this.#firings;
  }

  /** Schedules it, anew if it waits; without effect once its scripts are no longer in use. */
  start(): void {
    this.stop();
    if (!this.owner.admit(this)) return;
    const { plan, clock } = this;
    const at = 'at' in plan ? plan.at : clock.millis() + ('after' in plan ? plan.after : plan.every);
    this.#waiting = clock.schedule(at, this.name === undefined ? 'timer' : `timer ${this.name}`, () =>
      this.#comeDue(),
    );
  }

  stop(): void {
    this.#waiting?.cancel();
    this.#waiting = undefined;
    this.owner.release(this);
  }

  #comeDue(): void {
    this.#firings++;
    if ('every' in this.plan) this.start();
    else this.stop();
    this.fire(this);
  }
}

/** The timers that the scripts of one Lua state have made. */
export class Timers {
  readonly #waiting = new Set<Timer>();
  #isClosed = false;

  constructor(private readonly clock: VirtualClock) {}

  /** Makes a timer and starts it. */
  make(name: string | undefined, plan: TimerPlan, fire: (timer: Timer) => void): Timer {
    const owner: TimerOwner = {
      admit: (timer) => !this.#isClosed && this.#waiting.add(timer).has(timer),
      release: (timer) => this.#waiting.delete(timer),
    };
    const timer = new Timer(name, plan, this.clock, fire, owner);
    timer.start();
    return timer;
  }

  get waiting(): readonly Timer[] {
    return [...this.#waiting];
  }

  /** Ends all of them, for good: their scripts are no longer in use. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#waiting) timer.stop();
  }
}
