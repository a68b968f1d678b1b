/**
 * Mutexes belong to threads of the operating system: entries of one thread exclude each other by waiting for themselves,
 * entries of different ones wait for one another.
 */
import type { LuaState } from '../vm/fengari';
import { LuaRaise, suspend } from '../vm/host';
import { osThreadOf } from './os-thread';
import { libraryError, pushBoolean, pushNumber, vmOf } from './args';

export const Kind = { normal: 0, recursive: 1, errorChecking: 2 } as const;

export const EBUSY = 16;
export const EDEADLK = 35;
const EPERM = 1;

const REASONS: Record<number, string> = {
  [EPERM]: 'Operation not permitted',
  [EDEADLK]: 'Resource deadlock avoided',
};

/** Answers true, or the number of the error as the product does; the serious ones raise. */
export function outcome(L: LuaState, error: number, what: string, operation: string): number {
  const reason = REASONS[error];
  if (reason !== undefined) libraryError(L, `failed to ${operation} ${what}: ${error} ${reason}`);
  return error === 0 ? pushBoolean(L, true) : pushNumber(L, error);
}

const forever = (what: string) => `${what} would wait forever: nothing else runs that could end the wait`;

export function wouldBlock(L: LuaState, what: string): never {
  return libraryError(L, forever(what));
}

const LOCKING = 'locking a locked mutex';

interface Waiter {
  readonly thread: object;
  readonly entry: unknown;
  readonly take: () => void;
}

export class Mutex {
  /** How often it is held. */
  private held = 0;
  private thread: object | undefined;
  /** The context of the entry that took it. */
  private entry: unknown;
  private readonly waiting: Waiter[] = [];

  constructor(private readonly kind: number) {}

  /** Leaves what `lock` answers on the stack, at once or after a wait. */
  lock(L: LuaState): number {
    const thread = osThreadOf(L);
    if (this.held > 0 && this.thread !== thread) return this.wait(L, thread);
    if (this.held > 0 && this.kind === Kind.normal) wouldBlock(L, LOCKING);
    const error = this.held > 0 && this.kind === Kind.errorChecking ? EDEADLK : 0;
    if (error === 0) this.take(thread, L.context);
    return outcome(L, error, 'mutex', 'lock');
  }

  tryLock(L: LuaState): number {
    const thread = osThreadOf(L);
    const isMine = this.thread === thread && this.kind === Kind.recursive;
    if (this.held > 0 && !isMine) return outcome(L, EBUSY, 'mutex', 'lock');
    this.take(thread, L.context);
    return outcome(L, 0, 'mutex', 'lock');
  }

  unlock(L: LuaState): number {
    const isMine = this.held > 0 && this.thread === osThreadOf(L);
    if (!isMine && this.kind !== Kind.normal) return outcome(L, EPERM, 'mutex', 'unlock');
    if (this.held > 0) this.release();
    return outcome(L, 0, 'mutex', 'unlock');
  }

  private take(thread: object, entry: unknown): void {
    this.held++;
    this.thread = thread;
    this.entry = entry;
  }

  private release(): void {
    this.held--;
    const next = this.held === 0 ? this.waiting.shift() : undefined;
    if (!next) return;
    this.take(next.thread, next.entry);
    next.take();
  }

  private wait(L: LuaState, thread: object): number {
    const vm = vmOf(L);
    const canEnd = vm.isRunning(this.entry) && !vm.options.waitsFor?.(this.entry, L.context);
    if (!canEnd || L.nny > 0) wouldBlock(L, LOCKING);
    const turn = new Promise<boolean>((resolve, reject) => {
      const waiter: Waiter = { thread, entry: L.context, take: () => done(() => resolve(true)) };
      const done = (settle: () => void) => {
        vm.entryLeft.delete(left);
        settle();
      };
      // The holder has ended and holds it still.
      const left = () => {
        if (vm.isRunning(this.entry)) return;
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        done(() => reject(new LuaRaise(forever(LOCKING))));
      };
      this.waiting.push(waiter);
      vm.entryLeft.add(left);
    });
    return suspend(L, vm, turn);
  }
}
