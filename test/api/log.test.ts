import { Momentum } from '../../src';

test('msys.log writes into the paniclog', async () => {
  await using mta = await Momentum.start({ now: '2026-01-01T00:00:00Z' });
  await mta.eval(`msys.log(msys.core.LOG_WARNING, 'dkim2 sign failed: é')`);
  expect(mta.paniclog).toMatchObject([
    { text: '1767225600:scriptlet: dkim2 sign failed: é', level: 'warning' },
  ]);
});
