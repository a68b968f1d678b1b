/** The choices about time, threads and the functions of the runtime. */
import { Momentum } from '../../src';
import { choices } from './harness';
import { codes, prints, withModule, withScript } from './life/start';

const { row, end } = choices('R');

const inPool = (pool: string, body: string, more = '') =>
  `msys.runInPool("${pool}", function() ${body} end${more})`;

/** The results of a Lua expression in a server of its own. */
const evaluate = async (lua: string) => (await Momentum.start()).eval(lua);

row('R1', async () => {
  const lua = 'function work() print("fired") end local t t = msys.timer.every(10, function() work(t) end)';
  const dropped = await withScript(lua);
  await dropped.clock.advance('1m');
  expect([codes(dropped), prints(dropped)]).toEqual([['DROPPED_TIMER'], []]);
  const goesOn = await withScript(lua, { strict: { DROPPED_TIMER: 'warn', SILENT_SCRIPT: 'off' } });
  await goesOn.clock.advance('1m');
  expect([codes(goesOn), prints(goesOn)]).toEqual([['DROPPED_TIMER'], Array(6).fill('fired')]);

  const later = await withScript(
    'function work() print("fired") end t = msys.timer.every(10, function() work() end)',
  );
  await later.clock.advance('20s');
  await later.eval('t = nil');
  await later.clock.advance('1m');
  expect([codes(later), prints(later)]).toEqual([['DROPPED_TIMER'], ['fired', 'fired', 'fired']]);
});

row('R2', async () => {
  for (const call of ['every(0, print)', 'every(-1, print)', 'after(1/0, print)', 'at(0/0, print)'])
    await expect(evaluate(`msys.timer.${call}`)).rejects.toThrow(
      `bad argument #1 to '${call.split('(')[0]!}'`,
    );
});

row('R3', async () => {
  const mta = await Momentum.start();
  await mta.eval(inPool('CPU', 'print("job")', ', true'));
  await mta.clock.advance(0);
  expect(prints(mta)).toEqual(['job']);
});

row('R4', async () => {
  const loading = await withScript(
    't = msys.timer.after(1, function() print("late", os.time()) end) msys.sleep(30)',
    {
      now: '2026-01-01T00:00:00Z',
    },
  );
  await loading.clock.advance(0);
  expect([codes(loading), prints(loading)]).toEqual([['SCHEDULER_BLOCKED'], ['late\t1767225630']]);
  const mta = await Momentum.start();
  const start = mta.clock.millis();
  await mta.eval('return setmetatable({}, { __index = function() msys.sleep(3) return 1 end }).x');
  await mta.eval('t = msys.timer.after(1, function() msys.sleep(10) end)');
  await mta.clock.advance('1s');
  expect([codes(mta), mta.clock.millis() - start]).toEqual([
    ['SCHEDULER_BLOCKED', 'SCHEDULER_BLOCKED'],
    14_000,
  ]);
  const silent = await Momentum.start({ strict: { SCHEDULER_BLOCKED: 'off' } });
  await silent.eval('return setmetatable({}, { __index = function() msys.sleep(3) return 1 end }).x');
  expect(codes(silent)).toEqual([]);
});

row('R5', async () => {
  const mta = await withModule(`
    local function ask(where) print(where, msys.asyncOk()) end
    ask("chunk")
    function mod:init() ask("init") t = msys.timer.after(1, function() ask("timer") end) return true end
    function mod:rsrc_setup()
      msys.httpsrv.register("GET", "/", function() ask("http") end)
      msys.registerControl("ask", function() print(msys.asyncOk()) end)
      return true
    end
    function mod:core_log_reopen() ask("hook") end`);
  await mta.request({ url: '/' });
  await mta.console('reopen logs');
  await mta.clock.advance('1s');
  expect(prints(mta)).toEqual(['chunk\tfalse', 'init\tfalse', 'http\ttrue', 'hook\ttrue', 'timer\tfalse']);
  expect(String(await mta.console('ask'))).toBe('true\n');
  expect(await mta.eval(`msys.asyncOk(), ${inPool('CPU', 'return msys.asyncOk()')}`)).toEqual([
    true,
    true,
    false,
  ]);
});

