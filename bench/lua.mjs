/**
 * `npm run bench:lua [PART OF A NAME]`: Lua programs in lua5.1 (C), in the package and in plain fengari. Warm: the best of several
 * rounds of all programs in one process. Cold: the first run in a new process, loading included.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const AIMS = { geometricMean: 8, each: 20 };
const ROUNDS = 12;
const FENGARI_ROUNDS = 4;

const at = (name) => fileURLToPath(new URL(`lua/${name}`, import.meta.url));
const [wanted = ''] = process.argv.slice(2);
const files = readdirSync(at('programs')).filter((name) => name.endsWith('.lua') && name.includes(wanted));
const paths = files.map((name) => at(`programs/${name}`));

function linesOf(program, ...args) {
  const { status, error, stdout, stderr } = spawnSync(program, args.map(String), { encoding: 'latin1' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args[0]}: ${stderr}`);
  return stdout.trimEnd().split('\n');
}

const engine = (name, rounds, of) =>
  linesOf(process.execPath, at('run-engine.mjs'), name, rounds, ...of).map((line) => JSON.parse(line));

const reference = linesOf('lua5.1', at('run.lua'), ROUNDS, ...paths).map((line) => {
  const [best, answer] = line.split('\t');
  return { best: Number(best), answer };
});
const warm = engine('momentum', ROUNDS, paths);
const fengari = engine('fengari', FENGARI_ROUNDS, paths);
const cold = paths.map((path) => engine('momentum', 1, [path])[0]);

const rows = files.map((file, i) => {
  const name = file.replace('.lua', '');
  const answers = [reference, warm, fengari, cold].map((results) => results[i].answer);
  if (new Set(answers).size > 1) throw new Error(`${name}: the answers differ: ${answers.join(' / ')}`);
  return {
    name,
    times: [reference[i].best, warm[i].best, cold[i].first, fengari[i].best],
    ratios: [warm[i].best / reference[i].best, warm[i].best / fengari[i].best],
  };
});

const line = (name, times, ratios) =>
  console.log(
    name.padEnd(20) +
      times.map((ms) => (typeof ms === 'number' ? ms.toFixed(2) : ms).padStart(10)).join('') +
      ratios
        .map((ratio) => (typeof ratio === 'number' ? `${ratio.toFixed(2)}x` : ratio).padStart(12))
        .join(''),
  );

line('milliseconds', ['lua5.1', 'warm', 'cold', 'fengari'], ['to lua5.1', 'to fengari']);
for (const { name, times, ratios } of rows) line(name, times, ratios);
const mean = [0, 1].map((which) =>
  Math.exp(rows.reduce((sum, { ratios }) => sum + Math.log(ratios[which]), 0) / rows.length),
);
line('geometric mean', ['', '', '', ''], mean);

const misses = rows.filter(({ ratios: [toLua, toFengari] }) => toLua > AIMS.each || toFengari > 1);
console.log(
  `\naims: mean <= ${AIMS.geometricMean}x of lua5.1 (${mean[0] <= AIMS.geometricMean ? 'met' : 'missed'}); ` +
    `each <= ${AIMS.each}x and not slower than fengari (${misses.map(({ name }) => name).join(', ') || 'met'})`,
);
