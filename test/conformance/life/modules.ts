/** msys.registerModule: which functions are called, with what, in which order (section 3). */
import { Momentum } from '../../../src';
import { callout, CALLOUTS, MAIL, tracing } from './mail';
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
    const mta = await withModule(`
      ${tracing(Object.keys(CALLOUTS), 'msys.core.VALIDATE_CONT')}
      function mod:init() print("init") return true end
      function mod:validate_dealloc() print("validate_dealloc") end
      function mod:deinit() print("deinit") return true end`);
    await mta.smtp.send(MAIL);
    await mta.stop();
    expect(prints(mta).map((line) => line.split('\t')[0])).toEqual([
      'init',
      ...Object.keys(CALLOUTS),
      'validate_dealloc',
      'deinit',
    ]);
  });

  row('life-3-1b', async () => {
    const keys = ['core_log_reopen', 'core_final_validation', 'core_post_config_commit'];
    const mta = await withModule(tracing(keys));
    await mta.console('reopen logs');
    await mta.smtp.send(MAIL);
    expect(prints(mta).map((line) => line.split('\t')[0])).toEqual([
      'core_post_config_commit',
      'core_log_reopen',
      'core_final_validation',
    ]);
    // Hooks of what is not simulated are keys as well.
    await expectReachable({ http_request_eval: 1, gcm_request_eval: 2 });
  });

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
      ${callout('validate_connect', 'print(self.greeting, msys.type(ac))')}`);
    await mta.smtp.send(MAIL);
    expect(prints(mta)).toEqual(['hello\tmsys.core:_accept_construct']);
  });

  row('life-3-3b', async () => {
    const mta = await withModule(tracing(['core_control_pre_command', 'core_generate_rfc3464_message'], '0'));
    await mta.console('version');
    mta.remote('example.org').reply(550, 'no');
    await mta.smtp.send(MAIL);
    await mta.clock.advance(0);
    expect(prints(mta)).toEqual([
      'core_control_pre_command\tmsys.core:_command_construct msys.core:_ec_string',
      'core_generate_rfc3464_message\tmsys.core:_ec_message number ec_message **',
    ]);
  });

  row('life-3-4', async () => {
    // The sample of the page.
    const mta = await withModule(`
      function mod:core_config_get_message_routing_domain(scope, msg, buff)
        buff:set("example.com")
        return #buff
      end`);
    await mta.smtp.send(MAIL);
    expect(mta.messages).toMatchObject([{ domain: 'example.com' }]);
    expect((await prototypesOf(mta)).get('core_config_get_message_routing_domain')?.types).toEqual([
      'any',
      'msys.core:_ec_message',
      'msys.core:_ec_string',
    ]);
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
    const mta = await withModule(
      callout('validate_set_binding', 'msys.validate.opendkim.sign({ ec_message = msg })'),
    );
    await mta.smtp.send(MAIL);
    expect(codes(mta)).toEqual(['NOT_SIMULATED']);
    const sign = mta.fake('msys.validate.opendkim.sign', () => undefined);
    expect((await mta.smtp.send(MAIL)).code).toBe(250);
    expect(sign.calls).toEqual([[{ ec_message: '[msys.core:_ec_message]' }]]);
  });
}
