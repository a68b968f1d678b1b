/** How a configuration names scripts, and what becomes of those that cannot be loaded (section 2). */
import { Momentum } from '../../../src';
import {
  codes,
  COMMIT_FAILED,
  configWith,
  moduleScript,
  prints,
  refusal,
  withScript,
  type Row,
} from './start';

const CONF = '/opt/msys/ecelerity/etc/conf';
const scriptlet = (stanzas: string) => configWith(`scriptlet "scriptlet" { ${stanzas} }`);
const script = (source: string, name = 'mod') => `script "${name}" { source = "${source}" }`;
const files = {
  [`${CONF}/default/myscripts/mod.lua`]: moduleScript(`print("loaded") function mod:init() return true end`)
    .source,
};

const OPTIONS = `
  script_ttl = 300
  always_gc = false
  gc_pause = 200
  gc_stepmul = 200
  max_spare_per_master = 5000
  reap_interval = 1`;

export function loading(row: Row): void {
  row('life-2-1a', async () => {
    const mta = await Momentum.start({ config: scriptlet(script('myscripts.mod')), files });
    expect([prints(mta), codes(mta)]).toEqual([['loaded'], []]);
  });

  row('life-2-1b', async () => {
    const config = configWith(`scriptlet "scriptlet" { ${script('myscripts.mod')} }`, '');
    expect(await refusal({ config, files })).toContain('does not load the module alerting');
    const mta = await Momentum.start({ config, files, strict: false });
    expect(codes(mta)).toEqual(['MISSING_ALERTING']);
  });

  row('life-2-2a', async () => {
    const twice = ['one', 'two'].map(
      (name) => `scriptlet "scriptlet" { ${script(`scripts/${name}`, name)} }`,
    );
    const mta = await Momentum.start({
      config: configWith(twice.join('\n')),
      files: Object.fromEntries(
        ['one', 'two'].map((name) => [
          `${CONF}/default/scripts/${name}.lua`,
          `print("${name}") ${moduleScript('function mod:init() return true end', name).source}`,
        ]),
      ),
    });
    expect(prints(mta)).toEqual(['one', 'two']);
  });

  row('life-2-2b', async () => {
    const config = configWith('scriptlet "scriptlet" { }\nscriptlet "other_name" { }');
    expect(await refusal({ config })).toContain(
      'two instances of scriptlet, "scriptlet" and "other_name": only one is allowed',
    );
  });

  row('life-2-3', async () => {
    const mta = await Momentum.start({ config: scriptlet(OPTIONS) });
    expect(codes(mta)).toEqual([]);
    for (const line of OPTIONS.trim().split(/\n\s*/)) {
      const [option = ''] = line.split(' ');
      expect(String(await mta.console(`config eval scriptlet scriptlet ${option}`))).toBe(`${line}\n`);
    }
  });

  row('life-2-4', async () => {
    const mta = await Momentum.start({ config: scriptlet(script('msys.boot', 'boot')) });
    expect(codes(mta)).toEqual([]);
  });

  row('life-2-5a', async () => {
    for (const source of ['myscripts.mod', 'myscripts/mod']) {
      const mta = await Momentum.start({ config: scriptlet(script(source)), files });
      expect(prints(mta)).toEqual(['loaded']);
    }
  });

  row('life-2-5b', async () => {
    const lib = [`${CONF}/default`];
    const error = await refusal({ config: scriptlet(script('myscripts.mod.lua')), files, lib });
    expect(error).toContain(
      `Unable to open '${CONF}/default/myscripts/mod/lua.lua', errno=2 No such file or directory`,
    );
  });

  row('life-2-6a', async () => {
    for (const directory of ['default', 'global']) {
      const path = `${CONF}/${directory}/scripts/mod.lua`;
      const mta = await Momentum.start({
        config: scriptlet(script('scripts.mod')),
        files: {
          [path]: `print("${directory}") ${moduleScript('function mod:init() return true end').source}`,
        },
      });
      expect(prints(mta)).toEqual([directory]);
    }
  });

  row('life-2-6b', async () => {
    const packages = ['msys.boot', 'msys.dumper', 'msys.getopt', 'msys.extended.message'];
    const mta = await withScript(packages.map((name) => `require("${name}")`).join('\n'));
    expect(codes(mta)).toEqual([]);
  });

  row('life-2-7a', async () => {
    const module = { name: 'stanza', path: 'fixtures/conformance/life/registers-other.lua' };
    const mta = await Momentum.start({ modules: [module] });
    expect([...mta.diagnostics]).toMatchObject([{ code: 'NAME_MISMATCH', severity: 'warning' }]);
    expect(await mta.call('other:core_log_reopen')).toEqual(['works']);
  });

  row('life-2-7b', async () => {
    const source = 'msys.registerModule("the_name", { helper = function() end })';
    const mta = await withScript(source, { strict: false });
    expect(prints(mta)).toEqual(['no usable methods found for module the_name in registerModule call']);
  });

  row('life-2-8a', async () => {
    expect(await refusal({ modules: [{ name: 'mod', source: 'local =' }] })).toContain(COMMIT_FAILED);
  });

  row('life-2-8b', async () => {
    const path = `${CONF}/default/myscripts/mod.lua`;
    const good = moduleScript('function mod:core_log_reopen() return "serves" end').source;
    const mta = await Momentum.start({ config: scriptlet(script('myscripts.mod')), files: { [path]: good } });
    mta.files.set(path, 'local =');
    const result = await mta.console('config reload');
    expect([result.status, result.lines]).toEqual(['FAILED', ['Reconfigure failed']]);
    expect(prints(mta)[0]).toContain(COMMIT_FAILED);
    expect(await mta.call('core_log_reopen')).toEqual(['serves']);
  });

  const silent = [
    ['life-2-9a', 'local mod = {} function mod:init() print("init") return true end'],
    ['life-2-9b', 'msys.registerModule("mod", { inti = function() print("init") return true end })'],
  ] as const;
  for (const [id, source] of silent)
    row(id, async () => {
      const mta = await withScript(source, { strict: false });
      expect(await mta.reload()).toEqual({ ok: true, output: 'Reconfigure complete.' });
      expect(prints(mta)).not.toContain('init');
      await expect(mta.call('init')).rejects.toThrow('no registered module has this callout');
    });
}
