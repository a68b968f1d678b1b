/** The policy phases: order, arguments, results, contexts (section 5). */
import { Momentum } from '../../../src';
import { callout, CALLOUTS, MAIL, tracing, withModules } from './mail';
import { codes, configWith, prints, withModule, type Row } from './start';

const MESSAGE = 'msys.core:_ec_message';
const TYPES: Readonly<Record<string, string>> = {
  ac: 'msys.core:_accept_construct',
  vctx: 'msys.core:_validate_context',
  msg: MESSAGE,
  str: 'msys.core:_ec_string',
  node: 'msys.core:_eclist_node',
};
const typesOf = (parameters: string) =>
  parameters
    .split(', ')
    .map((name) => TYPES[name])
    .join(' ');

/** Rows of callouts that may end their phase, go on, or ask to be called again. */
const ANSWERING: readonly (readonly [id: string, key: string])[] = [
  ['life-5-5', 'validate_connect'],
  ['life-5-6', 'validate_ehlo'],
  ['life-5-7', 'validate_mailfrom'],
  ['life-5-8', 'validate_rcptto'],
  ['life-5-9', 'validate_rcptto_list'],
  ['life-5-10', 'validate_rcptto_list_final'],
  ['life-5-11', 'validate_data'],
  ['life-5-12', 'validate_data_spool'],
  ['life-5-13', 'validate_data_spool_each_rcpt'],
];

const FINAL = ['core_final_validation2', 'core_final_validation', 'core_post_final_validation'];

/** What two modules print, of which the first one returns `result`. */
async function called(key: string, result: string): Promise<string[]> {
  const mta = await withModules([tracing([key], result), tracing([key], 'msys.core.VALIDATE_CONT')]);
  expect((await mta.smtp.send(MAIL)).code).toBe(250);
  return prints(mta);
}

export function phases(row: Row): void {
  order(row);
  answers(row);
  finalValidation(row);
  results(row);
  contexts(row);
}

function order(row: Row): void {
  const keys = [...Object.keys(CALLOUTS), 'core_final_validation', 'msg_gen_data_spool'];
  const start = () => withModule(tracing(keys, 'msys.core.VALIDATE_CONT'));
  const names = (mta: Momentum) => prints(mta).map((line) => line.split('\t')[0]);

  row('life-5-p1', async () => {
    const mta = await start();
    await mta.smtp.send(MAIL);
    expect(names(mta)).toEqual([...Object.keys(CALLOUTS), 'core_final_validation']);
  });

  row('life-5-p2a', async () => {
    const mta = await start();
    await mta.inject(MAIL);
    expect(names(mta)).toEqual(['msg_gen_data_spool', 'validate_set_binding', 'core_final_validation']);
    expect(mta.messages).toMatchObject([{ disposition: 'queued', method: 'rest' }]);
  });

  row('life-5-p2b', async () => {
    const spool = Object.keys(CALLOUTS).filter((key) => key.startsWith('validate_data'));
    const mta = await withModule(tracing(spool, 'msys.core.VALIDATE_CONT'));
    await mta.inject(MAIL);
    expect(prints(mta)).toEqual([]);
    await mta.smtp.send(MAIL);
    expect(prints(mta)).toHaveLength(spool.length);
  });

  for (const [id, name] of [
    ['life-5-3', 'init'],
    ['life-5-4', 'rsrc_setup'],
  ] as const)
    row(id, async () => {
      const mta = await withModule(`function mod:${name}(...) print(select("#", ...)) return true end`);
      expect([prints(mta), codes(mta)]).toEqual([['0'], []]);
    });
}

