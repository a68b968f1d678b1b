/** The named mutexes of a server (4/lua/ref-msys-lock). */

/** Who takes locks: an entry into Lua, on a thread of the operating system. */
export interface LockHolder {
  readonly entry: object;
  /** Undefined is the scheduler's. */
  readonly thread: object | undefined;
}

interface Waiter {
  readonly holder: LockHolder;
  readonly take: () => void;
  readonly giveUp: () => void;
}

interface Lock {
  holder: LockHolder;
  /** Its holder ended without releasing it. */
  isAbandoned: boolean;
  readonly waiting: Waiter[];
}

export class Locks {
  readonly #locks = new Map<string, Lock>();

  holderOf(name: string): LockHolder | undefined {
    return this.#locks.get(name)?.holder;
  }

  isAbandoned(name: string): boolean {
    return this.#locks.get(name)?.isAbandoned ?? false;
  }

  /** Takes a free lock. */
  take(name: string, holder: LockHolder): void {
    this.#locks.set(name, { holder, isAbandoned: false, waiting: [] });
  }

  /** Waits for its turn at a lock that is taken. Rejects with `reason()` when its turn can no longer come. */
  wait(name: string, holder: LockHolder, reason: () => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#locks.get(name)!.waiting.push({ holder, take: resolve, giveUp: () => reject(reason()) });
    });
  }

  /** Who waits, each with the holder of the lock that it waits for. */
  get waiters(): { readonly entry: object; readonly awaited: LockHolder }[] {
    return [...this.#locks.values()].flatMap(({ holder: awaited, waiting }) =>
      waiting.map(({ holder: { entry } }) => ({ entry, awaited })),
    );
  }

  /** Gives a lock to the one who has waited longest, if any. */
  release(name: string): void {
    const lock = this.#locks.get(name)!;
    const next = lock.waiting.shift();
    if (!next) {
      this.#locks.delete(name);
      return;
    }
    lock.holder = next.holder;
    next.take();
  }

  /** The holder has ended: nobody's turn comes any more, unless someone else releases the lock. */
  abandon(name: string): void {
    const lock = this.#locks.get(name)!;
    lock.isAbandoned = true;
    for (const { giveUp } of lock.waiting.splice(0)) giveUp();
  }
}
