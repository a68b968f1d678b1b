/**
 * `node run-engine.mjs ENGINE ROUNDS FILE...`: loads and runs the programs, ROUNDS times in turn in one process, as the
 * tests of a module would; prints a line of JSON for each: its best and its first time in milliseconds (the first with
 * loading), and its answer.
 */
import { readFileSync } from 'node:fs';
import { ENGINES } from './engines.mjs';

const [engine, rounds, ...files] = process.argv.slice(2);
const load = ENGINES[engine]();
const programs = files.map((file) => ({ text: readFileSync(file, 'latin1'), best: Infinity }));
for (let round = 0; round < Number(rounds); round++) {
  for (const program of programs) {
    const from = performance.now();
    program.run ??= load(program.text);
    program.answer = program.run();
    const ms = performance.now() - from;
    program.first ??= ms;
    program.best = Math.min(program.best, ms);
  }
}
for (const { first, best, answer } of programs) console.log(JSON.stringify({ first, best, answer }));
