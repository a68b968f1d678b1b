/** Policy phases: built when mail is; until then their callouts, constants and functions are known (sections 5, 6). */
import { Momentum } from '../../../src';
import { catalogue } from '../../../src/catalogue';
import {
  codes,
  configWith,
  expectNotSimulated,
  expectReachable,
  prints,
  withModule,
  type Row,
} from './start';

const SMTP_ORDER = {
  validate_connect: 2,
  validate_ehlo: 3,
  validate_mailfrom: 3,
  validate_rcptto: 4,
  validate_data: 3,
  validate_data_spool: 3,
  validate_data_spool_each_rcpt: 3,
  validate_set_binding: 1,
  core_final_validation: 3,
};

/** Rows of single callouts, with the number of their arguments after self. */
const CALLOUTS: readonly (readonly [id: string, keys: Readonly<Record<string, number>>])[] = [
  ['life-5-p1', SMTP_ORDER],
  ['life-5-p2a', { msg_gen_data_spool: 1, validate_set_binding: 1, core_final_validation: 3 }],
  ['life-5-5', { validate_connect: 2 }],
  ['life-5-6', { validate_ehlo: 3 }],
  ['life-5-7', { validate_mailfrom: 3 }],
  ['life-5-8', { validate_rcptto: 4 }],
  ['life-5-9', { validate_rcptto_list: 2 }],
  ['life-5-10', { validate_rcptto_list_final: 2 }],
  ['life-5-11', { validate_data: 3 }],
  ['life-5-12', { validate_data_spool: 3 }],
  ['life-5-13', { validate_data_spool_each_rcpt: 3 }],
  ['life-5-14', { validate_set_binding: 1 }],
  ['life-5-15', { validate_dealloc: 0 }],
  ['life-5-16', { core_final_validation2: 3 }],
  ['life-5-17', { core_final_validation: 3 }],
  ['life-5-18', { core_post_final_validation: 3 }],
  ['life-5-19', { msg_gen_data_spool: 1 }],
];

const SPOOL = ['data', 'data_spool', 'data_spool_each_rcpt'];
const WITH_BINDING = [...SPOOL, 'set_binding'];

/**
 * Methods with the phases that 4/4-lua-summary-table gives. No object of these classes reaches a script yet: what is
 * known of them is in the catalogue.
 */
const PHASES: readonly (readonly [id: string, phases: readonly string[], methods: readonly string[]])[] = [
  ['life-5-24a', ['any'], ['vctx:get', 'vctx:set', 'vctx:set_code', 'vctx:disconnect']],
  ['life-5-25', ['connect'], ['vctx:tarpit']],
  ['life-5-26', [...SPOOL, 'rcptto'], ['vctx:add_recipient']],
  ['life-5-27', [...SPOOL, 'mailfrom', 'rcptto'], ['vctx:remove_recipient']],
  ['life-5-28', ['connect', 'ehlo'], ['ac:esmtp_capability_add', 'ac:esmtp_capability_remove']],
  ['life-5-29a', SPOOL, ['msg:mime', 'msg:text', 'msg:raw', 'msg:discard', 'msg:code']],
  ['life-5-29b', WITH_BINDING, ['msg:header', 'msg:body', 'msg:build', 'msg:inject']],
  ['life-5-29c', [...SPOOL, 'rcptto', 'set_binding'], ['msg:forward']],
  ['life-5-30', [...SPOOL, 'rcptto', 'set_binding'], ['msg:mailfrom', 'msg:rcptto']],
  ['life-5-31', ['set_binding'], ['msg:binding', 'msg:binding_group']],
  ['life-5-32', ['data_spool_each_rcpt', 'rcptto'], ['msg:routing_domain']],
  ['life-5-33', WITH_BINDING, ['get', 'set', 'exists', 'delete'].map((name) => `msg:context_${name}`)],
  [
    'life-5-34',
    ['init'],
    ['msys.registerControl', 'msys.registerAuth', 'msys.audit_series.define', 'msys.cidr.define'],
  ],
];

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

const LISTENER = configWith(`ESMTP_Listener {
  Listen "*:25" {
    Peer "0.0.0.0/0" { context = [ my_key = "my_value" my_other_key = "my_other_value" ] }
    Peer "10.0.0.0/32" { context = [ trusted_mx = "yes" __bypass_spf_v1 = "true" ] }
  }
}`);

