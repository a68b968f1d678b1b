import { Momentum, MomentumCrash, type MomentumOptions } from '../../src';
import '../../src/jest';

const SOURCE = `
local blocked = {}
for line in io.lines('/opt/msys/ecelerity/etc/blocked.txt') do blocked[line] = true end

msys.registerControl('check', function(cc)
  local address = cc.argv[1]
  local log = assert(io.open('/var/log/ecelerity/checks.log', 'a'))
  log:write(os.date('%H:%M:%S '), address, blocked[address] and ' blocked' or ' fine', '\\n')
  log:close()
  print(blocked[address] or false)
end)
msys.registerControl('run', function(cc) print(pcall(os.execute, cc.argv[1])) end)
msys.registerControl('leave', function() pcall(os.exit, 3) end)
`;

const start = (options: Partial<MomentumOptions> = {}) =>
  Momentum.start({
    modules: [{ name: 'lists', source: SOURCE }],
    files: { '/opt/msys/ecelerity/etc/blocked.txt': 'bad.example\nworse.example\n' },
    ...options,
  });

test('a module reads a list and keeps a log', async () => {
  const mta = await start();
  expect((await mta.console('check bad.example')).output).toBe('true\n');
  await mta.clock.advance('90s');
  expect((await mta.console('check good.example')).output).toBe('false\n');
  expect(mta.files.text('/var/log/ecelerity/checks.log')).toBe(
    '00:00:00 bad.example blocked\n00:01:30 good.example fine\n',
  );
  expect(mta.files.changes).toMatchObject([
    { operation: 'write', path: '/var/log/ecelerity/checks.log', at: new Date('2026-01-01T00:00:00Z') },
    { operation: 'write', path: '/var/log/ecelerity/checks.log', at: new Date('2026-01-01T00:01:30Z') },
  ]);
});

test('files outlive a reload, which reads them again', async () => {
  const mta = await start();
  await mta.console('check bad.example');
  mta.files.set('/opt/msys/ecelerity/etc/blocked.txt', 'good.example\n');
  await mta.reload();
  expect((await mta.console('check good.example')).output).toBe('true\n');
  expect(mta.files.text('/var/log/ecelerity/checks.log')).toContain('bad.example blocked');
});

test('a list that is missing fails the commit', async () => {
  await expect(start({ files: {} })).rejects.toThrow(
    "bad argument #1 to 'lines' (/opt/msys/ecelerity/etc/blocked.txt: No such file or directory)",
  );
});

test('files of the project can be read, and stay as they are', async () => {
  const mta = await start();
  const name = '"package.json"';
  expect(await mta.eval(`return io.open(${name}):read('*l')`)).toEqual(['{']);
  await mta.eval(`local f = io.open(${name}, 'w') f:write('gone') f:close()`);
  expect(mta.files.text('package.json')).toBe('gone');
  expect((await start()).files.text('package.json')).toContain('"momentum-sim"');
});

test('a command without an answer is a violation that no pcall hides', async () => {
  const mta = await start();
  const { output } = await mta.console('run "rm -r /"');
  expect(output).toMatch(/^false\t.*os\.execute\("rm -r \/"\): no process is ever started here/);
  const [violation, ...others] = mta.diagnostics;
  expect(violation).toMatchObject({ code: 'UNEXPECTED_PROCESS', severity: 'violation' });
  expect(violation!.message).toContain('mta.processes.on("rm -r /", { status: 0, stdout: \'\' })');
  expect(others).toEqual([]);
  expect(mta.processes.calls).toMatchObject([
    { command: 'rm -r /', caller: 'os.execute', status: undefined },
  ]);
});

test('in lenient mode it ends as a command that the shell does not find', async () => {
  const mta = await start({ strict: false });
  expect((await mta.console('run whoami')).output).toBe('true\t32512\n');
  expect(await mta.eval('local p = io.popen("whoami") return p:read(), p:close()')).toEqual([
    undefined,
    true,
  ]);
  expect([...mta.diagnostics].map(({ code, severity }) => [code, severity])).toEqual([
    ['UNEXPECTED_PROCESS', 'warning'],
    ['UNEXPECTED_PROCESS', 'warning'],
  ]);
});

test('the test says how commands end', async () => {
  const source = 'host = io.popen("hostname"):read() msys.registerControl("x", print)';
  const mta = await start({
    modules: [{ name: 'host', source }],
    processes: { hostname: { stdout: 'mx1\n' } },
  });
  expect(await mta.eval('host')).toEqual(['mx1']);
  const { calls } = mta.processes.on(/^sendmail/, { status: 75 });
  expect(
    await mta.eval(
      'local p = io.popen("sendmail -t", "w") p:write("To: a") p:close() return os.execute("sendmail")',
    ),
  ).toEqual([75 * 256]);
  expect(calls).toMatchObject([
    { command: 'sendmail -t', input: Buffer.from('To: a') },
    { command: 'sendmail' },
  ]);
});

test('os.exit takes the server down', async () => {
  const mta = await start();
  await expect(mta.console('leave')).rejects.toThrow('os.exit(3) ends the whole server process');
  expect(mta.crashed).toBeInstanceOf(MomentumCrash);
  expect(mta).toHaveCrashed();
  expect(mta).toHaveDiagnostic('PROCESS_EXIT');
});

test('os.exit in lenient mode does nothing', async () => {
  const mta = await start({ strict: false });
  expect(await mta.eval('os.exit(1)')).toEqual([]);
  expect(mta).toHaveDiagnostic('PROCESS_EXIT');
});

test('the environment is what the test gives, and outlives a reload', async () => {
  const mta = await start({ env: { LANG: 'C', NAME: 'ä' } });
  expect(
    await mta.eval('os.getenv("LANG"), os.getenv("NAME"), os.getenv("PATH"), os.setenv("A", "1")'),
  ).toEqual(['C', 'ä', undefined, true]);
  await mta.reload();
  expect(await mta.eval('os.getenv("A")')).toEqual(['1']);
  expect(await (await start()).eval('os.getenv("A")')).toEqual([undefined]);
});

test('local time is that of the time zone', async () => {
  const mta = await start({ timezone: 'Asia/Tokyo' });
  expect(await mta.eval('os.date("%F %T %z"), os.date("!%F %T")')).toEqual([
    '2026-01-01 09:00:00 +0900',
    '2026-01-01 00:00:00',
  ]);
});

test('processor time is virtual', async () => {
  const mta = await start();
  expect(await mta.eval('os.clock()')).toEqual([0]);
  await mta.clock.advance('1500ms');
  expect(await mta.eval('os.clock()')).toEqual([1.5]);
});

test.each<[unknown, string]>([
  [{ env: 'A=1' }, 'option env: an object { NAME: text } expected'],
  [{ env: { 'A=B': '1' } }, "option env: 'A=B' is no name of a variable"],
  [{ env: { A: 1 } }, 'option env, A: text expected'],
  [{ timezone: 'Middle/Earth' }, "option timezone: a name like 'Europe/Berlin' expected"],
  [{ timezone: 1 }, 'expected, not 1'],
  [{ files: ['a'] }, 'option files: an object'],
  [{ processes: { ls: 1 } }, "the answer to the command 'ls'"],
])('the options %j', async (options, message) => {
  await expect(Momentum.start(options as MomentumOptions)).rejects.toThrow(message);
});
