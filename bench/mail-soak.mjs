/**
 * `node bench/mail-soak.mjs [messages]`: 10,000 messages over 50 connections at once, to domains that take, delay and
 * refuse them. Checks that each is accounted for and that the logs add up, prints the heap with the messages, and checks
 * that nothing of them is left when the server has stopped.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SmtpClient } from './smtp-client.mjs';

const require = createRequire(import.meta.url);
const { Momentum } = require('../dist/index.js');

const MESSAGES = Number(process.argv[2] ?? 10_000);
const CONNECTIONS = 50;
const policy = fileURLToPath(new URL('three-phases.lua', import.meta.url));

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const MIB = 2 ** 20;
const heap = () => {
  collect();
  return process.memoryUsage().heapUsed / MIB;
};

/** What is freed in several rounds, as closed sockets are, is gone as well. */
async function settledHeap() {
  let least = heap();
  for (let round = 0; round < 10; round++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    least = Math.min(least, heap());
  }
  return least;
}

async function run(label) {
  const mta = await Momentum.start({ modules: [policy], bindings: ['bulk'] });
  mta.remote('takes.example.org').accept();
  mta.remote('delays.example.org').reply(451, '4.2.0 later');
  mta.remote('refuses.example.org').reply(550, '5.1.1 no such user');
  const domains = ['takes', 'delays', 'refuses', 'waits'].map((name) => `${name}.example.org`);
  const { smtp } = await mta.listen({ smtp: 0 });
  const from = performance.now();
  let sent = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const client = await SmtpClient.open(smtp.port);
      while (sent < MESSAGES) {
        const number = sent++;
        const data = `Subject: ${number}\r\n\r\ntext`;
        const code = await client.send(
          'me@example.com',
          `${number}@${domains[number % domains.length]}`,
          data,
        );
        if (code !== 250) throw new Error(`message ${number} was refused with ${code}`);
      }
      await client.quit();
    }),
  );
  const seconds = (performance.now() - from) / 1000;
  await mta.clock.advance('1m');
  check(mta);
  console.log(
    `${label}: ${MESSAGES} messages, ${Math.round(MESSAGES / seconds)}/s, heap ${heap().toFixed(1)} MiB`,
  );
  await mta.stop();
}

function check(mta) {
  const own = mta.messages.filter(({ method }) => method === 'esmtp');
  const count = (disposition) => own.filter((message) => message.disposition === disposition).length;
  const lines = (type) => mta.mainlog.filter((entry) => entry.type === type).length;
  const bounces = mta.messages.length - own.length;
  const facts = {
    received: [own.length, MESSAGES],
    'R lines': [lines('R'), MESSAGES + bounces],
    'delivered and D lines': [count('delivered'), lines('D')],
    'failed and P lines': [count('failed'), lines('P')],
    'all accounted for': [count('queued') + count('delivered') + count('failed'), MESSAGES],
    'a bounce for each failure': [bounces, count('failed')],
  };
  for (const [what, [got, wanted]] of Object.entries(facts))
    if (got !== wanted) throw new Error(`${what}: ${got}, expected ${wanted}`);
}

/** Compiled code and caches grow at first; each run is as large as the one before. */
const GROWTH = 3;

console.log(`before: heap ${(await settledHeap()).toFixed(1)} MiB`);
const stopped = [];
for (const label of ['first', 'second', 'third']) {
  await run(label);
  stopped.push(await settledHeap());
  console.log(`stopped: heap ${stopped.at(-1).toFixed(1)} MiB`);
}
const growth = stopped.at(-1) - stopped[0];
if (growth > GROWTH) throw new Error(`the heap has grown by ${growth.toFixed(1)} MiB in two runs`);
