/** Conformance: messages, their contexts, SMTP, logs. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { conformance, type Row } from './harness';
import { bodyRows } from './mail/rows-body';
import { contextRows } from './mail/rows-context';
import { envelopeRows } from './mail/rows-envelope';
import { headerRows } from './mail/rows-headers';
import { logRows } from './mail/rows-logs';
import { messageRows } from './mail/rows-message';
import { smtpRows } from './mail/rows-smtp';
import { vctxRows } from './mail/rows-vctx';

const { row, end } = conformance('mail');
for (const group of [
  messageRows,
  envelopeRows,
  headerRows,
  bodyRows,
  contextRows,
  vctxRows,
  smtpRows,
  logRows,
])
  group(row);
end();

test('a row is shown, or there is a reason why a simulator cannot show it', () => {
  const read = (file: string) =>
    JSON.parse(readFileSync(path.resolve(__dirname, 'rows', file), 'utf8')) as (Row & { reason?: string })[];
  const shown = new Set(read('mail.json').map(({ id }) => id));
  const bad = read('mail-outside.json').filter(
    ({ id, fact, doc, reason }) => shown.has(id) || !fact || !doc || !reason,
  );
  expect(bad).toEqual([]);
});
