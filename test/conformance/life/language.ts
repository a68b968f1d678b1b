/** What the runtime and the API's names are like (section 1). */
import { Momentum } from '../../../src';
import { callout, MAIL } from './mail';
import { codes, moduleScript, prints, withModule, withScript, type Row } from './start';

const OPERATORS = [
  ['6.7 & 3.9', 2],
  ['3 | 5', 7],
  ['3 ^^ 5', 6],
  ['1 << 4', 16],
  ['16 >> 2', 4],
  ['~0', -1],
  ['(5 & 4) / 8', 0.5],
] as const;

const METAMETHODS = [
  ['__and', 'a & 2'],
  ['__or', 'a | 2'],
  ['__xor', 'a ^^ 2'],
  ['__shl', 'a << 2'],
  ['__shr', 'a >> 2'],
  ['__not', '~a'],
] as const;

export function language(row: Row): void {
  row('life-1-1a', async () => {
    const mta = await Momentum.start();
    for (const [expression, value] of OPERATORS)
      expect([expression, ...(await mta.eval(expression))]).toEqual([expression, value]);
  });

  row('life-1-1b', async () => {
    const mta = await Momentum.start();
    expect(await mta.eval('7 \\ 2, 8 \\ 2, 7 / 2')).toEqual([3, 4, 3.5]);
  });

  row('life-1-1c', async () => {
    const mta = await Momentum.start();
    for (const [event, expression] of METAMETHODS) {
      const lua = `local a = setmetatable({}, { ${event} = function() return "${event}" end }) return ${expression}`;
      expect(await mta.eval(lua)).toEqual([event]);
    }
  });

  row('life-1-2a', async () => {
    const mta = await Momentum.start();
    await expect(mta.eval('msys.core.dns_get_domain(nil)')).rejects.toThrow(
      "bad argument #1 to 'dns_get_domain' (string expected, got nil)",
    );
    expect([...mta.diagnostics]).toMatchObject([
      {
        code: 'BAD_ARGUMENT',
        severity: 'violation',
        message: expect.stringContaining('an unexpected nil can take the whole server down') as string,
      },
    ]);
  });

  row('life-1-2b', async () => {
    const mta = await withScript('msys.registerControl("last", function(cc) print(cc.argv[cc.argc]) end)');
    await expect(mta.console('last word')).rejects.toMatchObject({ code: 'ARGV_RANGE' });
    expect(mta.crashed).toMatchObject({ code: 'ARGV_RANGE' });
  });

  row('life-1-3a', async () => {
    const ask = (key: string) => `msg:context_exists(core.ECMESS_CTX_MESS, "${key}")`;
    expect(await ofMessage(`${ask('known')} == 1, ${ask('unknown')} == 0`)).toEqual(['true\ttrue']);
  });

  row('life-1-3b', async () => {
    const mta = await Momentum.start();
    expect(await mta.eval('if 0 then return "true" else return "false" end')).toEqual(['true']);
  });

  row('life-1-4', async () => {
    const ask = (key: string) => `msg:context_exists_and_get(core.ECMESS_CTX_MESS, "${key}")`;
    expect(await ofMessage(ask('known'))).toEqual(['1\tvalue']);
    expect(await ofMessage(ask('unknown'))).toEqual(['0\tnil']);
  });

  row('life-1-5a', async () => {
    const mta = await withScript(`local api = require 'msys' same = api == msys core = require("msys.core")`);
    expect(await mta.eval('same, core == msys.core')).toEqual([true, true]);
  });

  row('life-1-5b', async () => {
    const mta = await withScript('known = msys.type(1) .. type(msys.core.string_new)');
    expect(await mta.eval('known')).toEqual(['numberfunction']);
    expect(codes(mta)).toEqual([]);
  });

  row('life-1-6', async () => {
    const mta = await Momentum.start();
    const raw = 'rawget(msys.core, "VALIDATE_CONT")';
    expect(await mta.eval(`${raw} == nil, type(msys.core.VALIDATE_CONT), type(${raw})`)).toEqual([
      true,
      'number',
      'number',
    ]);
  });

  row('life-1-7a', async () => {
    const mta = await Momentum.start();
    expect(await mta.eval('msys.type(msys.core.string_new()), type(msys.core.string_new())')).toEqual([
      'msys.core:_ec_string',
      'userdata',
    ]);
    expect(await mta.eval('msys.type(1), msys.type("x"), msys.type({}), msys.type(nil)')).toEqual([
      'number',
      'string',
      'table',
      'nil',
    ]);
  });

  row('life-1-7b', async () => {
    const mta = await Momentum.start();
    const lua = `local s = msys.core.string_new() return rawequal(msys.cast(s, "msys.core:_ec_string"), s)`;
    expect(await mta.eval(lua)).toEqual([true]);
  });

  row('life-1-7c', async () => {
    const mta = await Momentum.start();
    const lua = `
      local s = msys.core.string_new()
      return type(msys.getClassMetaTable("msys.core:_ec_string")),
             msys.getClassMetaTable("msys.core:_ec_string") == msys.getClassMetaTable("msys.core:_ec_string")`;
    expect(await mta.eval(lua)).toEqual(['table', true]);
  });

  row('life-1-8', async () => {
    const counting = `local count = 0 function mod:core_log_reopen() count = count + 1 return count end`;
    const other = 'function mod:core_log_reopen() return tostring(count) end';
    const mta = await Momentum.start({
      modules: [moduleScript(counting, 'one'), moduleScript(counting, 'two'), moduleScript(other, 'three')],
    });
    await mta.call('one:core_log_reopen');
    expect(await mta.call('one:core_log_reopen')).toEqual([2]);
    expect(await mta.call('two:core_log_reopen')).toEqual([1]);
    expect(await mta.call('three:core_log_reopen')).toEqual(['nil']);
  });

  row('life-1-9a', async () => {
    const mta = await withModule(
      callout('validate_ehlo', 'self.kept = { tostring(str):match("EHLO (%S+)") }') +
        callout('validate_mailfrom', 'print(self ~= mod, self.kept[1], rawget(mod, "kept"))'),
    );
    const sessions = [mta.smtp.session(), mta.smtp.session()] as const;
    await sessions[0].ehlo('one');
    await sessions[1].ehlo('two');
    for (const session of sessions) await session.mail('me@example.com');
    expect(prints(mta)).toEqual(['true\tone\tnil', 'true\ttwo\tnil']);
  });

  row('life-1-9b', async () => {
    const mta = await withModule(`
      ${callout('validate_data', 'self.kept = { tostring(msg.id) }')}
      function mod:validate_dealloc() print(self.kept[1]) end`);
    const { messages } = await mta.smtp.send(MAIL);
    expect(prints(mta)).toEqual([messages[0]!.id]);
  });

  row('life-1-10a', async () => {
    const mta = await withModule(
      callout('validate_ehlo', '_TLS.own = { tostring(str):match("EHLO (%S+)") }') +
        callout('validate_data', 'print(_TLS.own[1])'),
    );
    const sessions = [mta.smtp.session(), mta.smtp.session()] as const;
    await sessions[0].ehlo('one');
    await sessions[1].ehlo('two');
    for (const session of sessions) {
      await session.mail(MAIL.from);
      await session.rcpt(MAIL.to);
      await session.data(MAIL.data);
    }
    expect(prints(mta)).toEqual(['one', 'two']);
    expect(await mta.eval('_TLS.own')).toEqual([undefined]);
  });

  row('life-1-10b', async () => {
    const mta = await Momentum.start();
    await mta.eval('_OSTLS.marker = 42');
    const lua = `_OSTLS.marker, msys.runInPool("CPU", function() return tostring(_OSTLS.marker) end)`;
    expect(await mta.eval(lua)).toEqual([42, true, 'nil']);
    expect(prints(mta)).toEqual([]);
  });
}

/** What a callout prints of a message whose context has the variable `known`. */
async function ofMessage(lua: string): Promise<string[]> {
  const mta = await withModule(
    callout('validate_data', `msg:context_set(core.ECMESS_CTX_MESS, "known", "value") print(${lua})`),
  );
  await mta.smtp.send(MAIL);
  return prints(mta);
}
