/** `n` or `n/seconds` (4/config/ref-outbound-throttle-messages). */
export interface Throttle {
  readonly count: number;
  readonly millis: number;
}

/** Undefined when the text sets no limit. */
export function readThrottle(text: string | undefined): Throttle | undefined {
  const match = /^\s*(\d+)\s*(?:\/\s*(\d+)\s*)?$/.exec(text ?? '');
  const throttle = { count: Number(match?.[1] ?? 0), millis: Number(match?.[2] ?? 1) * 1000 };
  return throttle.count > 0 && throttle.millis > 0 ? throttle : undefined;
}

interface Window {
  readonly until: number;
  used: number;
}

/** How much of each throttle is used up. A window begins with the first use after the end of the one before. */
export class Throttles {
  readonly #windows = new Map<string, Window>();

  /** The instant from which one more is allowed, undefined when it is allowed now. Times in milliseconds. */
  closedUntil(key: string, throttle: Throttle, now: number): number | undefined {
    const window = this.#windows.get(key);
    return window && now < window.until && window.used >= throttle.count ? window.until : undefined;
  }

  use(key: string, throttle: Throttle, now: number): void {
    const window = this.#windows.get(key);
    if (window && now < window.until) window.used++;
    else this.#windows.set(key, { until: now + throttle.millis, used: 1 });
  }
}
