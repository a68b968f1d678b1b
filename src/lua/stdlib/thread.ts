/**
 * The product's `thread` library. Scripts of a simulated server never run at the same time, but they wait: a mutex
 * that another thread holds is waited for, and what would be waited for forever raises.
 */
import type { LuaState } from '../vm/fengari';
import {
  argCount,
  badArgument,
  checkFunction,
  checkInteger,
  checkNumber,
  pushBoolean,
  pushValue,
  type Library,
} from './args';
import { EBUSY, EDEADLK, Kind, Mutex, outcome, wouldBlock } from './mutex';
import { NativeClass } from './native-class';
import { notSimulated } from './not-simulated';

const mutexes: NativeClass<Mutex> = new NativeClass<Mutex>('thread.mutex', {
  lock: (L) => mutexes.check(L, 1).lock(L),
  trylock: (L) => mutexes.check(L, 1).tryLock(L),
  unlock: (L) => mutexes.check(L, 1).unlock(L),
});

function mutex(L: LuaState): number {
  const kind = argCount(L) > 0 ? checkInteger(L, 1) : Kind.errorChecking;
  if (!(Object.values(Kind) as number[]).includes(kind))
    badArgument(
      L,
      1,
      'specify one of thread.MUTEX_NORMAL, thread.MUTEX_RECURSIVE or thread.MUTEX_ERRORCHECK',
    );
  return pushValue(L, mutexes.create(L, new Mutex(kind)));
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
  acquire: (L) => conditions.check(L, 1).mutex.lock(L),
  broadcast: wake,
  release: (L) => conditions.check(L, 1).mutex.unlock(L),
  signal: wake,
  wait: waitForCondition,
});

function condition(L: LuaState): number {
  const own = new Mutex(Kind.normal);
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
