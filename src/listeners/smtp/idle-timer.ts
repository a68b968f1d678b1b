import type { ScheduledTimer, VirtualClock } from '../../server/clock';

/**
 * `Idle_Time` (4/config/ref-idle-time): calls `onIdle` when nothing has happened for that long while the client was
 * waited for. What waits for a script is not idle.
 */
export class IdleTimer {
  #timer: ScheduledTimer | undefined;
  #last: number;
  #isWaiting = false;
  #isStopped = false;

  /** `seconds` of the virtual clock; 0: never. */
  constructor(
    private readonly clock: VirtualClock,
    private readonly seconds: () => number,
    private readonly onIdle: () => void,
  ) {
    this.#last = clock.millis();
    this.#schedule();
  }

  /** The client is waited for from now on, or no longer. */
  waiting(isWaiting: boolean): void {
    this.#isWaiting = isWaiting;
    this.#last = this.clock.millis();
    if (!this.#timer && !this.#isStopped) this.#schedule();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#isStopped = true;
  }

  /** One timer lives through many commands: when it fires too early, it is set anew. */
  #schedule(): void {
    const seconds = this.seconds();
    if (seconds <= 0) return;
    const due = this.#last + seconds * 1000;
    const at = due > this.clock.millis() ? due : this.clock.millis() + seconds * 1000;
    this.#timer = this.clock.schedule(at, 'SMTP Idle_Time', () => this.#fired());
  }

  #fired(): void {
    this.#timer = undefined;
    const idleFor = this.clock.millis() - this.#last;
    if (this.#isWaiting && idleFor >= this.seconds() * 1000) this.onIdle();
    else this.#schedule();
  }
}