function answers(row: Row): void {
  for (const [id, key] of ANSWERING)
    row(id, async () => {
      const line = `${key}\t${typesOf(CALLOUTS[key]!)}`;
      expect(await called(key, 'msys.core.VALIDATE_CONT')).toEqual([line, line]);
      expect(await called(key, 'msys.core.VALIDATE_DONE')).toEqual([line]);
      const again =
        '(rawset(self, "calls", (self.calls or 0) + 1).calls < 3 and msys.core.VALIDATE_AGAIN or msys.core.VALIDATE_CONT)';
      expect(await called(key, again)).toEqual(Array(4).fill(line));
    });

  row('life-5-14', async () => {
    const key = 'validate_set_binding';
    const line = `${key}\t${MESSAGE}`;
    expect(await called(key, 'msys.core.VALIDATE_CONT')).toEqual([line, line]);
    expect(await called(key, 'msys.core.VALIDATE_DONE')).toEqual([line]);
    const mta = await withModule(tracing([key], 'msys.core.VALIDATE_AGAIN'));
    await mta.smtp.send(MAIL);
    expect([codes(mta), prints(mta)[0]]).toEqual([['VALIDATE_RESULT'], line]);
  });

  row('life-5-15', async () => {
    const mta = await withModule(
      callout('validate_connect', '') +
        ' function mod:validate_dealloc(...) print("dealloc", select("#", ...)) return 17 end',
    );
    await mta.smtp.send(MAIL);
    expect([prints(mta), codes(mta)]).toEqual([['dealloc\t0'], []]);
  });
}

function finalValidation(row: Row): void {
  const CLASSES = typesOf('msg, ac, vctx');
  const sent = async (...bodies: string[]) => {
    const mta = await withModules(bodies);
    const { code, text } = await mta.smtp.send(MAIL);
    const [message] = mta.messages;
    return { lines: prints(mta), code, text, message, mta };
  };

  row('life-5-16', async () => {
    const [hook] = FINAL as [string];
    const line = `${hook}\t${CLASSES}`;
    const both = (result: string) => sent(tracing([hook], result), tracing([hook], '0'));
    expect(await both('msys.core.EC_HOOK_CONT')).toMatchObject({ lines: [line, line], code: 250 });
    expect(await both('msys.core.EC_HOOK_DONE')).toMatchObject({
      lines: [line],
      code: 550,
      text: '5.7.0 [internal] rejected by policy',
      message: { disposition: 'rejected' },
    });
    expect(await both('msys.core.EC_HOOK_RETRY')).toMatchObject({ lines: [line], code: 451 });
  });

  row('life-5-17', async () => {
    const { lines, code, message } = await sent(tracing([FINAL[1]!], '1'), tracing([FINAL[1]!], '1'));
    expect([lines, code]).toEqual([Array(2).fill(`core_final_validation\t${CLASSES}`), 250]);
    expect(message).toMatchObject({ disposition: 'queued' });
  });

  row('life-5-18', async () => {
    const { lines, code } = await sent(tracing([...FINAL, 'validate_set_binding'].reverse(), '0'));
    expect([lines.map((line) => line.split('\t')[0]).slice(-3), code]).toEqual([FINAL, 250]);
    expect(await sent(tracing([FINAL[2]!], '1'))).toMatchObject({
      lines: [`core_post_final_validation\t${CLASSES}`],
      code: 250,
    });
  });

  row('life-5-19', async () => {
    const mta = await withModules([tracing(['msg_gen_data_spool'], '1'), tracing(['msg_gen_data_spool'])]);
    await mta.inject(MAIL);
    expect(prints(mta)).toEqual(Array(2).fill(`msg_gen_data_spool\t${MESSAGE}`));
    expect(mta.messages).toMatchObject([{ disposition: 'queued' }]);
  });
}

