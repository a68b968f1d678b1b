import { Momentum } from '../../../src';
import { control, converse, output, outputs, withConfig, withScript, type TestRow } from './support';

/** Prints its words. */
const SHOW = `msys.registerControl("show_words", function(cc)
  for i = 0, cc.argc - 1 do print(i, cc.argv[i]) end end)`;

/** The example of 4/lua/ref-msys-register-control in few words. */
const DELAY_DOMAIN = `require("msys.core")
  msys.registerControl("delay_domain", function(cc)
    if cc.argc < 2 then print("You must pass a parameter to this command") return end
    local dr = msys.core.dns_get_domain(cc.argv[1])
    if dr then
      msys.core.mail_queue_delay_domain(dr, "451 4.4.1 [internal] manually delayed domain]")
      print(cc.argv[1], "added to the delayed queue.")
    end
  end)`;

const hooks = (body: string) => withScript(`msys.registerModule("mod", { ${body} })`);

const logged = (mta: Momentum) => mta.paniclog.map(({ message }) => message);

/** 2. Parsing and dispatch. */
export function dispatch(row: TestRow): void {
  words(row);
  prefixes(row);
  argv(row);
  hooksAround(row);
}

function words(row: TestRow): void {
  row('console-2-1a', async () => {
    const mta = await withScript(SHOW);
    expect(await output(mta, '  show_words \t a\t\tb ')).toBe('0\tshow_words\n1\ta\n2\tb\n');
  });

  row('console-2-1b', async () => {
    const mta = await Momentum.start();
    expect(await outputs(mta, 'config set hostname "a#b"', 'config get hostname')).toEqual([
      'Hostname = "a#b"\n',
      'Hostname = "a#b"\n',
    ]);
    expect(await output(mta, 'config set hostname a#b')).toBe('Hostname = a\n');
  });

  row('console-2-1c', async () => {
    const mta = await withScript(DELAY_DOMAIN, { domains: ['example.com'] });
    expect(await output(mta, 'delay_domain "example.com"')).toBe(
      'example.com\tadded to the delayed queue.\n',
    );
    expect(mta.domain('example.com')?.delayed).toBe(true);
  });

  row('console-2-2a', async () => {
    const mta = await Momentum.start();
    for (const command of ['config set max_retries 7', 'config set max_retries = 7'])
      expect(await output(mta, command)).toBe('Max_Retries = 7\n');
  });

  row('console-2-2b', async () => {
    const mta = await Momentum.start();
    expect((await mta.console('config set Relay_Hosts ( 10.0.0.1 10.0.0.2 )')).data).toMatchObject({
      name: 'Relay_Hosts',
      value: ['10.0.0.1', '10.0.0.2'],
    });
  });
}

function prefixes(row: TestRow): void {
  row('console-2-3a', async () => {
    const mta = await withScript('msys.registerControl("list all", function() print("mine") end)');
    expect(await outputs(mta, 'list all', 'list all and more')).toEqual(['mine\n', 'mine\n']);
    expect(await mta.console('list')).toMatchObject({ status: 'FAILED' });
  });

  row('console-2-3b', async () => {
    const mta = await withConfig('ec_logger "ec_logger1" { }');
    expect(await output(mta, 'ec_logger:ec_logger1 help')).toBe(
      'reopen logs\n\tClose and reopen log files\n',
    );
    expect(await mta.console('ec_logger help')).toMatchObject({ status: 'FAILED' });
  });

  row('console-2-3c', async () => {
    const mta = await withConfig('ds_core { } Datasource "sqlite" { uri = ( "sqlite:/tmp/x" ) }');
    expect(await output(mta, 'ds_core flush sqlite')).toBe("flushed 0 entries from cache 'sqlite'\n");
    expect(await mta.console('ds_core:ds_core flush sqlite')).toMatchObject({ status: 'FAILED' });
  });
}

function argv(row: TestRow): void {
  row('console-2-4a', async () => {
    const mta = await withScript('msys.registerControl("count_words", function(cc) print(cc.argc) end)');
    expect(await outputs(mta, 'count_words', 'count_words a b')).toEqual(['1\n', '3\n']);
  });

  row('console-2-4b', async () => {
    const mta = await withScript(SHOW);
    expect(await output(mta, 'show_words a')).toBe('0\tshow_words\n1\ta\n');
  });

  row('console-2-4c', async () => {
    const mta = await withScript('msys.registerControl("peek", function(cc) print(cc.argv[1]) end)');
    expect(await output(mta, 'peek a')).toBe('a\n');
    await expect(mta.console('peek')).rejects.toMatchObject({ code: 'ARGV_RANGE' });
    expect(mta).toHaveCrashed();
  });
}

const POST = `
  core_control_post_control = function(self, cc, argc, argv, input, output)
    print("control", argc, argv[0], tostring(output)) end,
  core_control_post_command = function(self, cc, response) print("command", tostring(response)) end`;

