import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './cli';

/** Builds dist/ unless it is newer than everything it is made of. For one test file: two would build at once. */
export function build(): void {
  const built = path.join(ROOT, 'dist/index.js');
  const sources = ['src', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs'];
  const isFresh =
    existsSync(built) &&
    Math.max(...sources.map((name) => newest(path.join(ROOT, name)))) < statSync(built).mtimeMs;
  if (isFresh) return;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the build failed:\n${stdout}${stderr}`);
}

/** Milliseconds since 1970 of the last change of a file, or of anything in a directory. */
function newest(file: string): number {
  const stats = statSync(file);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}
