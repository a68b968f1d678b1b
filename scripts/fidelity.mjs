/** `npm run fidelity`: writes docs/fidelity.md from docs/fidelity.json; with --check, fails when they differ. */
import { readFileSync, writeFileSync } from 'node:fs';
import prettier from 'prettier';

const DATA = new URL('../docs/fidelity.json', import.meta.url);
const PAGE = new URL('../docs/fidelity.md', import.meta.url);
const COLUMNS = { '#': 'id', Question: 'question', Here: 'answer', Option: 'option', Mark: 'mark' };

const cell = (text = '') => text.replaceAll('|', '\\|');
const line = (cells) => `| ${cells.join(' | ')} |`;

function table(choices) {
  const columns = Object.entries(COLUMNS).filter(([, key]) => choices.some((choice) => key in choice));
  return [
    line(columns.map(([title]) => title)),
    line(columns.map(() => '---')),
    ...choices.map((choice) => line(columns.map(([, key]) => cell(choice[key])))),
  ];
}

function page({ intro, sections }) {
  const parts = sections.map(({ title, text = [], choices }) => [
    `## ${title}`,
    ...(text.length > 0 ? ['', ...text] : []),
    ...(choices ? ['', ...table(choices)] : []),
  ]);
  return [
    '# Fidelity',
    '',
    '<!-- Made by `npm run fidelity` from fidelity.json. -->',
    '',
    ...intro,
    ...parts.flatMap((part) => ['', ...part]),
  ].join('\n');
}

const data = JSON.parse(readFileSync(DATA, 'utf8'));
const options = await prettier.resolveConfig(PAGE);
const text = await prettier.format(page(data), { ...options, parser: 'markdown' });
if (!process.argv.includes('--check')) writeFileSync(PAGE, text);
else if (readFileSync(PAGE, 'utf8') !== text) {
  console.error('docs/fidelity.md is not what docs/fidelity.json says: npm run fidelity');
  process.exitCode = 1;
}
