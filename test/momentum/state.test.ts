import { Momentum } from '../../src';
import '../../src/jest';

const OPTIONS = {
  modules: ['fixtures/example.lua', 'fixtures/query.lua'],
  domains: { 'example.com': { active: 2, delayed: [{ to: 'late@example.com', retries: 2 }] } },
};

async function use(mta: Momentum): Promise<void> {
  await mta.console('hold_domain example.com');
  await mta.request({ method: 'POST', url: '/greeting' });
  await mta.request({ url: '/query?b=1&a=2' });
  await mta.eval('print(math.random(1000000), os.time(), msys.core)');
}

test('two runs give the same snapshot', async () => {
  const [one, two] = [await Momentum.start(OPTIONS), await Momentum.start(OPTIONS)];
  await use(one);
  await use(two);
  expect(two.snapshot()).toEqual(one.snapshot());
  expect(two.journal.toJSON()).toEqual(one.journal.toJSON());
});

test('the snapshot', async () => {
  const mta = await Momentum.start(OPTIONS);
  await mta.console('hold_domain example.com');
  const snapshot = mta.snapshot();
  expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
  expect(snapshot).toMatchSnapshot();
});

test('another seed gives other ids', async () => {
  const ids = async (seed: number) =>
    (await Momentum.start({ ...OPTIONS, seed })).domain('example.com')!.messages.map(({ id }) => id);
  expect(await ids(1)).not.toEqual(await ids(2));
});

test('the journal has every call into the product', async () => {
  const mta = await Momentum.start({ ...OPTIONS, modules: ['fixtures/example.lua'] });
  await mta.console('hold_domain example.com');
  const entries = [...mta.journal].map(({ name, args, result, phase, at }) => ({
    name,
    args,
    result,
    phase,
    line: at?.line,
  }));
  expect(entries).toEqual([
    {
      name: 'msys.registerModule',
      args: ['example', { rsrc_setup: expect.any(Function) as unknown }],
      result: undefined,
      phase: 'chunk',
      line: 37,
    },
    {
      name: 'msys.httpsrv.register',
      args: ['POST', '/greeting', expect.any(Function)],
      result: 0,
      phase: 'rsrc_setup',
      line: 32,
    },
    {
      name: 'msys.registerControl',
      args: ['hold_domain', expect.any(Function)],
      result: undefined,
      phase: 'rsrc_setup',
      line: 33,
    },
    {
      name: 'msys.core.dns_get_domain',
      args: ['example.com'],
      result: '[msys.core:_domain_record]',
      phase: 'console',
      line: 22,
    },
    {
      name: 'msys.core.mail_queue_delay_domain',
      args: ['[msys.core:_domain_record]', '451 4.4.1 [internal] held by the operator'],
      result: undefined,
      phase: 'console',
      line: 27,
    },
  ]);
  expect(mta.journal.at(-1)).toMatchObject({
    sequence: 5,
    at: { file: expect.stringMatching(/fixtures\/example\.lua$/) as string },
    time: new Date('2026-01-01T00:00:00Z'),
  });
});

test('logs are told to listeners', async () => {
  const mta = await Momentum.start({ modules: ['fixtures/example.lua'] });
  const seen: string[] = [];
  const stop = mta.onLog((log, { text }) => seen.push(`${log} ${text}`));
  await mta.request({ method: 'POST', url: '/greeting' });
  await mta.eval('print("heard")');
  stop();
  await mta.eval('print("not heard")');
  expect(seen).toEqual([
    'httplog 1767225600 127.0.0.1:40000 *:2081 "POST greeting HTTP/1.1" 200 20 0.000',
    'paniclog 1767225600:scriptlet: heard',
  ]);
});
