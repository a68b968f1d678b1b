/** In which phases a function works, and the names of the constants (sections 5 and 6). */
import { Momentum } from '../../../src';
import { catalogue } from '../../../src/catalogue';
import { callout, CALLOUTS, MAIL } from './mail';
import { codes, prints, withModule, type Row } from './start';

const SPOOL = ['data', 'data_spool', 'data_spool_each_rcpt'];
const WITH_BINDING = [...SPOOL, 'set_binding'];
const BEFORE_LIST = ['mailfrom', 'rcptto_list', 'rcptto_list_final'];

interface Validity {
  /** As 4/4-lua-summary-table gives them. */
  readonly phases: readonly string[];
  /** Phases that the pages of the functions add. */
  readonly also?: readonly string[];
  /** A call of each method. */
  readonly calls: Readonly<Record<string, string>>;
}

const VALIDITY: Readonly<Record<string, Validity>> = {
  'life-5-24a': {
    phases: ['any'],
    calls: {
      'vctx:get': 'vctx:get(core.VCTX_CONN, "k")',
      'vctx:set': 'vctx:set(core.VCTX_CONN, "k", "v")',
      'vctx:set_code': 'vctx:set_code(250, "ok")',
      'vctx:disconnect': 'vctx:disconnect(421, "bye")',
    },
  },
  'life-5-25': { phases: ['connect'], also: ['any'], calls: { 'vctx:tarpit': 'vctx:tarpit(0)' } },
  'life-5-26': {
    phases: [...SPOOL, 'rcptto'],
    also: BEFORE_LIST,
    calls: { 'vctx:add_recipient': 'vctx:add_recipient("a@b.test")' },
  },
  'life-5-27': {
    phases: [...SPOOL, 'mailfrom', 'rcptto'],
    also: BEFORE_LIST,
    calls: { 'vctx:remove_recipient': 'vctx:remove_recipient("a@b.test")' },
  },
  'life-5-28': {
    phases: ['connect', 'ehlo'],
    calls: {
      'ac:esmtp_capability_add': 'ac:esmtp_capability_add("X-MINE")',
      'ac:esmtp_capability_remove': 'ac:esmtp_capability_remove("PIPELINING")',
    },
  },
  'life-5-29a': {
    phases: SPOOL,
    calls: {
      'msg:mime': 'msg:mime(true)',
      'msg:text': 'msg:text()',
      'msg:raw': 'msg:raw()',
      'msg:discard': 'msg:discard()',
      'msg:code': 'msg:code()',
    },
  },
  'life-5-29b': {
    phases: WITH_BINDING,
    calls: {
      'msg:header': 'msg:header("Subject")',
      'msg:body': 'msg:body()',
      'msg:build': 'core.ec_message_new(nil):build({ Subject = "new" }, { ["text/plain"] = "text" }, {})',
      'msg:inject': 'msg:inject("again@example.com", "you@example.org")',
    },
  },
  'life-5-29c': {
    phases: [...SPOOL, 'rcptto', 'set_binding'],
    calls: { 'msg:forward': 'msg:forward("again@example.com", "you@example.org", "see below")' },
  },
  'life-5-30': {
    phases: [...SPOOL, 'rcptto', 'set_binding'],
    calls: { 'msg:mailfrom': 'msg:mailfrom()', 'msg:rcptto': 'msg:rcptto()' },
  },
  'life-5-31': {
    phases: ['set_binding'],
    calls: { 'msg:binding': 'msg:binding()', 'msg:binding_group': 'msg:binding_group()' },
  },
  'life-5-32': {
    phases: ['data_spool_each_rcpt', 'rcptto'],
    calls: { 'msg:routing_domain': 'msg:routing_domain("other.test")' },
  },
  'life-5-33': {
    phases: WITH_BINDING,
    calls: {
      'msg:context_get': 'msg:context_get(core.ECMESS_CTX_MESS, "k")',
      'msg:context_set': 'msg:context_set(core.ECMESS_CTX_MESS, "k", "v")',
      'msg:context_exists': 'msg:context_exists(core.ECMESS_CTX_MESS, "k")',
      'msg:context_delete': 'msg:context_delete(core.ECMESS_CTX_MESS, "k")',
    },
  },
};

const PACKAGES =
  'require("msys.extended.message") require("msys.extended.message_routing") require("msys.extended.vctx")';

/** The phases that have what the method is called on. */
const phasesWith = (receiver: string): string[] =>
  Object.entries(CALLOUTS)
    .filter(([, parameters]) => parameters.split(', ').includes(receiver))
    .map(([key]) => key.replace('validate_', ''));

/** Whether a call in the phase is reported. It may do what it likes to the mail; what it sends is left alone. */
async function isWrong(phase: string, lua: string): Promise<boolean> {
  const isOwn = phase === 'set_binding' ? 'msg:mailfrom() ~= "again@example.com"' : 'true';
  const body = `if ${isOwn} then print("called") ${lua} end`;
  const mta = await withModule(`${PACKAGES} ${callout(`validate_${phase}`, body)}`, {
    strict: { WRONG_PHASE: 'warn' },
  });
  await mta.smtp.send(MAIL);
  expect([phase, prints(mta)[0]]).toEqual([phase, 'called']);
  return codes(mta).includes('WRONG_PHASE');
}

