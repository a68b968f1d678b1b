/** `npm run bench`: what a server, a request and a console command cost, against bare fengari and a bare http.Server. */
import http from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compare, report } from './measure.mjs';
import * as bare from './bare-fengari.mjs';

const require = createRequire(import.meta.url);
const { Momentum } = require('../dist/index.js');
const supertest = require('supertest');

const example = fileURLToPath(new URL('../fixtures/example.lua', import.meta.url));
const options = { modules: [example], domains: ['example.com'] };

const starts = await compare({
  'bare fengari: newstate, openlibs, load': () => bare.load(example),
  'Momentum.start of the same file, and stop': async () => (await Momentum.start(options)).stop(),
});
report('A fresh server', starts, 'aim: 3x');

const mta = await Momentum.start(options);
const [{ path }] = mta.endpoints;
const [command] = mta.commands;
const call = bare.handler();
report(
  'One call',
  await compare(
    {
      'bare fengari: a Lua function and two host calls': () => call(),
      [`mta.request POST ${path}`]: () => mta.request({ method: 'POST', url: path }),
      [`mta.console ${command} example.com`]: () => mta.console(`${command} example.com`),
    },
    { calls: 500 },
  ),
);

const plain = http.createServer((request, response) => {
  request.resume();
  response.setHeader('Content-Type', 'text/plain');
  response.end('/greeting says hello');
});
report(
  'First byte through supertest',
  await compare(
    {
      'a bare http.Server': () => supertest(plain).post(path).expect(200),
      'mta.http': () => supertest(mta.http).post(path).expect(200),
    },
    { calls: 50 },
  ),
  'aim: 1.5x',
);
await mta.stop();
