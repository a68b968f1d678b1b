import { Momentum } from '../../src';
import '../../src/jest';

let mta: Momentum;
beforeEach(async () => (mta = await Momentum.start({ files: { '/data/file': 'text' } })));

const FLAGS = 'local core = msys.core local FLAGS = core.O_CREAT | core.O_APPEND | core.O_WRONLY';
const run = (lua: string) => mta.eval(`${FLAGS} ${lua}`);
const records = (path: string) => mta.jlogs.get(path)?.records.map(({ text }) => text);

// 4/lua/ref-msys-core-io-wrapper-open, 4/modules/jlog
test('the documented example, in a pool of its own', async () => {
  mta = await Momentum.start({ config: { text: 'threadpool "LUA_TXT_LOGS" { concurrency = 10 }' } });
  await run(`
    local data = "This,Is,A,Test,Line\\n"
    msys.runInPool('LUA_TXT_LOGS', function()
      local log = core.io_wrapper_open("jlog:///var/log/ecelerity/delivery_log_rt=>my_subscriber", FLAGS, 0644)
      if not log then print("ERROR: could not open") return end
      log:write(data, #data)
      log = nil
    end)`);
  const log = mta.jlogs.get('/var/log/ecelerity/delivery_log_rt')!;
  expect(log.subscribers).toEqual(['my_subscriber']);
  expect(log.records).toEqual([
    { text: 'This,Is,A,Test,Line\n', bytes: Buffer.from('This,Is,A,Test,Line\n'), at: mta.clock.now() },
  ]);
});

test('each write is a record, whoever writes', async () => {
  const write = async (text: string) =>
    run(
      `return core.io_wrapper_open("jlog:///var/log/a", FLAGS, 0):write("${text}", ${Buffer.byteLength(text)})`,
    );
  expect(await write('one')).toEqual([3]);
  await mta.clock.advance('1m');
  await write('zwölf');
  await run(`local log = core.io_wrapper_open("jlog:///var/log/a", FLAGS, 0)
    log:write("\\255\\n", 2) log:write("", 0) core.io_wrapper_printf(log, "%d", 5)`);
  expect(records('/var/log/a')).toEqual(['one', 'zwölf', 'ÿ\n', '5']);
  expect(mta.jlogs.get('/var/log/a')!.records.map(({ at }) => at.getTime() - Date.UTC(2026, 0, 1))).toEqual([
    0, 60_000, 60_000, 60_000,
  ]);
  expect(mta.jlogs.get('/var/log/a')!.records[2]!.bytes).toEqual(Buffer.from([255, 10]));
});

test.each([
  ['jlog:///var/log/a.rt=>stats', '/var/log/a.rt', 'stats'],
  ['jlog://var/log/a.rt=>stats', '/var/log/a.rt', 'stats'],
  ['cluster:///var/log/a.rt', '/var/log/a.rt', 'master'],
  ['jlog:///var/log/é=>', '/var/log/é', 'master'],
])('%s', async (uri, path, subscriber) => {
  const scheme = uri.replace(/:.*/, '');
  expect(
    await run(`local log = core.io_wrapper_open("${uri}", FLAGS, 0644)
      return core.io_wrapper_get_scheme(log), core.io_wrapper_get_path(log), core.io_wrapper_supports_lseek(log), log:read()`),
  ).toEqual([scheme, path, 0, undefined, 'Bad file descriptor', 9]);
  expect([...mta.jlogs]).toEqual([{ path, subscribers: [subscriber], records: [] }]);
});

test('a further subscriber is added', async () => {
  await run(
    `for _, name in ipairs { "a", "b", "a" } do core.io_wrapper_open("jlog:///x=>" .. name, FLAGS, 0) end`,
  );
  expect(mta.jlogs.get('/x')!.subscribers).toEqual(['a', 'b']);
});

test('it is a directory for other functions', async () => {
  await run('core.io_wrapper_open("jlog:///var/log/new/a", FLAGS, 0)');
  expect((await run('return io.open("/var/log/new/a", "w")'))[1]).toMatch(/Is a directory/);
  expect(mta.jlogs.get('/var/log/new/b')).toBeUndefined();
});

test.each(['jlog://', 'jlog:////=>x', 'jlog:///data/file', 'jlog:///data/file/below'])(
  '%s is none',
  async (uri) => {
    expect(await run(`return core.io_wrapper_open("${uri}", FLAGS, 0)`)).toEqual([undefined]);
    expect([...mta.jlogs]).toEqual([]);
  },
);

test('what is closed cannot be written', async () => {
  await expect(
    run(
      'local log = core.io_wrapper_open("jlog:///a", FLAGS, 0) core.io_wrapper_close(log) log:write("x", 1)',
    ),
  ).rejects.toThrow('has been closed');
  expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
  expect(records('/a')).toEqual([]);
});
