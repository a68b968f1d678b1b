import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { RULES } from '../../src/server/rules';

const PAGES = path.resolve(__dirname, '../../docs/diagnostics');

it('each rule has its page, and each page its rule', () => {
  const pages = readdirSync(PAGES).filter((file) => file !== 'README.md');
  expect(pages.sort()).toEqual(
    Object.keys(RULES)
      .map((code) => `${code}.md`)
      .sort(),
  );
});

test.each(Object.entries(RULES))('the page of %s says what the rule says', (code, rule) => {
  const page = readFileSync(path.join(PAGES, `${code}.md`), 'utf8');
  expect(page).toContain(`# ${code}\n\nSeverity: ${rule.severity}.\n`);
  if ('doc' in rule) expect(page).toContain(`\`${rule.doc}\``);
});
