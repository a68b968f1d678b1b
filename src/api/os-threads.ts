/** Rules about threads of the operating system that some of the product's functions have. */
import { callerOf, LuaRaise, type HostCall } from '../lua';
import { contextOf, type Runtime } from './runtime';

/** For functions that may only be called on the scheduler's thread. */
export function requireScheduler({ server }: Runtime, call: HostCall, name: string): void {
  if (!contextOf(call)?.thread) return;
  const text = `${name} was called on a thread of a pool; it is only safe on the scheduler's thread. In production it may corrupt the scheduler's data: hand it to a completion function with msys.core.ECTP_COMPLETE_CALLBACK_SCHED.`;
  if (server.report('WRONG_THREAD', text, callerOf(call.L))) throw new LuaRaise(text);
}
