/** `threads …` (4/console-commands/threads). */
import { poolSummary } from '../../thread-pool-summary';
import type { BuiltinCommand, CommandCall } from './command';

const DOC = '4/console-commands/threads';

const queueCommand = (pool: 'IO' | 'CPU'): BuiltinCommand => ({
  name: `threads ${pool.toLowerCase()} queue`,
  summary: `the jobs that wait in the ${pool} pool`,
  doc: DOC,
  run({ server }) {
    const jobs = server.facilities.threadPools.find(pool)!.statistics.job_num_queued;
    return { text: `Jobs in the ${pool} pool\n${jobs} jobs\n`, data: { pool, jobs } };
  },
});

function stats({ server }: CommandCall) {
  const pools = [...server.facilities.threadPools].map(({ concurrency, statistics }) => ({
    concurrency,
    ...statistics,
  }));
  const text = pools.map((pool) => `${poolSummary(pool.concurrency, pool)}\n`).join('');
  return { text, data: { pools } };
}

export const threadCommands: readonly BuiltinCommand[] = [
  { name: 'threads stats', summary: 'figures of all thread pools', doc: DOC, run: stats },
  queueCommand('IO'),
  queueCommand('CPU'),
];
