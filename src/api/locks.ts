import { callerOf, LuaRaise, toDisplay, type HostCall, type LuaValue } from '../lua';
import type { LockHolder, Locks } from '../server/locks';
import type { LuaFrame } from '../support/frames';
import { waitsFor } from './background';
import { contextOf, type ApiTable, type EntryContext, type Runtime } from './runtime';
import { text } from './values';

/** Stands for calls that belong to no entry. */
const NO_ENTRY: EntryContext = { phase: 'eval' };

interface Caller extends LockHolder {
  readonly entry: EntryContext;
}

function callerHolder(call: HostCall): Caller {
  const entry = contextOf(call) ?? NO_ENTRY;
  return { entry, thread: entry.thread };
}

/** Whether the holder of a lock cannot go on before `caller` does. */
function dependsOn(locks: Locks, { entry }: LockHolder, caller: Caller): boolean {
  if (waitsFor(entry, caller.entry)) return true;
  return locks.waiters.some(
    (waiter) => waitsFor(entry, waiter.entry as EntryContext) && dependsOn(locks, waiter.awaited, caller),
  );
}

function lock(runtime: Runtime, [given]: LuaValue[], call: HostCall): undefined | Promise<undefined> {
  const { locks } = runtime.server.facilities;
  const name = text(given);
  const caller = callerHolder(call);
  const frames = callerOf(call.L);
  const holder = locks.holderOf(name);
  if (!holder) {
    locks.take(name, caller);
    watch(runtime, name, caller, frames);
    return undefined;
  }
  refuseDeadlock(runtime, name, holder, caller, frames);
  return locks
    .wait(name, caller, () => new LuaRaise(`${shown(name)} is never released: its holder has ended`))
    .then(() => watch(runtime, name, caller, frames));
}

const shown = (name: string) => `msys.lock('${toDisplay(name)}')`;

function refuseDeadlock(
  { server }: Runtime,
  name: string,
  holder: LockHolder,
  caller: Caller,
  frames: readonly LuaFrame[],
): void {
  const isGone = server.facilities.locks.isAbandoned(name);
  if (isGone || dependsOn(server.facilities.locks, holder, caller)) {
    const reason = isGone ? 'the entry that took it has ended' : 'its holder waits for this very call';
    const text = `${shown(name)} would wait forever: ${reason}.`;
    server.report('LOCK_HELD', text, frames);
    throw new LuaRaise(text);
  }
  if (holder.thread !== caller.thread) return;
  const text = `${shown(name)} waits for a session on the same thread of the operating system, which was suspended with the lock held. In production the thread is blocked, and with it the session that would release the lock. Release it before calls that suspend.`;
  server.report('LOCK_HELD', text, frames);
}

/** At its end an entry has to have released what it took. */
function watch(
  { server, background }: Runtime,
  name: string,
  { entry }: Caller,
  frames: readonly LuaFrame[],
): undefined {
  background.atEnd(entry, () => {
    if (server.facilities.locks.holderOf(name)?.entry !== entry || server.facilities.locks.isAbandoned(name))
      return;
    const text = `${shown(name)} was not released before its caller ended. In production whoever wants the lock next waits forever: call msys.unlock on every way out.`;
    server.report('LOCK_HELD', text, frames);
    server.facilities.locks.abandon(name);
  });
}

function unlock({ server }: Runtime, [given]: LuaValue[], call: HostCall): undefined {
  const name = text(given);
  const holder = server.facilities.locks.holderOf(name);
  if (!holder) throw new LuaRaise(`msys.unlock('${toDisplay(name)}'): it is not locked`);
  if (holder.thread !== callerHolder(call).thread) {
    const message = `msys.unlock('${toDisplay(name)}') was called on another thread of the operating system than msys.lock. In production its effect is undefined.`;
    if (server.report('WRONG_THREAD', message, callerOf(call.L))) throw new LuaRaise(message);
  }
  server.facilities.locks.release(name);
}

/** Named mutexes (4/lua/ref-msys-lock, 4/lua/ref-msys-unlock). Suspension does not release them. */
export const locks: ApiTable = { 'msys.lock': lock, 'msys.unlock': unlock };
