import type { ThreadPoolStatistics } from './thread-pools';

/** How `threads stats` shows one pool (4/console-commands/threads): figures only once it has been used. */
export function poolSummary(concurrency: number, statistics: ThreadPoolStatistics): string {
  const lines = [`${statistics.name} thread pool: concurrency ${concurrency}`];
  if (statistics.invocations > 0)
    lines.push(
      field('Total invocations', String(statistics.invocations)),
      field('Observed average concurrency', statistics.avg_concurrency.toFixed(2)),
      field('Thread pool saturation', `${statistics.saturation.toFixed(2).padStart(5)}%`),
      field('Average wallclock time per op', `${statistics.avg_wallclock_time_per_op.toFixed(2)}ms`),
      field('Current thread count', String(statistics.num_active_threads)),
      '  [inactive threads]',
      field('Current thread count', String(statistics.num_inactive_threads)),
    );
  return lines.join('\n');
}

const field = (label: string, value: string) => `${label.padStart(32)}: ${value}`;
