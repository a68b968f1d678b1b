import { Momentum } from '../../src';
import '../../src/jest';

const start = (prefix: string, body: string) =>
  Momentum.start({
    modules: [
      {
        name: 'mod',
        source: `local mod = {}
          function mod:rsrc_setup() msys.registerControl("${prefix}", function(cc) ${body} end) return true end
          msys.registerModule("mod", mod)`,
      },
    ],
  });

describe('a script command and one of the product', () => {
  test("the script's answers, and the clash is worth a warning", async () => {
    const mta = await start('pid', 'print("mine")');
    expect(String(await mta.console('pid'))).toBe('mine\n');
    expect(mta).toHaveDiagnostic('SHADOWED_COMMAND');
  });

  test('the one with more words answers', async () => {
    const mta = await start('module', 'print("mine")');
    expect(String(await mta.console('module list'))).toContain('Module: httpsrv\n');
    expect(String(await mta.console('module other'))).toBe('mine\n');
    expect([...mta.diagnostics]).toEqual([]);
  });
});

test('facts as data beside the text', async () => {
  const mta = await Momentum.start();
  const { output, data } = await mta.console('pid');
  expect([output, data]).toEqual(['1\n', { pid: 1 }]);
  expect(String(await mta.console('xml pid'))).toBe('<Pid><Pid>1</Pid></Pid>\n');
});

test('module list and module hooks show what is loaded', async () => {
  const mta = await Momentum.start({
    modules: [
      {
        name: 'mod',
        source: 'msys.registerModule("mod", { core_log_reopen = function() print("reopened") end })',
      },
    ],
  });
  expect((await mta.console('module list')).output).toContain(
    'Module: ec_logger:ec_logger\n  Scope_Name: ec_logger\n  Instance_Name: ec_logger\n  Enabled: enabled\n  API: Logger\n',
  );
  expect((await mta.console('module hooks')).data).toContainEqual({
    name: 'core_log_reopen',
    prototype: 'void()',
    providers: ['mod'],
  });
  await mta.console('reopen logs');
  expect(mta.paniclog.at(-1)?.message).toBe('reopened');
});

test('paniclog shows the last ten entries', async () => {
  const mta = await Momentum.start();
  await mta.eval('for i = 1, 12 do print(i) end');
  const { lines } = await mta.console('paniclog');
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe('[Thu 01 Jan 2026 00:00:00] [error] scriptlet: 3');
});

test('shutdown calls the hooks, answers and ends the server', async () => {
  const mta = await Momentum.start({
    modules: [
      {
        name: 'mod',
        source: `msys.registerModule("mod", {
          core_control_shutdown = function() print("down") end,
          core_control_shutdown_ex = function(self, die, ret) print(die, ret) end })`,
      },
    ],
  });
  expect(await mta.console('shutdown')).toMatchObject({ status: 'COMPLETED', output: '' });
  expect(mta.paniclog.map(({ message }) => message)).toEqual(['down', '0\t0']);
  await mta.stop();
  await expect(mta.console('pid')).rejects.toThrow('stopped');
});

describe('hooks around commands', () => {
  const withHooks = (body: string) =>
    Momentum.start({ modules: [{ name: 'mod', source: `msys.registerModule("mod", { ${body} })` }] });

  test('core_control_pre_command takes over with 1', async () => {
    const mta = await withHooks(`core_control_pre_command = function(self, cc, response)
      if cc.argv[0] ~= "pid" then return 0 end
      response:write("taken", 5)
      return 1
    end`);
    expect(String(await mta.console('pid'))).toBe('taken');
    expect(String(await mta.console('version'))).toContain('Momentum Version');
  });

  test('the post hooks see the command and its answer', async () => {
    const mta = await withHooks(`
      core_control_post_control = function(self, cc, argc, argv, input, output)
        print("control", argc, argv[0], tostring(output))
      end,
      core_control_post_command = function(self, cc, response) print("line", tostring(response)) end`);
    await mta.console('pid');
    expect(mta.paniclog.map(({ message }) => message)).toEqual(['control\t1\tpid\t1\n', 'line\t1\n']);
  });
});
