import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Momentum } from '../../../src';
import { control, exchange, output, outputs, request, withConfig, withScript, type TestRow } from './support';

const NAMES = 'msys.registerControl("%", function(cc) print("%", cc.argc, cc.argv[0]) end)';
const commands = (...prefixes: string[]) =>
  withScript(prefixes.map((prefix) => NAMES.replaceAll('%', prefix)).join('\n'));
const command = (body: string) => withScript(`msys.registerControl("try", function(cc) ${body} end)`);

/** C1 to C19: commands. */
export function choicesOfCommands(row: TestRow): void {
  wire(row);
  prefixes(row);
  lines(row);
  running(row);
  texts(row);
}

function wire(row: TestRow): void {
  row('C1', async () => {
    const mta = await command('print("a\\0b")');
    const address = await control(mta);
    const requests = [request('framed'), 'pid', request('commands'), request('nonsense'), ''];
    expect((await exchange(address, 'try\npid\n')).toString()).toBe('a\\0b\n\0' + '1\n\0');
    const answers = (await exchange(address, requests.join('\n'))).toString();
    expect(answers).toMatch(/^COMPLETED 0\nCOMPLETED 2\n1\nCOMPLETED \d+\nhelp\nversion\n/);
    expect(answers).toMatch(/\ntryFAILED \d+\nUnknown request of the control channel: nonsense$/);
  });
}

function prefixes(row: TestRow): void {
  row('C2', async () => {
    const mta = await commands('show', 'show all');
    expect(await outputs(mta, 'show', 'show all x', 'show allx')).toEqual([
      'show\t1\tshow\n',
      'show all\t3\tshow\n',
      'show\t2\tshow\n',
    ]);
    const again = await withScript(
      'for i = 1, 2 do msys.registerControl("again", function() print(i) end) end',
    );
    expect(await output(again, 'again')).toBe('2\n');
  });

  row('C3', async () => {
    const mta = await withScript(
      'msys.registerControl("a b", function(cc) print(cc.argc, cc.argv[0], cc.argv[1], cc.argv[2]) end)',
    );
    expect(await output(mta, 'a b c')).toBe('3\ta\tb\tc\n');
  });

  row('C4', async () => {
    const mta = await commands('pid', 'module');
    expect(await outputs(mta, 'pid', 'module')).toEqual(['pid\t1\tpid\n', 'module\t1\tmodule\n']);
    expect(await output(mta, 'module list')).toContain('Module: alerting\n');
    expect([...mta.diagnostics].map(({ code, severity }) => [code, severity])).toEqual([
      ['SHADOWED_COMMAND', 'warning'],
    ]);
  });

  row('C6', async () => {
    const mta = await commands('Mixed');
    expect(await outputs(mta, 'mixed', 'PID')).toEqual(['Unknown command: mixed', 'Unknown command: PID']);
    expect(await output(mta, 'config get HTTPSRV ENABLED')).toContain('is not set');
    expect(await outputs(mta, 'config set MAX_retries 3', 'config get max_RETRIES')).toEqual([
      'Max_Retries = 3\n',
      'Max_Retries = 3\n',
    ]);
  });
}

function lines(row: TestRow): void {
  row('C5', async () => {
    const mta = await command('for i = 1, cc.argc - 1 do print(cc.argv[i]) end');
    expect(await output(mta, String.raw`try "a b" 'c "d' "\"\\" e"f g"h \"x"`)).toBe(
      'a b\nc "d\n"\\\nef gh\n\\x\n',
    );
    expect(await mta.console('try "open')).toMatchObject({
      status: 'FAILED',
      output: 'Unbalanced quote " at position 4',
    });
  });

  row('C7', async () => {
    const mta = await Momentum.start();
    expect(await mta.console('no such "command"')).toMatchObject({
      status: 'FAILED',
      output: 'Unknown command: no such "command"',
    });
  });

  row('C10', async () => {
    const mta = await command('print(cc.xml, cc.argc)');
    expect(await outputs(mta, 'xml try', 'try')).toEqual(['1\t1\n', '0\t1\n']);
    expect(await output(mta, 'xml threads io queue')).toBe(
      '<ThreadsIoQueue><Pool>IO</Pool><Jobs>0</Jobs></ThreadsIoQueue>\n',
    );
  });

  row('C11', async () => {
    const mta = await command('print(cc.argc)');
    expect(await outputs(mta, 'try ; try', 'try && try', 'try | try')).toEqual(['3\n', '3\n', '3\n']);
  });

  row('C18', async () => {
    const mta = await Momentum.start();
    for (const line of ['', '  \t', 'xml'])
      expect(await mta.console(line)).toMatchObject({ status: 'COMPLETED', output: '' });
  });
}

