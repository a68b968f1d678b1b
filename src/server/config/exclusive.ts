import { AsyncLocalStorage } from 'node:async_hooks';

/** Work that runs one piece at a time, in the order in which it was asked for. */
export class Exclusive {
  readonly #inside = new AsyncLocalStorage<true>();
  #last: Promise<unknown> = Promise.resolve();

  /** Whether the caller is a part of such work: waiting for its turn, it would wait for itself. */
  get isInside(): boolean {
    return this.#inside.getStore() ?? false;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#inside.run(true, work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
