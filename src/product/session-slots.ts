import type { SessionLimit } from '../listeners/smtp/settings';

/** The sessions that are open, by the scopes of the limits that they count against. */
export class SessionSlots {
  readonly #open = new Map<string, number>();

  /** Takes a slot of each limit; undefined when one of them has none left. What it answers gives them back. */
  take(limits: readonly (SessionLimit | undefined)[]): (() => void) | undefined {
    const given = limits.filter((limit) => limit !== undefined);
    if (given.some(({ scope, most }) => this.#count(scope) >= most)) return undefined;
    for (const { scope } of given) this.#open.set(scope, this.#count(scope) + 1);
    return () => {
      for (const { scope } of given) this.#give(scope);
    };
  }

  #count(scope: string): number {
    return this.#open.get(scope) ?? 0;
  }

  #give(scope: string): void {
    const count = this.#count(scope) - 1;
    if (count > 0) this.#open.set(scope, count);
    else this.#open.delete(scope);
  }
}
