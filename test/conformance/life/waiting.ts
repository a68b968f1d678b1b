/** Calls that wait, locks, timers and thread pools (section 1). */
import { Momentum, type MomentumOptions } from '../../../src';
import { callout, MAIL, untilWaiting } from './mail';
import { codes, prints, withModule, withScript, type Row } from './start';

/**
 * Whether another session goes on while `lua`, in a callout, suspends one; `wake` lets it go on. Answers what the
 * expression gave.
 */
async function expectSuspends(
  lua: string,
  wake: (mta: Momentum) => unknown,
  options: MomentumOptions = {},
): Promise<string | undefined> {
  const mta = await withModule(
    callout(
      'validate_mailfrom',
      `if tostring(str):find("slow") then print("waits") print("goes on", ${lua}) else print("another") end`,
    ),
    options,
  );
  const sessions = [mta.smtp.session(), mta.smtp.session()] as const;
  for (const session of sessions) await session.ehlo();
  const waiting = sessions[0].mail('slow@example.com');
  expect(await sessions[1].mail('other@example.com')).toMatchObject({ code: 250 });
  await wake(mta);
  expect(await waiting).toMatchObject({ code: 250 });
  const [first, second, last, ...more] = prints(mta);
  expect([first, second, ...more]).toEqual(['waits', 'another']);
  return last?.replace(/^goes on\t/, '');
}

const inPool = (body: string, more = '') => `msys.runInPool("CPU", function() ${body} end${more})`;

export function waiting(row: Row): void {
  row('life-1-12a', async () => {
    expect(await expectSuspends('msys.sleep(2)', (mta) => mta.clock.advance('2s'))).toBe('nil');
  });

  row('life-1-12b', async () => {
    const read = 'msys.readfile("/data/list.txt")';
    const options = { files: { '/data/list.txt': 'text' } };
    expect(await expectSuspends(read, (mta) => mta.clock.advance(0), options)).toBe('text');
  });

  row('life-1-12c', async () => {
    for (const [lua, expected] of [
      ['msys.db.query("db", "SELECT a")().a', '1'],
      ['msys.db.fetch_row("db", "SELECT a").a', '1'],
      ['msys.db.execute("db", "SELECT a")', 'true'],
    ] as const) {
      let answer: (rows: object[]) => void = () => undefined;
      const rows = () => new Promise<object[]>((resolve) => (answer = resolve));
      const wake = () => answer([{ a: 1 }]);
      expect([lua, await expectSuspends(lua, wake, { datasources: { db: { rows } } })]).toEqual([
        lua,
        expected,
      ]);
    }
  });

  row('life-1-12d', async () => {
    const wake = (mta: Momentum) => mta.clock.advance('5s');
    const dns = { 'slow.example': { A: '192.0.2.1', delay: '5s' } };
    expect(await expectSuspends('msys.dnsLookup("slow.example")[1]', wake, { dns })).toBe('192.0.2.1');
  });

  row('life-1-12e', async () => {
    const wake = (mta: Momentum) => mta.clock.advance('1s');
    expect(await expectSuspends(inPool('msys.sleep(1) return "done"'), wake)).toBe('true\tdone');
  });

  row('life-1-12f', async () => {
    const mta = await withModule(
      `chunk = msys.asyncOk() ${callout('validate_data', 'print(msys.asyncOk(), chunk)')}`,
    );
    await mta.smtp.send(MAIL);
    expect(prints(mta)).toEqual(['true\tfalse']);
  });

  row('life-1-13', async () => {
    const hold = 'msys.lock("m") msys.sleep(10) print("releases") msys.unlock("m")';
    const wait = inPool('msys.lock("m") print("has it") msys.unlock("m")');
    const mta = await withModule(
      callout('validate_ehlo', `if tostring(str):find("holder") then ${hold} else ${wait} end`),
    );
    const holder = mta.smtp.session().ehlo('holder');
    await untilWaiting(mta);
    const waiter = mta.smtp.session().ehlo('waiter');
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
