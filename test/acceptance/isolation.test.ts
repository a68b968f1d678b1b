import request from 'supertest';
import { Momentum } from '../../src';
import '../../src/jest';
import { Program, ROOT } from '../helpers/cli';

const options = { modules: ['fixtures/stateful.lua'], domains: ['example.com'] };
const count = async (mta: Momentum) => Number((await mta.request({ method: 'POST', url: '/count' })).text);

test('two servers share nothing', async () => {
  const [one, two] = await Promise.all([Momentum.start(options), Momentum.start(options)]);
  expect([await count(one), await count(one), await count(two)]).toEqual([1, 2, 1]);
  await one.eval('string.upper = nil; msys.core.extra = 1; shared = true');
  expect(await two.eval('type(string.upper), rawget(msys.core, "extra"), shared')).toEqual([
    'function',
    undefined,
    undefined,
  ]);
  await one.clock.advance('1h');
  one.domains.remove('example.com');
  expect(two.clock.now()).toEqual(new Date('2026-01-01T00:00:00Z'));
  expect(two.domain('example.com')).toBeDefined();
  await one.stop();
  expect(await count(two)).toBe(2);
});

test('200 requests at the same time', async () => {
  const mta = await Momentum.start(options);
  const responses = await Promise.all(Array.from({ length: 200 }, () => request(mta.http).post('/count')));
  const numbers = responses.map(({ text }) => Number(text)).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  expect(mta.httplog).toHaveLength(200);
});

test('a stopped server keeps no process alive', async () => {
  const program = `
    const { Momentum } = require('./src');
    (async () => {
      const mta = await Momentum.start({ modules: ['fixtures/stateful.lua'] });
      const { http } = await mta.listen({ http: 0, control: 0 });
      const response = await fetch('http://127.0.0.1:' + http.port + '/count', { method: 'POST' });
      console.log(await response.text(), String(await mta.console('count_reset')).trim());
      await mta.stop();
      console.log('stopped');
    })();`;
  const typescript = require.resolve('../helpers/typescript.cjs');
  const run = new Program(process.execPath, ['-r', typescript, '-e', program], { cwd: ROOT });
  expect(await run.outcome()).toMatchObject({ status: 0, stdout: '1 was 1\nstopped\n', stderr: '' });
}, 30_000);
