/**
 * `node bench/http-soak.mjs [requests]`: 100,000 requests over keep-alive connections against one server. Prints the
 * rate and the heap after each tenth; the heap must not grow with the requests.
 */
import http from 'node:http';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const require = createRequire(import.meta.url);
const { HttpListener } = require('../dist/listeners/http/listener.js');
const { HttpRouter } = require('../dist/listeners/http/router.js');
const { DEFAULT_HTTP_SETTINGS } = require('../dist/listeners/http/settings.js');
const { EndpointRegistry } = require('../dist/server/http/registry.js');

const REQUESTS = Number(process.argv[2] ?? 100_000);
const CONNECTIONS = 100;
const STEPS = 10;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const fail = (error) => {
  throw error;
};

const registry = new EndpointRegistry();
registry.register('POST', '/echo', (session) => session.setPayload(session.request.body));
const router = new HttpRouter({ registry: () => registry, clock: { now: () => 0 } });
const listener = new HttpListener(router, {
  address: '*:2081',
  settings: () => DEFAULT_HTTP_SETTINGS,
  readFile: () => undefined,
  onCrash: fail,
  onProblem: fail,
});
const port = await new Promise((resolve) => {
  listener.server.listen(0, '127.0.0.1', () => resolve(listener.server.address().port));
});

const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const body = Buffer.alloc(1000, 'x');
const ask = () =>
  new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', agent, method: 'POST', path: '/echo' };
    const request = http.request(options, (response) => {
      response
        .resume()
        .on('end', () => (response.statusCode === 200 ? resolve() : reject(response.statusCode)));
    });
    request.on('error', reject).end(body);
  });

const heap = () => {
  collect();
  return process.memoryUsage().heapUsed / 1024 / 1024;
};

const each = Math.ceil(REQUESTS / STEPS / CONNECTIONS);
const heaps = [];
for (let step = 1; step <= STEPS; step++) {
  const from = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (let i = 0; i < each; i++) await ask();
    }),
  );
  const seconds = (performance.now() - from) / 1000;
  heaps.push(heap());
  const done = String(step * each * CONNECTIONS).padStart(8);
  const rate = Math.round((each * CONNECTIONS) / seconds);
  console.log(`${done} requests  ${String(rate).padStart(6)}/s  heap ${heaps.at(-1).toFixed(1)} MB`);
}
agent.destroy();
await listener.close();

// The first steps fill caches and let the engine compile.
const growth = heaps.at(-1) - heaps[2];
console.log(`growth over the last ${STEPS - 3} steps: ${growth.toFixed(2)} MB`);
if (growth > 5) process.exitCode = 1;
