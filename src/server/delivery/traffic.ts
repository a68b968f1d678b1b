/** How many messages came in, went out, were put off, and failed for good. */
export interface Traffic {
  received: number;
  delivered: number;
  transient: number;
  failed: number;
}

export type TrafficEvent = keyof Traffic;

export const NO_TRAFFIC: Readonly<Traffic> = { received: 0, delivered: 0, transient: 0, failed: 0 };

/** Traffic of each binding; a message counts for the one that it had at the time. */
export class TrafficByBinding {
  readonly #counts = new Map<string, Traffic>();

  of(binding: string): Readonly<Traffic> {
    return this.#counts.get(binding) ?? NO_TRAFFIC;
  }

  /** Those that have had any. */
  get bindings(): string[] {
    return [...this.#counts.keys()];
  }

  count(event: TrafficEvent, binding: string): void {
    let counts = this.#counts.get(binding);
    if (!counts) this.#counts.set(binding, (counts = { ...NO_TRAFFIC }));
    counts[event]++;
  }

  reset(): void {
    this.#counts.clear();
  }
}