/** Functions that are valid in any phase, each where a script runs today. */
const HELPERS = `
  local function helpers(where)
    print(where, msys.base64.encode("x"), msys.counter.read("/none"), msys.pcre.match("abc", "b") ~= nil,
          tostring(require("json").decode("[1]")), msys.type(msys.timer.after(1, function() end)))
  end
  function mod:init() helpers("init") return true end
  function mod:rsrc_setup()
    helpers("rsrc_setup")
    msys.registerControl("ask", function() helpers("console") end)
    msys.httpsrv.register("GET", "/", function() helpers("http") end)
    return true
  end
  function mod:core_log_reopen() helpers("hook") end`;
const HELPED = '\teA==\t0\ttrue\t[ 1 ]\tmsys.timer:timer';

export function phases(row: Row): void {
  for (const [id, keys] of CALLOUTS) row(id, () => expectReachable(keys));

  row('life-5-p2b', async () => {
    // There is no HTTP injection yet: an endpoint of that name is an ordinary one, and drives nothing.
    const mta = await withModule(`
      function mod:validate_data(msg, ac, vctx) print("driven") return msys.core.VALIDATE_CONT end`);
    expect((await mta.request({ method: 'POST', url: '/api/v1/transmissions', body: '{}' })).status).toBe(
      404,
    );
    expect(prints(mta)).toEqual([]);
  });

  for (const [id, callout] of [
    ['life-5-3', 'init'],
    ['life-5-4', 'rsrc_setup'],
  ] as const)
    row(id, async () => {
      const mta = await withModule(`function mod:${callout}(...) print(select("#", ...)) return true end`);
      expect([prints(mta), codes(mta)]).toEqual([['0'], []]);
    });

  row('life-5-p21a', async () => {
    const mta = await withModule(`
      function mod:validate_connect(ac, vctx) return msys.core.VALIDATE_DONE end
      function mod:validate_ehlo(str, ac, vctx) return msys.core.VALIDATE_AGAIN end
      function mod:validate_data(msg, ac, vctx) return msys.core.VALIDATE_CONT end`);
    const [done, again, go] = await Promise.all(
      ['validate_connect', 'validate_ehlo', 'validate_data'].map((key) => mta.call(key)),
    );
    const constants = 'msys.core.VALIDATE_DONE, msys.core.VALIDATE_AGAIN, msys.core.VALIDATE_CONT';
    expect([done, again, go].flat()).toEqual(await mta.eval(constants));
  });

  row('life-5-p21b', () => expectReachable({ validate_ehlo: 3 }));

  row('life-5-p21c', async () => {
    const mta = await Momentum.start({ dns: {} });
    await expect(mta.eval('msys.dnsLookup("example.com", "nonsense")')).rejects.toThrow(
      "bad argument #2 to 'dnsLookup' (invalid record type 'nonsense'",
    );
  });

  row('life-5-p22a', () =>
    expectNotSimulated(['msys.core.validate_context_exists', 'msys.core.validate_context_set_code']),
  );

  row('life-5-p22b', async () => {
    const mta = await Momentum.start({ config: LISTENER });
    const { output } = await mta.console('config eval ESMTP_Listener Listen *:25 Peer 0.0.0.0/0 context');
    expect(output).toBe('Context = [\n  my_key = "my_value"\n  my_other_key = "my_other_value"\n]\n');
  });

  row('life-5-p22c', async () => {
    const mta = await Momentum.start({ config: LISTENER });
    const { output } = await mta.console('config eval ESMTP_Listener Listen *:25 Peer 10.0.0.0/32 context');
    expect(output).toContain('__bypass_spf_v1 = "true"');
    expect(codes(mta)).toEqual([]);
  });

  for (const [id, valid, methods] of PHASES)
    row(id, () => {
      const known = methods.map((name) => [name, [...(catalogue.find(name)?.phases ?? [])].sort()]);
      expect(known).toEqual(methods.map((name) => [name, [...valid].sort()]));
    });

  row('life-5-24b', async () => {
    const mta = await withModule(HELPERS, { strict: { DROPPED_TIMER: 'off' } });
    await mta.call('core_log_reopen');
    await mta.request({ url: '/' });
    expect((await mta.console('ask')).output).toBe(`console${HELPED}\n`);
    expect(prints(mta)).toEqual(['init', 'rsrc_setup', 'hook', 'http'].map((where) => where + HELPED));
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
