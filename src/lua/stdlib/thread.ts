/**
 * The product's `thread` library. Scripts of a simulated server never run at the same time: a lock that is
 * free is taken, and one that would be waited for forever raises.
 */
import type { LuaState } from '../vm/fengari';
import {
  argCount,
  badArgument,
  checkFunction,
  checkInteger,
  checkNumber,
  libraryError,
  pushBoolean,
  pushNumber,
  pushValue,
  type Library,
} from './args';
import { NativeClass } from './native-class';
import { notSimulated } from './not-simulated';

const Kind = { normal: 0, recursive: 1, errorChecking: 2 } as const;

const EPERM = 1;
const EBUSY = 16;
const EDEADLK = 35;

const REASONS: Record<number, string> = {
  [EPERM]: 'Operation not permitted',
  [EDEADLK]: 'Resource deadlock avoided',
};

/** Answers true, or the number of the error as the product does; the serious ones raise. */
function outcome(L: LuaState, error: number, what: string, operation: string): number {
  const reason = REASONS[error];
  if (reason !== undefined) libraryError(L, `failed to ${operation} ${what}: ${error} ${reason}`);
  return error === 0 ? pushBoolean(L, true) : pushNumber(L, error);
}

function wouldBlock(L: LuaState, what: string): never {
  return libraryError(L, `${what} would wait forever: nothing else runs that could end the wait`);
}

interface Mutex {
  readonly kind: number;
  /** How often it is held. */
  held: number;
}

function lockMutex(L: LuaState, mutex: Mutex): number {
  if (mutex.held > 0 && mutex.kind === Kind.errorChecking) return EDEADLK;
  if (mutex.held > 0 && mutex.kind === Kind.normal) wouldBlock(L, 'locking a locked mutex');
  mutex.held++;
  return 0;
}

function tryMutex(mutex: Mutex): number {
  if (mutex.held > 0 && mutex.kind !== Kind.recursive) return EBUSY;
  mutex.held++;
  return 0;
}

function unlockMutex(mutex: Mutex): number {
  if (mutex.held > 0) mutex.held--;
  else if (mutex.kind !== Kind.normal) return EPERM;
  return 0;
}

const mutexes: NativeClass<Mutex> = new NativeClass<Mutex>('thread.mutex', {
  lock: (L) => outcome(L, lockMutex(L, mutexes.check(L, 1)), 'mutex', 'lock'),
  trylock: (L) => outcome(L, tryMutex(mutexes.check(L, 1)), 'mutex', 'trylock'),
  unlock: (L) => outcome(L, unlockMutex(mutexes.check(L, 1)), 'mutex', 'unlock'),
});

function mutex(L: LuaState): number {
  const kind = argCount(L) > 0 ? checkInteger(L, 1) : Kind.errorChecking;
  if (!(Object.values(Kind) as number[]).includes(kind))
    badArgument(
      L,
      1,
      'specify one of thread.MUTEX_NORMAL, thread.MUTEX_RECURSIVE or thread.MUTEX_ERRORCHECK',
    );
  return pushValue(L, mutexes.create(L, { kind, held: 0 }));
}

interface Condition {
  readonly mutex: Mutex;
}

/** A timed wait always runs out of time; the mutex is held again afterwards. */
function waitForCondition(L: LuaState): number {
  conditions.check(L, 1);
  if (argCount(L) < 2) wouldBlock(L, 'waiting for a condition');
  checkNumber(L, 2);
  return pushBoolean(L, false);
}

function wake(L: LuaState): number {
  conditions.check(L, 1);
  return 0;
}

const conditions: NativeClass<Condition> = new NativeClass<Condition>('thread.cond', {
  acquire: (L) => outcome(L, lockMutex(L, conditions.check(L, 1).mutex), 'mutex', 'lock'),
  broadcast: wake,
  release: (L) => outcome(L, unlockMutex(conditions.check(L, 1).mutex), 'mutex', 'unlock'),
  signal: wake,
  wait: waitForCondition,
});

function condition(L: LuaState): number {
  const own = { kind: Kind.normal, held: 0 };
  const shared = argCount(L) > 0 ? mutexes.check(L, 1) : own;
  return pushValue(L, conditions.create(L, { mutex: shared }));
}

interface ReadWriteLock {
  readers: number;
  isWritten: boolean;
}

function lockForReading(lock: ReadWriteLock, busy: number): number {
  if (lock.isWritten) return busy;
  lock.readers++;
  return 0;
}

function lockForWriting(L: LuaState, lock: ReadWriteLock, isTrial: boolean): number {
  if (lock.isWritten || lock.readers > 0) {
    if (isTrial) return EBUSY;
    return lock.isWritten ? EDEADLK : wouldBlock(L, 'locking a read lock for writing');
  }
  lock.isWritten = true;
  return 0;
}

function unlockReadWrite(lock: ReadWriteLock): number {
  if (lock.isWritten) lock.isWritten = false;
  else if (lock.readers > 0) lock.readers--;
  return 0;
}

const rwlocks: NativeClass<ReadWriteLock> = new NativeClass<ReadWriteLock>('thread.rwlock', {
  rdlock: (L) => outcome(L, lockForReading(rwlocks.check(L, 1), EDEADLK), 'rwlock', 'rdlock'),
  tryrdlock: (L) => outcome(L, lockForReading(rwlocks.check(L, 1), EBUSY), 'rwlock', 'tryrdlock'),
  trywrlock: (L) => outcome(L, lockForWriting(L, rwlocks.check(L, 1), true), 'rwlock', 'trywrlock'),
  unlock: (L) => outcome(L, unlockReadWrite(rwlocks.check(L, 1)), 'rwlock', 'unlock'),
  wrlock: (L) => outcome(L, lockForWriting(L, rwlocks.check(L, 1), false), 'rwlock', 'wrlock'),
});

function rwlock(L: LuaState): number {
  return pushValue(L, rwlocks.create(L, { readers: 0, isWritten: false }));
}

export const thread = {
  MUTEX_ERRORCHECK: Kind.errorChecking,
  MUTEX_NORMAL: Kind.normal,
  MUTEX_RECURSIVE: Kind.recursive,
  condition,
  create: notSimulated('thread.create', (L) => checkFunction(L, 1)),
  mutex,
  rwlock,
  sleep: notSimulated('thread.sleep', (L) => checkInteger(L, 1)),
} satisfies Record<string, Library[string] | number>;
