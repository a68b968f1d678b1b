/** Conformance: lifecycle, policy phases and hooks. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { conformance } from './harness';
import { hookCalls } from './life/hook-calls';
import { hooks } from './life/hooks';
import { language } from './life/language';
import { lifecycle } from './life/lifecycle';
import { loading } from './life/loading';
import { modules } from './life/modules';
import { phases } from './life/phases';
import { survival } from './life/survival';
import { validity } from './life/validity';
import { waiting } from './life/waiting';

const { row, end } = conformance('life');
const GROUPS = [language, waiting, loading, modules, lifecycle, survival, phases, validity, hooks, hookCalls];
for (const group of GROUPS) group(row);
end();

test('a row is shown, or there is a reason why a simulator cannot show it', () => {
  const read = (file: string) =>
    JSON.parse(readFileSync(path.resolve(__dirname, 'rows', file), 'utf8')) as Record<string, string>[];
  const shown = new Set(read('life.json').map(({ id }) => id));
  const outside = read('life-outside.json');
  expect(outside.filter(({ id, fact, doc, reason }) => shown.has(id) || !fact || !doc || !reason)).toEqual(
    [],
  );
});
