/** Builds dist/ from src/: JavaScript, type declarations, and the data files that are read at run time. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const at = (...names) => path.join(root, ...names);
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

// What is gone from src must not live on in dist.
rmSync(at('dist'), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, '-p', at('tsconfig.build.json')], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);
cpSync(at('src', 'catalogue', 'data'), at('dist', 'catalogue', 'data'), { recursive: true });
chmodSync(at('dist', 'cli', 'main.js'), 0o755);