function results(row: Row): void {
  row('life-5-p21a', async () => {
    // DONE is no rejection: what the validation context says counts.
    const first = callout('validate_ehlo', 'print("one") return core.VALIDATE_DONE');
    const second = callout('validate_ehlo', 'print("never")') + callout('validate_mailfrom', 'print("two")');
    const mta = await withModules([first, second]);
    expect((await mta.smtp.send(MAIL)).code).toBe(250);
    expect(prints(mta)).toEqual(['one', 'two']);
    const refusing = callout('validate_ehlo', 'vctx:set_code(550, "no") return core.VALIDATE_CONT');
    expect(await (await withModules([refusing])).smtp.send(MAIL)).toMatchObject({ code: 550, text: 'no' });
    // The reply to DATA stays one that has the client send its message.
    const friendly = callout('validate_rcptto_list_final', 'vctx:set_code(250, "fine")');
    const { code, transcript } = await (await withModules([friendly])).smtp.send(MAIL);
    expect([code, transcript.filter((line) => line.startsWith('S: 354')).length]).toEqual([250, 1]);
  });

  row('life-5-p21b', async () => {
    for (const result of ['', 'nil', 'true', '17', '"VALIDATE_CONT"']) {
      const body = `function mod:validate_ehlo() return ${result} end`;
      const mta = await withModule(body, { now: '2009-08-28T14:48:42Z' });
      expect((await mta.smtp.send(MAIL)).code).toBe(250);
      expect([result, ...mta.paniclog.map(({ text }) => text)]).toEqual([
        result,
        '1251470922:scriptlet-00147: validate_ehlo error: (null)',
        '1251470922:scriptlet-00239: mod error: (null)',
      ]);
      expect(codes(mta)).toEqual(['VALIDATE_RESULT']);
    }
  });

  row('life-5-p21c', async () => {
    const mta = await withModule(
      callout('validate_mailfrom', 'msys.dnsLookup("example.com", "nonsense") print("never")'),
      { dns: {} },
    );
    const { code, disconnected } = await mta.smtp.send(MAIL);
    expect([code, disconnected]).toEqual([421, true]);
    expect(prints(mta).at(-1)).toContain("bad argument #2 to 'dnsLookup' (invalid record type 'nonsense'");
  });
}

const LISTENER = configWith(`ESMTP_Listener {
  Relay_Hosts = ( "0.0.0.0/0" )
  Listen "*:25" {
    Peer "0.0.0.0/0" { context = [ my_key = "my_value" my_other_key = "my_other_value" ] }
    Peer "10.0.0.0/32" { context = [ trusted_mx = "yes" __bypass_mod = "true" ] }
  }
}`);

function contexts(row: Row): void {
  row('life-5-p22a', async () => {
    const count = (scope: string) => `
      local n = tonumber(vctx:get(core.${scope}, "n")) or 0
      vctx:set(core.${scope}, "n", n + 1)
      print("${scope}", n)`;
    const mta = await withModule(callout('validate_mailfrom', count('VCTX_CONN') + count('VCTX_MESS')));
    const session = mta.smtp.session();
    await session.ehlo();
    for (let i = 0; i < 2; i++) {
      await session.mail(MAIL.from);
      await session.rcpt(MAIL.to);
      await session.data(MAIL.data);
    }
    await session.quit();
    await mta.smtp.send(MAIL);
    expect(prints(mta)).toEqual(
      [0, 1, 0].flatMap((connection) => [`VCTX_CONN\t${connection}`, 'VCTX_MESS\t0']),
    );
    expect(mta.messages.map(({ context }) => [context.connection.n, context.message.n])).toEqual([
      ['1', '1'],
      ['2', '1'],
      ['1', '1'],
    ]);
  });

  row('life-5-p22b', async () => {
    const say = 'print(vctx:get(core.VCTX_CONN, "my_key"), vctx:get(core.VCTX_CONN, "trusted_mx"))';
    const mta = await withModule(callout('validate_connect', say), { config: LISTENER });
    for (const peer of ['192.0.2.1', '10.0.0.0']) await mta.smtp.send({ ...MAIL, peer });
    expect(prints(mta)).toEqual(['my_value\t']);
    expect(mta.messages.map(({ context }) => context.connection)).toMatchObject([
      { my_key: 'my_value', my_other_key: 'my_other_value' },
      { trusted_mx: 'yes' },
    ]);
    expect(mta.messages[1]!.context.connection).not.toHaveProperty('my_key');
  });

  row('life-5-p22c', async () => {
    const modules = ['mod', 'other'].map((name) => ({
      name,
      source: `local mod = {} ${callout('validate_mailfrom', `print("${name}")`)} msys.registerModule("${name}", mod)`,
    }));
    const mta = await Momentum.start({ config: LISTENER, modules });
    await mta.smtp.send({ ...MAIL, peer: '10.0.0.0' });
    expect(prints(mta)).toEqual(['other']);
    await mta.smtp.send(MAIL);
    expect(prints(mta)).toEqual(['other', 'mod', 'other']);
  });
}
