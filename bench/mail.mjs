/**
 * `npm run bench:mail`, before mail-soak.mjs: messages through a policy of three phases, in process and over a socket,
 * beside the package smtp-server with a handler that throws the message away.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compare } from './measure.mjs';
import { SmtpClient } from './smtp-client.mjs';

const require = createRequire(import.meta.url);
const { Momentum } = require('../dist/index.js');
const { SMTPServer } = require('smtp-server');

const policy = fileURLToPath(new URL('three-phases.lua', import.meta.url));
const FROM = 'letter@news.example.com';
const TO = 'someone@example.org';
const data = ['From: <letter@news.example.com>', 'Subject: News', '', 'x'.repeat(72), ''].join('\r\n');

const plain = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData: (stream, _session, done) => stream.resume().on('end', done),
});
await new Promise((resolve) => plain.listen(0, '127.0.0.1', resolve));

const mta = await Momentum.start({ modules: [policy], bindings: ['bulk'] });
const { smtp } = await mta.listen({ smtp: 0 });
const clients = {
  plain: await SmtpClient.open(plain.server.address().port),
  momentum: await SmtpClient.open(smtp.port),
};
const over = (client) => async () => {
  const code = await client.send(FROM, TO, data);
  if (code !== 250) throw new Error(`refused with ${code}`);
};

const rows = await compare(
  {
    'smtp-server, empty handler, socket': over(clients.plain),
    'momentum-sim, three phases, socket': over(clients.momentum),
    'momentum-sim, three phases, mta.smtp.send': () => mta.smtp.send({ from: FROM, to: TO, data }),
  },
  { calls: 100, rounds: 11 },
);
console.log('\nOne message');
for (const { name, ms, ratio } of rows)
  console.log(
    `  ${name.padEnd(44)} ${String(Math.round(1000 / ms)).padStart(6)} messages/s  ${ratio.toFixed(2).padStart(6)}x`,
  );

for (const client of Object.values(clients)) await client.quit();
await mta.stop();
await new Promise((resolve) => plain.close(resolve));
