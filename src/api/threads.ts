import {
  callerOf,
  LuaError,
  LuaFunction,
  LuaLimitError,
  LuaRaise,
  type HostCall,
  type HostResult,
  type LuaTable,
  type LuaValue,
} from '../lua';
import type { ThreadPool, ThreadPoolStatistics } from '../server/thread-pools';
import { poolSummary } from '../server/thread-pool-summary';
import { coreConstant } from './constants';
import { requireScheduler } from './os-threads';
import { contextOf, type ApiTable, type EntryContext, type Runtime } from './runtime';
import { text } from './values';

function findPool({ server }: Runtime, key: LuaValue): ThreadPool | undefined {
  return server.facilities.threadPools.find(typeof key === 'number' ? key : text(key));
}

function runInPool(
  runtime: Runtime,
  [key, closure, mode, completionMode]: LuaValue[],
  call: HostCall,
): HostResult | Promise<HostResult> {
  const pool = findPool(runtime, key);
  if (!pool) throw new LuaRaise(`bad argument #1 to 'runInPool' (no thread pool '${text(key)}')`);
  const f = closure as LuaFunction;
  if (mode === undefined || mode === false) return runAndWait(runtime, pool, f, call);
  const completion = mode instanceof LuaFunction ? mode : undefined;
  const onScheduler = completion && completionMode === coreConstant(runtime, 'ECTP_COMPLETE_CALLBACK_SCHED');
  return queue(runtime, pool, f, completion, onScheduler ? 'scheduler' : 'pool', call);
}

/** The caller waits, and gets what `pcall` would give. */
function runAndWait(runtime: Runtime, pool: ThreadPool, f: LuaFunction, call: HostCall): Promise<LuaValue[]> {
  const caller = contextOf(call);
  refuseSelfWait(pool, caller);
  return asPcall(
    pool.submit((thread) =>
      runtime.vm.call(f, [], { ...contextFor(caller), thread: thread ?? caller?.thread, caller }),
    ).done,
  );
}

/** Console output of a closure that is waited for goes where its caller's goes. */
const contextFor = (caller: EntryContext | undefined): EntryContext => caller ?? { phase: 'pool' };

/** A pool whose threads all wait for one more of its threads will wait for ever. */
function refuseSelfWait(pool: ThreadPool, caller: EntryContext | undefined): void {
  const waiting = new Set<object>();
  for (let context = caller; context; context = context.caller)
    if (context.thread && pool.owns(context.thread)) waiting.add(context.thread);
  if (waiting.size > 0 && waiting.size >= pool.concurrency)
    throw new LuaRaise(
      `msys.runInPool would wait forever: all ${pool.concurrency} threads of the pool '${pool.name}' wait for this call`,
    );
}

async function asPcall(results: Promise<LuaValue[]>): Promise<LuaValue[]> {
  try {
    return [true, ...(await results)];
  } catch (error) {
    if (!(error instanceof LuaError) || error instanceof LuaLimitError) throw error;
    return [false, error.value as LuaValue];
  }
}

/** Nobody waits; what the closure prints goes into the paniclog. */
function queue(
  runtime: Runtime,
  pool: ThreadPool,
  f: LuaFunction,
  completion: LuaFunction | undefined,
  completeOn: 'pool' | 'scheduler',
  call: HostCall,
): HostResult | Promise<HostResult> {
  const { vm, background } = runtime;
  const callerThread = contextOf(call)?.thread;
  const kept = [f, completion].map((closure) => closure && vm.retain(closure));
  const { admitted, done } = pool.submit(async (own) => {
    const thread = own ?? callerThread;
    await vm.call(f, [], { phase: 'pool', thread });
    if (completion && completeOn === 'pool') await vm.call(completion, [], { phase: 'pool', thread });
  });
  background.run(async () => {
    try {
      await done;
      if (completion && completeOn === 'scheduler') await vm.call(completion, [], { phase: 'pool' });
    } finally {
      for (const release of kept) release?.();
    }
  });
  return admitted ? admitted.then(() => []) : [];
}

/** The simulated server has one event loop, its scheduler's. */
function runInInst(runtime: Runtime, [, closure]: LuaValue[], call: HostCall): Promise<LuaValue[]> {
  const caller = contextOf(call);
  if (!caller?.thread) {
    const text =
      'msys.runInInst was called on the master scheduler, which may trigger the watchdog: call it in a thread pool with msys.runInPool.';
    runtime.server.report('SCHEDULER_BLOCKED', text, callerOf(call.L));
  }
  const context: EntryContext = { ...contextFor(caller), thread: undefined, caller };
  const results = Promise.resolve().then(() => runtime.vm.call(closure as LuaFunction, [], context));
  return asPcall(results);
}

/** A table of the figures, which prints itself as `threads stats` does. */
function statisticsTable({ vm }: Runtime, pool: ThreadPool): LuaTable {
  const { statistics } = pool;
  const table = vm.newTable();
  for (const name of Object.keys(statistics) as (keyof ThreadPoolStatistics)[])
    table.set(name, statistics[name]);
  const metatable = vm.newTable();
  metatable.set(
    '__tostring',
    vm.hostFunction(() => poolSummary(pool.concurrency, statistics)),
  );
  table.setMetatable(metatable);
  return table;
}

/** Thread pools (4/lua/ref-msys-runinpool, -runininst, -threadpool-count, -find, -stat). */
export const threads: ApiTable = {
  'msys.runInPool': runInPool,
  'msys.runInInst': runInInst,
  'msys.threadpool.count': ({ server }) => server.facilities.threadPools.length,
  'msys.threadpool.find': (runtime, [key]) => {
    const pool = findPool(runtime, key);
    return typeof key === 'number' ? pool?.name : pool?.id;
  },
  'msys.threadpool.stat': (runtime, [key], call) => {
    requireScheduler(runtime, call, 'msys.threadpool.stat');
    const pool = findPool(runtime, key);
    return pool && statisticsTable(runtime, pool);
  },
};