row('R6', async () => {
  const mta = await Momentum.start();
  const names = 'CPU IO SWAPOUT SWAPIN CLOSE UNLINK BATCH_UNLINK SPOOLIN'.split(' ');
  for (const [id, name] of names.entries())
    expect(await mta.eval(`msys.threadpool.find(${id}), msys.threadpool.find("${name}")`)).toEqual([
      name,
      id,
    ]);
  const printed = names.map((name) => `tostring(msys.threadpool.stat("${name}")):match("concurrency (%d+)")`);
  expect(await mta.eval(printed.join(', '))).toEqual(['4', '50', '5', '5', '0', '6', '4', '1']);
});

row('R7', () => expect(evaluate(inPool('NONE', ''))).rejects.toThrow("no thread pool 'NONE'"));

row('R8', async () => {
  const lua = `_OSTLS.mark = "caller" return ${inPool('CLOSE', 'return _OSTLS.mark')}`;
  expect(await evaluate(lua)).toEqual([true, 'caller']);
});

row('R9', async () => {
  const mta = await Momentum.start();
  await mta.eval(inPool('CPU', 'error("broken")', ', function() print("complete") end'));
  await mta.clock.advance(0);
  expect(prints(mta)).toEqual([expect.stringContaining('broken')]);
});

row('R10', async () => {
  const mta = await withScript(`msys.registerControl("go", function()
    ${inPool('IO', 'print("waited for")')}
    ${inPool('IO', 'print("nobody waits")', ', true')}
  end)`);
  expect(String(await mta.console('go'))).toBe('waited for\n');
  await mta.clock.advance(0);
  expect(prints(mta)).toEqual(['nobody waits']);
});

row('R11', async () => {
  const run =
    'msys.runInInst(msys.core.scheduler_for_domain("a.example"), function() return _OSTLS.mark end)';
  const mta = await Momentum.start();
  await mta.eval('_OSTLS.mark = "scheduler"');
  expect(await mta.eval(inPool('IO', `return ${run}`))).toEqual([true, true, 'scheduler']);
  expect(codes(mta)).toEqual([]);
  expect(await mta.eval(run)).toEqual([true, 'scheduler']);
  expect(codes(mta)).toEqual(['SCHEDULER_BLOCKED']);
});

row('R12', async () => {
  const hold = 'msys.lock("m") msys.sleep(1) print("releases") msys.unlock("m")';
  for (const [waiter, expected] of [
    [inPool('CPU', 'msys.lock("m") print("has it") msys.unlock("m")'), []],
    ['msys.lock("m") print("has it") msys.unlock("m")', ['LOCK_HELD']],
  ] as const) {
    const mta = await Momentum.start();
    const both = [mta.eval(hold), mta.eval(waiter)];
    await mta.clock.advance('1s');
    await Promise.all(both);
    expect([prints(mta), codes(mta)]).toEqual([['releases', 'has it'], expected]);
  }
  const mta = await Momentum.start();
  await expect(mta.eval('msys.lock("m") msys.lock("m")')).rejects.toThrow('would wait forever');
  expect(codes(mta)).toContain('LOCK_HELD');
});

row('R13', async () => {
  const mta = await Momentum.start();
  await mta.eval('msys.counter.add("/path", 2) msys.counter.unlink("/path")');
  expect(await mta.eval('msys.counter.read("/path"), msys.counter.read("/none")')).toEqual([2, 0]);
  await mta.clock.advance('299s');
  expect(await mta.eval('msys.counter.read("/path")')).toEqual([2]);
  await mta.clock.advance('1s');
  expect(await mta.eval('msys.counter.read("/path")')).toEqual([0]);
});

row('R14', async () => {
  const folded = (await evaluate('msys.base64.encode(("x"):rep(114), true)'))[0] as string;
  expect(folded.split('\r\n').map(({ length }) => length)).toEqual([76, 76, 0]);
  await expect(evaluate('msys.base64.decode("Zg=")')).rejects.toThrow('cannot be decoded');
});

row('R15', async () => {
  expect(await evaluate('msys.qp.encode("a\\r\\nb\\nc\\rd")')).toEqual(['a\r\nb=0Ac=0Dd']);
  const stuffed = `msys.qp.encode(".a\\r\\n.b\\r\\n" .. ("x"):rep(75) .. ".c", nil, true)`;
  expect(await evaluate(stuffed)).toEqual([`.a\r\n.b\r\n${'x'.repeat(75)}=\r\n..c`]);
});