const CONSTANTS = [
  ['VALIDATE_CONT', 'VALIDATE_DONE', 'VALIDATE_AGAIN'],
  ['VCTX_CONN', 'VCTX_MESS'],
  ['ECMESS_CTX_CONN', 'ECMESS_CTX_MESS'],
  ['EC_MSG_ENV_FROM', 'EC_MSG_ENV_TO', 'EC_MSG_ENV_COMPLETE'],
  ['EC_AUTH_OK', 'EC_AUTH_FAIL', 'EC_AUTH_ERROR'],
  ['EC_MIME_TE_7BIT', 'EC_MIME_TE_8BIT', 'EC_MIME_TE_BASE64', 'EC_MIME_TE_QUOTED_PRINTABLE'],
  ['P_ESMTP'],
  ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_CREAT', 'O_APPEND', 'O_EXCL', 'O_TRUNC'],
  ['ECTP_COMPLETE_CALLBACK', 'ECTP_COMPLETE_CALLBACK_SCHED'],
];

/** Functions that are valid in any phase, each where a script runs. */
const HELPERS = `
  local function helpers(where)
    print(where, msys.base64.encode("x"), msys.counter.read("/none"), msys.pcre.match("abc", "b") ~= nil,
          tostring(require("json").decode("[1]")), msys.type(msys.timer.after(1, function() end)))
  end
  ${Object.keys(CALLOUTS)
    .map((key) => callout(key, `helpers("${key}")`))
    .join('\n')}
  function mod:init() helpers("init") return true end
  function mod:rsrc_setup()
    helpers("rsrc_setup")
    msys.registerControl("ask", function() helpers("console") end)
    msys.httpsrv.register("GET", "/", function() helpers("http") end)
    return true
  end
  function mod:core_log_reopen() helpers("hook") end`;
const HELPED = '\teA==\t0\ttrue\t[ 1 ]\tmsys.timer:timer';

export function validity(row: Row): void {
  for (const [id, { phases, also = [], calls }] of Object.entries(VALIDITY))
    row(id, async () => {
      const all = [...phases, ...also];
      for (const [method, lua] of Object.entries(calls)) {
        expect([method, [...(catalogue.find(method)?.phases ?? [])].sort()]).toEqual([
          method,
          [...phases].sort(),
        ]);
        const valid: string[] = [];
        const possible = phasesWith(method.split(':')[0]!);
        for (const phase of possible) if (!(await isWrong(phase, lua))) valid.push(phase);
        const expected = possible.filter((phase) => all.includes('any') || all.includes(phase));
        expect([method, valid]).toEqual([method, expected]);
      }
    });

  row('life-5-24b', async () => {
    const mta = await withModule(HELPERS, { strict: { DROPPED_TIMER: 'off' } });
    await mta.console('reopen logs');
    await mta.request({ url: '/' });
    expect((await mta.console('ask')).output).toBe(`console${HELPED}\n`);
    await mta.smtp.send(MAIL);
    const places = ['init', 'rsrc_setup', 'hook', 'http', ...Object.keys(CALLOUTS)];
    expect(prints(mta)).toEqual(places.map((where) => where + HELPED));
  });

  row('life-5-34', async () => {
    const functions = {
      'msys.registerControl': '"mine", function() end',
      'msys.registerAuth': '"mine", { authenticate = function() end }',
      'msys.audit_series.define': '"mine", "string", 60, 5',
      'msys.cidr.define': '"mine", { type = "empty" }',
    };
    for (const [name, args] of Object.entries(functions)) {
      expect(catalogue.find(name)?.phases).toEqual(['init']);
      const call = `${name}(${args})`;
      const mta = await withModule(`function mod:init() ${call} return true end`);
      expect([name, codes(mta)]).toEqual([name, []]);
      const late = await withModule(callout('validate_connect', call));
      await late.smtp.send(MAIL);
      expect([name, codes(late)]).toEqual([name, ['WRONG_PHASE']]);
    }
  });

  row('life-5-35', () => {
    const methods = ['request_add_header', 'request_delete_header', 'request_set_body', 'request_finalize'];
    const known = methods.map((name) => catalogue.find(`http_session:${name}`)?.phases);
    expect(known).toEqual(methods.map(() => ['http_request_eval']));
  });

  row('life-6-p1a', async () => {
    const mta = await Momentum.start();
    for (const names of CONSTANTS) {
      const values = await mta.eval(names.map((name) => `msys.core.${name}`).join(', '));
      expect(values.map((value) => typeof value)).toEqual(names.map(() => 'number'));
      expect(new Set(values).size).toBe(names.length);
    }
  });

  row('life-6-p1b', async () => {
    const mta = await Momentum.start();
    const lua = 'msys.core.EC_HOOK_CONT, msys.core.EC_HOOK_DONE, msys.core.EC_HOOK_RETRY';
    expect(await mta.eval(lua)).toEqual([0, 1, 2]);
  });
}
