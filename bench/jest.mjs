/**
 * `node bench/jest.mjs`: what a module's tests cost in jest. A project with 200 tests, each with a server of its own that
 * answers a request and a console command, against a project with one empty test; jest in one process, the package
 * from dist/. Prints seconds, the median of the rounds.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './measure.mjs';

const TESTS = 200;
const ROUNDS = 3;
const AIM_SECONDS = 2;

const at = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');

const EMPTY = `test('nothing', () => undefined);\n`;
const MODULE = `
const { Momentum } = require('momentum-sim');
const path = require('node:path');

test.each(Array.from({ length: ${TESTS} }, (_, i) => i))('server %i', async () => {
  const mta = await Momentum.start({
    modules: [path.join(__dirname, 'example.lua')],
    domains: ['example.com'],
  });
  const [endpoint] = mta.endpoints;
  const [command] = mta.commands;
  const response = await mta.request({ method: 'POST', url: endpoint.path });
  expect(response.status).toBe(200);
  expect(await mta.console(command + ' example.com')).not.toBe('');
  await mta.stop();
});
`;

function project(root, name, test) {
  const directory = path.join(root, name);
  mkdirSync(directory);
  cpSync(at('fixtures/example.lua'), path.join(directory, 'example.lua'));
  writeFileSync(path.join(directory, 'module.test.js'), test);
  const config = {
    rootDir: directory,
    transform: {},
    moduleNameMapper: { '^momentum-sim$': at('dist/index.js') },
  };
  return [jest, '--runInBand', '--silent', '--config', JSON.stringify(config)];
}

function secondsOf(args) {
  const from = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return (performance.now() - from) / 1000;
}

const root = mkdtempSync(path.join(tmpdir(), 'momentum-sim-bench-'));
try {
  const empty = project(root, 'empty', EMPTY);
  const full = project(root, 'full', MODULE);
  const times = { empty: [], full: [] };
  for (let round = 0; round < ROUNDS; round++) {
    times.empty.push(secondsOf(empty));
    times.full.push(secondsOf(full));
  }
  const [base, all] = [median(times.empty), median(times.full)];
  console.log(`jest with one empty test           ${base.toFixed(2).padStart(6)} s`);
  console.log(`jest with ${TESTS} servers             ${all.toFixed(2).padStart(6)} s`);
  console.log(
    `on top                             ${(all - base).toFixed(2).padStart(6)} s  (aim: < ${AIM_SECONDS} s)`,
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}
