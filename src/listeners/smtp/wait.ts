import type { ScheduledTimer, VirtualClock } from '../../server/clock';

/** Lets a session wait on the virtual clock; the end of the connection ends the waiting. */
export class Wait {
  #timer: ScheduledTimer | undefined;
  #resume: (() => void) | undefined;
  #isOver = false;

  constructor(private readonly clock: VirtualClock) {}

  async seconds(seconds: number): Promise<void> {
    if (this.#isOver) return;
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
      this.#timer = this.clock.schedule(this.clock.millis() + seconds * 1000, 'SMTP tarpit', resolve);
    });
    this.#resume = undefined;
    this.#timer = undefined;
  }

  /** Nobody waits any more, now and later. */
  end(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#resume?.();
  }
}