row('R16', async () => {
  expect(await evaluate('msys.idn.to_idn("a..b")')).toEqual([undefined, "'a..b' cannot be converted to IDN"]);
});

row('R17', async () => {
  const mta = await Momentum.start();
  const get = (key: string) => `msys.gauge_cache.get("c", "${key}")`;
  await mta.eval('msys.gauge_cache.define("c", 2, 60)');
  for (const key of ['a', 'b', 'a', 'd']) await mta.eval(`msys.gauge_cache.inc("c", "${key}")`);
  expect(await mta.eval(['a', 'b', 'd', 'unknown'].map(get).join(', '))).toEqual([2, 0, 1, 0]);
  await expect(mta.eval('msys.gauge_cache.inc("none", "a")')).rejects.toThrow(
    "there is no gauge cache 'none'",
  );
});

row('R18', async () => {
  const mta = await Momentum.start({ now: '2026-01-01T00:00:50Z' });
  const define = 'msys.audit_series.define("s", "string", 60, 3)';
  const current = 'msys.audit_series.count("s", { key = "k", startv = 0, endv = 0 })';
  const all = 'msys.audit_series.count("s", { key = "k" })';
  await mta.eval(`${define} msys.audit_series.add("s", { key = "k" })`);
  expect(await mta.eval(`${current}, ${all}`)).toEqual([1, 1]);
  await mta.clock.advance('10s');
  await mta.eval(define);
  expect(await mta.eval(`${current}, msys.audit_series.count("s", { key = "k", endv = 1 })`)).toEqual([0, 1]);
});

row('R19', async () => {
  const mta = await Momentum.start({ files: { '/etc/list': '10.0.0.0/8:2\n10.1.0.0/16:3\n' } });
  const query = 'msys.cidr.query("c", "10.1.0.1")';
  await mta.eval('msys.cidr.define("c", { type = "rbldnsd", source = "/etc/list", refresh = 60 })');
  expect(await mta.eval(query)).toEqual(['127.0.0.3']);
  mta.files.set('/etc/list', '10.1.0.1:4\n');
  await mta.clock.advance('59s');
  expect(await mta.eval(query)).toEqual(['127.0.0.3']);
  await mta.clock.advance('1s');
  expect(await mta.eval(query)).toEqual(['127.0.0.4']);
  mta.files.delete('/etc/list');
  await mta.clock.advance('1m');
  expect(await mta.eval(query)).toEqual(['127.0.0.4']);
  expect(prints(mta)).toEqual(["msys.cidr.define('c'): /etc/list: No such file or directory"]);
});

row('R20', async () => {
  const mta = await Momentum.start();
  await mta.eval('msys.log(msys.core.LOG_WARNING, "careful") msys.log(1, "broken") print("printed")');
  expect(mta.paniclog.map(({ subsystem, level, message }) => [subsystem, level, message])).toEqual([
    ['scriptlet', 'warning', 'careful'],
    ['scriptlet', 'error', 'broken'],
    ['scriptlet', 'error', 'printed'],
  ]);
});

row('R21', async () => {
  const dump = async (lua: string) => (await evaluate(`msys.dumper.Dumper(${lua})`))[0];
  expect(await dump('{ b = 1, a = print, 7 }')).toBe('return { 7, a=nil --[[function]], b=1 }');
  const wide = `{ a = ("x"):rep(40), b = ("y"):rep(40) }`;
  expect(await dump(wide)).toBe(`return {\n  a="${'x'.repeat(40)}",\n  b="${'y'.repeat(40)}"\n}`);
});

row('R22', async () => {
  const read = (path: string) => `msys.os.statvfs_read(msys.os.statvfs_subscribe("${path}", 10))`;
  const figures = `local s = ${read('/')} return s.kilobytes_total, s.kilobytes_available`;
  expect(await evaluate(figures)).toEqual([104_857_600, 52_428_800]);
  expect(await evaluate(read('/nowhere'))).toEqual([undefined, '/nowhere: No such file or directory']);
});

end();
