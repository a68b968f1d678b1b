/**
 * Timing that compares: each contender runs in turn, round after round, so that a change in the machine's speed
 * meets all of them; the ratio is the median of the rounds' ratios.
 */
const now = () => Number(process.hrtime.bigint()) / 1e6;

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};

/** Milliseconds per call of each contender ({ name: function }), and of each against the first. */
export async function compare(contenders, { rounds = 15, calls = 200, warmup = 3 } = {}) {
  const entries = Object.entries(contenders);
  const times = new Map(entries.map(([name]) => [name, []]));
  for (let round = -warmup; round < rounds; round++) {
    for (const [name, run] of entries) {
      const from = now();
      for (let i = 0; i < calls; i++) await run();
      if (round >= 0) times.get(name).push((now() - from) / calls);
    }
  }
  const [[, base]] = [...times];
  return entries.map(([name]) => {
    const own = times.get(name);
    return { name, ms: median(own), ratio: median(own.map((ms, i) => ms / base[i])) };
  });
}

export function report(title, rows, note = '') {
  console.log(`\n${title}${note && `  (${note})`}`);
  for (const { name, ms, ratio } of rows)
    console.log(`  ${name.padEnd(44)} ${ms.toFixed(4).padStart(9)} ms  ${ratio.toFixed(2).padStart(6)}x`);
}