const GETOPT = `local getopt = require("msys.getopt")
  msys.registerControl("try", function(cc)
    local options, state = getopt(cc.argv, cc.argc, "vl:", { limit = "l", domain = true, quiet = false })
    for option, argument in options do print(option, argument) end
    print("first", state.optind)
  end)`;

function running(row: TestRow): void {
  row('C8', async () => {
    const mta = await command('print("so far") error("no luck")');
    expect(await mta.console('try')).toMatchObject({
      status: 'FAILED',
      output: 'so far\nmod.lua:1: no luck',
    });
    expect(mta.paniclog.at(-1)?.text).toMatch(/mod\.lua:1: no luck\nstack traceback:/);
  });

  row('C9', async () => {
    const mta = await command('print("a", 1, nil) print()');
    expect(await output(mta, 'try')).toBe('a\t1\tnil\n\n');
    expect(mta.paniclog).toHaveLength(0);
    await mta.eval('print("a", 1)');
    expect(mta.paniclog.map(({ message }) => message)).toEqual(['a\t1']);
  });

  row('C12', async () => {
    const mta = await withScript(GETOPT);
    expect(await output(mta, 'try -v --limit 5 -l6 --domain a.com --quiet x')).toBe(
      'v\tnil\nl\t5\nl\t6\ndomain\ta.com\nquiet\tnil\nfirst\t8\n',
    );
    expect(await output(mta, 'try -x')).toBe("?\tinvalid option -- 'x'\nfirst\t2\n");
    const lib = mkdtempSync(path.join(tmpdir(), 'getopt-'));
    try {
      mkdirSync(path.join(lib, 'msys'));
      writeFileSync(path.join(lib, 'msys/getopt.lua'), 'return "own"');
      const own = await Momentum.start({ lib: [lib] });
      expect(await own.eval('require("msys.getopt")')).toEqual(['own']);
    } finally {
      rmSync(lib, { recursive: true });
    }
  });

  row('C13', async () => {
    const source = 'msys.registerControl("try", function(cc) print(cc.argv[5]) end)';
    const modules = [{ name: 'mod', source }];
    const strict = await Momentum.start({ modules });
    await expect(strict.console('try')).rejects.toMatchObject({ code: 'ARGV_RANGE' });
    expect(strict).toHaveCrashed();
    const lenient = await Momentum.start({ modules, strict: false });
    expect(await output(lenient, 'try')).toBe('nil\n');
    expect(lenient).toHaveDiagnostic('ARGV_RANGE');
  });

  row('C14', async () => {
    const mta = await command('print(#cc.argv)');
    expect(await mta.console('try')).toMatchObject({
      status: 'FAILED',
      output: expect.stringContaining('length') as string,
    });
    expect(mta.paniclog).toHaveLength(1);
  });

  row('C19', async () => {
    const mta = await command('print(type(cc.command), tostring(cc.command), cc.command.len)');
    expect(await output(mta, ' try  me ')).toBe('userdata\ttry  me\t7\n');
  });
}

function texts(row: TestRow): void {
  row('C15', async () => {
    const mta = await Momentum.start({ domains: { 'a.com': { active: 12_345 } } });
    expect((await mta.console('active 9')).lines[0]).toBe(
      'Domain:                          a.com  C:  0  A:  12345  D:     0  S:     0',
    );
    expect((await mta.console('active 9')).data).toMatchObject({
      domains: [{ domain: 'a.com', active: 12_345 }],
    });
  });

  row('C16', async () => {
    const mta = await withConfig('');
    expect(await outputs(mta, 'config begin', 'config commit', 'config begin', 'config rollback')).toEqual([
      '',
      '',
      '',
      '',
    ]);
    expect(await output(mta, 'config reload')).toBe('Reconfigure complete.\n');
    expect(await mta.console('config reload /nowhere.conf')).toMatchObject({
      status: 'FAILED',
      output: 'Reconfigure failed\n',
    });
    expect(mta.paniclog).toHaveLength(1);
  });

  row('C17', async () => {
    const mta = await Momentum.start();
    const [version, sysinfo] = await outputs(mta, 'version', 'sysinfo');
    expect(version).toBe('Momentum Version: 5.3\n');
    expect(sysinfo?.startsWith(version!)).toBe(true);
  });
}