function hooksAround(row: TestRow): void {
  row('console-2-5a', async () => {
    const mta = await hooks(POST);
    await mta.console('pid');
    expect(logged(mta).filter((line) => line.startsWith('command'))).toEqual(['command\t1\n']);
  });

  row('console-2-5b', async () => {
    const mta = await hooks(POST);
    await mta.console('config eval blackhole');
    expect(logged(mta)[0]).toBe('control\t3\tconfig\tBlackhole = 0\n');
  });

  row('console-2-6a', async () => {
    const mta = await hooks(
      'core_control_pre_command = function(self, cc) print(tostring(cc.command)) return 0 end',
    );
    expect(await output(mta, 'pid')).toBe('1\n');
    expect(logged(mta)).toEqual(['pid']);
  });

  row('console-2-6b', async () => {
    const mta = await withScript(`
      msys.registerModule("first", { core_control_pre_command = function(self, cc, response)
        response:write("taken", 5) return 1 end })
      msys.registerModule("second", { core_control_pre_command = function() print("asked") return 0 end })`);
    expect(await output(mta, 'pid')).toBe('taken');
    expect(logged(mta)).toEqual([]);
  });

  for (const [id, hook] of [
    ['console-2-7a', 'core_control_allow_writable_config'],
    ['console-2-7b', 'core_control_allow_writable_config2'],
  ] as const)
    row(id, async () => {
      const mta = await hooks(`${hook} = function(self, cc)
        return tostring(cc.command):find("hostname") and 0 or 1 end`);
      expect(await mta.console('config set max_retries 7')).toMatchObject({ status: 'COMPLETED' });
      expect(await mta.console('config set hostname x')).toMatchObject({ status: 'FAILED' });
      expect(await output(mta, 'config get hostname')).toContain('is not set');
    });
}

/** 3. `msys.registerControl`. */
export function registration(row: TestRow): void {
  fields(row);
  printing(row);

  const REGISTER = 'msys.registerControl("hello", function() print("hello") end)';
  const placed = (step: string) => `local mod = {}
    function mod:${step}() ${REGISTER} return true end
    msys.registerModule("mod", mod)`;
  for (const [id, source] of [
    ['console-3-5a', placed('init')],
    ['console-3-5b', REGISTER],
    ['console-3-5c', placed('rsrc_setup')],
  ] as const)
    row(id, async () => {
      const mta = await withScript(source);
      expect(await output(mta, 'hello')).toBe('hello\n');
    });
}

/** What is a field of the structure prints something, also where it is not simulated. */
function fields(row: TestRow): void {
  const field = (id: string, name: string, line: string, printed: string) =>
    row(id, async () => {
      const mta = await withScript(
        `msys.registerControl("field", function(cc) print(tostring(cc.${name})) end)`,
      );
      expect(await output(mta, line)).toBe(`${printed}\n`);
    });
  field('console-3-1a', 'argc', 'field a b', '3');
  field('console-3-1b', 'argv[1]', 'field a b', 'a');
  field('console-3-1c', 'command', 'field  "a b"', 'field  "a b"');
  field('console-3-1d', 'command_len', 'field  "a b"', '12');
  field('console-3-1e', 'xml', 'xml field', '1');

  row('console-3-1f', async () => {
    const names = ['argv_offsets', 'mode', 'type', 'personality', 'ac', 'auth_info', 'authz_info'];
    for (const name of [...names, 'response', 'transaction']) {
      const mta = await withScript(`msys.registerControl("field", function(cc) print(cc.${name}) end)`);
      expect(await mta.console('field')).toMatchObject({ status: 'FAILED' });
      expect(mta).toHaveDiagnostic('NOT_SIMULATED');
    }
  });
}

function printing(row: TestRow): void {
  const PRINTS = 'msys.registerControl("say", function() print("said") return "returned", 7 end)';

  row('console-3-2a', async () => {
    const mta = await withScript(PRINTS);
    expect(await output(mta, 'say')).toBe('said\n');
    expect(logged(mta)).toEqual([]);
    expect(await converse(await control(mta), 'say')).toEqual(['COMPLETED: said\n']);
  });

  row('console-3-2b', async () => {
    const mta = await withScript(PRINTS);
    await mta.eval('print("aside")');
    expect(logged(mta)).toEqual(['aside']);
  });

  row('console-3-3', async () => {
    const mta = await withScript(PRINTS);
    expect(await mta.console('say')).toMatchObject({ status: 'COMPLETED', output: 'said\n' });
  });

  row('console-3-4', async () => {
    const mta = await Momentum.start({ now: '2009-08-25T11:40:46Z' });
    await mta.eval('print("Confirming entry in panic log.") print("a", "b")');
    expect(mta.paniclog.map(({ text }) => text)).toEqual([
      '1251200446:scriptlet: Confirming entry in panic log.',
      '1251200446:scriptlet: a\tb',
    ]);
  });
}
