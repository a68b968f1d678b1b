/** Conformance: domains, queues, bindings, DNS. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { conformance, type Row } from './harness';
import { bindings } from './queues/bindings';
import { consoleViews } from './queues/console';
import { delivery } from './queues/delivery';
import { dns } from './queues/dns';
import { hosts } from './queues/hosts';
import { model } from './queues/model';
import { operations } from './queues/operations';
import { retries } from './queues/retries';
import { routing } from './queues/routing';

const { row, end } = conformance('queues');
for (const group of [model, operations, retries, delivery, routing, hosts, bindings, dns, consoleViews])
  group(row);
end();

test('a row is shown, or there is a reason why a simulator cannot show it', () => {
  const read = (file: string) =>
    JSON.parse(readFileSync(path.resolve(__dirname, 'rows', file), 'utf8')) as (Row & { reason?: string })[];
  const shown = new Set(read('queues.json').map(({ id }) => id));
  const bad = read('queues-outside.json').filter(
    ({ id, fact, doc, reason }) => shown.has(id) || !fact || !doc || !reason,
  );
  expect(bad).toEqual([]);
});
