/** Calls that wait, locks, timers and thread pools (section 1). */
import { Momentum } from '../../../src';
import { codes, expectNotSimulated, prints, withScript, type Row } from './start';

/** Whether another entry runs while `lua` waits; `wake` lets it go on. */
async function expectSuspends(mta: Momentum, lua: string, wake: () => Promise<unknown>): Promise<unknown[]> {
  const waiting = mta.eval(`print("waits") local r = { ${lua} } print("goes on") return unpack(r)`);
  await mta.eval('print("another")');
  await wake();
  const results = await waiting;
  expect(prints(mta)).toEqual(['waits', 'another', 'goes on']);
  return results;
}

const inPool = (body: string, more = '') => `msys.runInPool("CPU", function() ${body} end${more})`;

export function waiting(row: Row): void {
  row('life-1-12a', async () => {
    const mta = await Momentum.start();
    await expectSuspends(mta, 'msys.sleep(2)', () => mta.clock.advance('2s'));
  });

  row('life-1-12b', async () => {
    const mta = await Momentum.start({ files: { '/data/list.txt': 'text' } });
    const results = await expectSuspends(mta, 'msys.readfile("/data/list.txt")', () => mta.clock.advance(0));
    expect(results).toEqual(['text']);
  });

  row('life-1-12c', () => expectNotSimulated(['msys.db.query', 'msys.db.fetch_row', 'msys.db.execute']));

  row('life-1-12d', async () => {
    const mta = await Momentum.start({ dns: {} });
    mta.dns.fail('slow.example', 'TIMEOUT');
    const results = await expectSuspends(mta, 'msys.dnsLookup("slow.example")', () =>
      mta.clock.advance('5m'),
    );
    expect(results[0]).toBeUndefined();
  });

  row('life-1-12e', async () => {
    const mta = await Momentum.start();
    const results = await expectSuspends(mta, inPool('msys.sleep(1) return "done"'), () =>
      mta.clock.advance('1s'),
    );
    expect(results).toEqual([true, 'done']);
  });

  row('life-1-12f', async () => {
    const mta = await withScript('chunk = msys.asyncOk()');
    expect(await mta.eval('msys.asyncOk(), chunk')).toEqual([true, false]);
  });

  row('life-1-13', async () => {
    const mta = await Momentum.start();
    const holder = mta.eval('msys.lock("m") msys.sleep(10) print("releases") msys.unlock("m")');
    const waiter = mta.eval(inPool('msys.lock("m") print("has it") msys.unlock("m")'));
    await mta.clock.advance('9s');
    expect(prints(mta)).toEqual([]);
    await mta.clock.advance('1s');
    await Promise.all([holder, waiter]);
    expect(prints(mta)).toEqual(['releases', 'has it']);
  });

  row('life-1-14a', async () => {
    for (const dropped of ['msys.timer.after(10, work)', 'local timer = msys.timer.after(10, work)']) {
      const mta = await withScript(`function work() print("fired") end ${dropped}`);
      await mta.clock.advance('1m');
      expect([codes(mta), prints(mta)]).toEqual([['DROPPED_TIMER'], []]);
    }
    const mta = await withScript('function work() print("fired") end t = msys.timer.after(10, work)');
    await mta.clock.advance('10s');
    expect([codes(mta), prints(mta)]).toEqual([[], ['fired']]);
  });

  row('life-1-14b', async () => {
    const mta = await withScript(`
      _OSTLS.marker = "scheduler"
      t = msys.timer.after(1, function() print(_OSTLS.marker) t:stop() end)`);
    await mta.clock.advance('1s');
    expect([codes(mta), prints(mta)]).toEqual([[], ['scheduler']]);
  });

  row('life-1-15a', async () => {
    const mta = await Momentum.start();
    expect(await mta.eval(inPool('return "done", 2'))).toEqual([true, 'done', 2]);
    expect(await mta.eval(inPool('error("broken", 0)'))).toEqual([false, 'broken']);
  });

  row('life-1-15b', async () => {
    const mta = await Momentum.start();
    const lua = `print(select("#", ${inPool('print("closure")', ', true')})) print("caller")`;
    await mta.eval(lua);
    await mta.clock.advance(0);
    expect(prints(mta)).toEqual(['0', 'caller', 'closure']);
  });

  const completions = [
    ['life-1-15c', '', 'pool'],
    ['life-1-15d', ', msys.core.ECTP_COMPLETE_CALLBACK_SCHED', 'scheduler'],
    ['life-1-15e', ', msys.core.ECTP_COMPLETE_CALLBACK', 'pool'],
  ] as const;
  for (const [id, mode, thread] of completions)
    row(id, async () => {
      const mta = await Momentum.start();
      await mta.eval('_OSTLS.name = "scheduler"');
      const completion = `, function() print("complete", _OSTLS.name) end${mode}`;
      await mta.eval(inPool('_OSTLS.name = "pool" print("closure")', completion));
      await mta.clock.advance(0);
      expect(prints(mta)).toEqual(['closure', `complete\t${thread}`]);
    });
}
