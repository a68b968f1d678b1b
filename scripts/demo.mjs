/** Shows the main job: a module's HTTP endpoint and console command, on a simulated server, over real sockets. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const MODULE = 'fixtures/example.lua';
const DOMAIN = 'example.com';

// Paths in messages are relative to the working directory.
process.chdir(root);
if (!existsSync('dist/index.js')) execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
const { Momentum } = await import('momentum-sim');

/** Sends a POST without a body; resolves to the response as it came over the wire. */
async function post(port, target) {
  const request = http.request({ port, path: target, method: 'POST', agent: false }).end();
  const [response] = await once(request, 'response');
  const body = (await response.toArray()).join('');
  const headers = [];
  for (let i = 0; i < response.rawHeaders.length; i += 2) {
    headers.push(`${response.rawHeaders[i]}: ${response.rawHeaders[i + 1]}`);
  }
  return { statusLine: `HTTP/1.1 ${response.statusCode} ${response.statusMessage}`, headers, body };
}

function show(title, lines) {
  console.log(`${title}\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
}

function stateOf({ name, delayed, delayNote, active, delayedCount }) {
  const note = delayNote === undefined ? '' : `, note "${delayNote}"`;
  return `${name}: delayed ${delayed}${note}, ${active} active and ${delayedCount} delayed messages`;
}

const mta = await Momentum.start({ modules: [MODULE], domains: { [DOMAIN]: { active: 2 } } });
try {
  show(`${MODULE} registered`, [
    ...mta.endpoints.map(({ method, path: base }) => `endpoint ${method} ${base}`),
    ...mta.commands.map((prefix) => `command  ${prefix}`),
  ]);

  const bound = await mta.listen({ http: 0 });
  const target = '/greeting?name=Ada';
  const { statusLine, headers, body } = await post(bound.http.port, target);
  show('HTTP', [
    `> POST ${target} HTTP/1.1`,
    ...[statusLine, ...headers, '', body].map((line) => `< ${line}`.trimEnd()),
  ]);

  show('The domain', [stateOf(mta.domain(DOMAIN))]);
  const command = `hold_domain ${DOMAIN}`;
  const answer = await mta.console(command);
  show('Console', [`> ${command}`, ...answer.lines]);
  show('The domain, afterwards', [stateOf(mta.domain(DOMAIN))]);
} finally {
  await mta.stop();
}
