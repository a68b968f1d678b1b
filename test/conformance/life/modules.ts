/** msys.registerModule: which functions are called, with what, in which order (section 3). */
import { Momentum } from '../../../src';
import {
  codes,
  expectReachable,
  moduleScript,
  prints,
  refusal,
  withModule,
  withScript,
  type Row,
} from './start';

const PREDEFINED = {
  validate_connect: 2,
  validate_ehlo: 3,
  validate_mailfrom: 3,
  validate_rcptto: 4,
  validate_data: 3,
  validate_data_spool: 3,
  validate_data_spool_each_rcpt: 3,
  validate_set_binding: 1,
  validate_rcptto_list: 2,
  validate_rcptto_list_final: 2,
  validate_dealloc: 0,
};

/** Two modules with a function for one hook each; `(name)` stands for the module's name. */
const twoModules = (f: string) =>
  Momentum.start({ modules: ['one', 'two'].map((name) => moduleScript(f.replaceAll('(name)', name), name)) });

/** The types of a hook's arguments as `module hooks` shows them. */
export async function prototypesOf(
  mta: Momentum,
): Promise<Map<string, { returns: string; types: string[] }>> {
  const { lines } = await mta.console('module hooks');
  const prototypes = new Map<string, { returns: string; types: string[] }>();
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const [, returns = '', types = ''] = /^\t(.*)\(([^()]*)\)$/.exec(lines[i + 1]!) ?? [];
    prototypes.set(lines[i]!, { returns, types: types === '' ? [] : types.split(',') });
  }
  return prototypes;
}

export function modules(row: Row): void {
  row('life-3-1a', async () => {
    await expectReachable(PREDEFINED);
    const mta = await withModule(`
      function mod:init() print("init") return true end
      function mod:deinit() print("deinit") return true end`);
    await mta.stop();
    expect(prints(mta)).toEqual(['init', 'deinit']);
  });

  row('life-3-1b', () =>
    expectReachable({ core_log_reopen: 0, http_request_eval: 1, ac_auth_perform_auth: 4 }),
  );

  row('life-3-1c', async () => {
    const mta = await withModule('function mod:core_log_reopen() end function mod:mod_own_hook() end');
    await expect(mta.eval('msys.core.core_log_reopen()')).rejects.toThrow("is not in Momentum's API");
    expect(codes(mta)).toEqual(['UNKNOWN_API']);
    expect([...(await prototypesOf(mta)).keys()]).not.toContain('mod_own_hook');
  });

  row('life-3-2', async () => {
    const source = 'msys.registerModule("mod", { helper = function() end })';
    expect(await refusal({ modules: [{ name: 'mod', source }] })).toContain('no usable methods found');
    const mta = await withScript(source, { strict: false, now: '2009-08-28T14:48:42Z' });
    expect(mta.paniclog.map(({ text }) => text)).toEqual([
      '1251470922:scriptlet: no usable methods found for module mod in registerModule call',
    ]);
  });

  row('life-3-3a', async () => {
    const mta = await withModule(`
      mod.greeting = "hello"
      function mod:core_control_pre_command() return self.greeting end`);
    expect(await mta.call('core_control_pre_command')).toEqual(['hello']);
  });

  row('life-3-3b', async () => {
    const mta = await withModule(`
      function mod:core_control_pre_command(...)
        print(select("#", ...), msys.type((...)))
        return 0
      end`);
    await mta.console('version');
    expect(prints(mta)).toEqual(['2\tmsys.core:_command_construct']);
    expect((await prototypesOf(mta)).get('core_generate_rfc3464_message')?.types).toHaveLength(3);
  });

  row('life-3-4', async () => {
    const mta = await Momentum.start();
    expect((await prototypesOf(mta)).get('core_config_get_message_routing_domain')?.types).toEqual([
      'any',
      'msys.core:_ec_message',
      'msys.core:_ec_string',
    ]);
    const lua = 'local buff = msys.core.string_new() buff:set("example.com") return tostring(buff), #buff';
    expect(await mta.eval(lua)).toEqual(['example.com', 11]);
  });

  row('life-3-5', async () => {
    const mta = await twoModules('function mod:core_log_reopen() print("(name)") end');
    await mta.console('reopen logs');
    expect(prints(mta)).toEqual(['one', 'two']);
  });

  row('life-3-6', async () => {
    const stopping = await twoModules('function mod:core_control_pre_command() print("(name)") return 1 end');
    await stopping.console('version');
    expect(prints(stopping)).toEqual(['one']);
    const going = await twoModules('function mod:core_control_pre_command() print("(name)") return 0 end');
    await going.console('version');
    expect(prints(going)).toEqual(['one', 'two']);
  });

  row('life-3-7', async () => {
    const mta = await Momentum.start();
    const { output } = await mta.console('module hooks');
    expect(output).toContain('core_control_shutdown_ex\n\tvoid(number,number,string,number)\n');
  });

  row('life-3-8', async () => {
    const mta = await withModule(`
      function mod:validate_set_binding(msg)
        msys.validate.opendkim.sign({ ec_message = msg })
        return msys.core.VALIDATE_CONT
      end`);
    await expect(mta.call('validate_set_binding', 'the message')).rejects.toThrow(
      "msys.validate.opendkim.sign is part of Momentum's API and is not simulated.",
    );
    expect(codes(mta)).toEqual(['NOT_SIMULATED']);
    const sign = mta.fake('msys.validate.opendkim.sign', () => undefined);
    await mta.call('validate_set_binding', 'the message');
    expect(sign.calls).toEqual([[{ ec_message: 'the message' }]]);
  });
}
