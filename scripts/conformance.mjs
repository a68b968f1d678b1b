/** `npm run conformance`: how much of the product's API is simulated, and how Momentum's own Lua compares. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { IMPLEMENTATIONS } = require('../dist/api/implementations.js');
const { catalogue } = require('../dist/catalogue/index.js');

const callable = catalogue.entries().filter(({ kind }) => kind !== 'constant' && kind !== 'property');
const count = (source) => {
  const entries = callable.filter((entry) => entry.source === source);
  const simulated = entries.filter(({ name }) => name in IMPLEMENTATIONS);
  return `${simulated.length} of ${entries.length}`;
};
console.log('Functions and methods simulated');
console.log(`  documented              ${count('documented')}`);
console.log(`  inferred from examples  ${count('inferred')}`);
console.log(`  derived from C          ${count('c-api')}`);

const golden = new URL('../test/lua/golden/', import.meta.url);
if (existsSync(golden)) {
  const accepted = JSON.parse(readFileSync(new URL('accepted.json', golden), 'utf8'));
  const expressions = readFileSync(new URL('expressions.tsv', golden), 'latin1').trimEnd().split('\n').length;
  const scripts = readdirSync(new URL('scripts/', golden)).filter((name) => name.endsWith('.lua')).length;
  const left = (all, kind) => `${all - Object.keys(accepted[kind]).length} of ${all}`;
  console.log("Results of Momentum's own Lua that are reproduced (npm test proves it)");
  console.log(`  expressions             ${left(expressions, 'expressions')}`);
  console.log(`  scripts                 ${left(scripts, 'scripts')}`);
}
