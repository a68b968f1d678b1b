/** Hooks of scripts about queues and outbound connections. */
import { Momentum, type DomainFixture, type MomentumOptions } from '../../src';
import '../../src/jest';

const DOMAIN = 'example.com';
const START = Date.UTC(2026, 0, 1);
const MESSAGE = {
  from: 'a@sender.test',
  to: `one@${DOMAIN}`,
  raw: Buffer.from('Subject: x\r\n\r\nhello\r\n'),
};

/** One message for the domain, and a module with the functions in `body`; `config` is added to loggers' stanzas. */
const withHooks = (
  body: string,
  { contents = { active: [MESSAGE] }, config = '', ...options }: Options = {},
): Promise<Momentum> =>
  Momentum.start({
    config: { text: `alerting { }\nec_logger "e" { }\nbounce_logger "b" { }\nbinding "gold" { }\n${config}` },
    domains: { [DOMAIN]: contents },
    ...options,
    modules: [
      {
        name: 'mod',
        source: `require("msys.core") require("msys.extended.message")
          local mod, core = {}, msys.core
          ${body}
          msys.registerModule("mod", mod)`,
      },
    ],
  });

interface Options extends Omit<MomentumOptions, 'config'> {
  readonly contents?: DomainFixture;
  readonly config?: string;
}

const prints = (mta: Momentum) => mta.paniclog.map(({ message }) => message);
const secondsOf = (mta: Momentum) => mta.remote('*').attempts.map(({ at }) => (at.getTime() - START) / 1000);
const function_ = (name: string, parameters: string, body: string) =>
  `function mod:${name}(${parameters}) ${body} end`;

describe('logs', () => {
  const log = (name: string) =>
    function_(
      name,
      'msg, dr, now, note, len',
      `print("${name.replace(/^core_log_|_v1$/g, '')}", msg:rcptto(), dr.domain, now.tv_sec - ${START / 1000}, note, len == #note)`,
    );

  test('are told of each attempt and how it ended', async () => {
    const names = ['attempt', 'delivery', 'transient_failure', 'permanent_failure'];
    const mta = await withHooks(names.map((name) => log(`core_log_${name}_v1`)).join('\n'), {
      config: 'retry_interval = 60',
    });
    mta.remote(DOMAIN).accept().once.reply(451, 'busy');
    await mta.clock.advance('60s');
    const who = `one@${DOMAIN}\t${DOMAIN}`;
    expect(prints(mta)).toEqual([
      `attempt\t${who}\t0\t\ttrue`,
      `transient_failure\t${who}\t0\t451 busy\ttrue`,
      `attempt\t${who}\t60\t\ttrue`,
      `delivery\t${who}\t60\t250 2.0.0 OK\ttrue`,
    ]);
    mta.domains.add('b.test', { active: 1 });
    mta.remote('b.test').reply(550, 'ä');
    await mta.clock.advance(0);
    expect(prints(mta).at(-1)).toBe('permanent_failure\trecipient@b.test\tb.test\t60\t550 ä\ttrue');
  });

  test('an error of one is in the paniclog, and the message goes its way', async () => {
    const mta = await withHooks('function mod:core_log_delivery_v1() error("oops") end');
    const remote = mta.remote(DOMAIN);
    await mta.clock.advance(0);
    expect(remote.deliveries).toHaveLength(1);
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 0, trying: 0, deliveries: 1 });
    expect(prints(mta).join()).toContain('oops');
  });
});

describe('generic_delivery_msg_dispose', () => {
  test('knows the status of a failure, of a success none', async () => {
    const mta = await withHooks(
      `function mod:generic_delivery_msg_dispose(msg)
         local get = function(key) return msg:context_get(core.ECMESS_CTX_MESS, key) end
         print(get("DLV_Response_Status"), get("DLV_Response_Status_Detail"))
       end`,
      { config: 'retry_interval = 1\nmax_retries = 3' },
    );
    mta.remote(DOMAIN).accept().once.reply(451, '4.2.2 full');
    await mta.clock.advance('1m');
    expect(prints(mta)).toEqual(['451\t4.2.2 full', '\t']);
  });

  test('may send the message another way', async () => {
    const mta = await withHooks(
      `function mod:generic_delivery_msg_dispose(msg)
      if msg:context_exists(core.ECMESS_CTX_MESS, "DLV_Response_Status") == 1 and msg.bounce == 0 then
        msg:inject(msg:mailfrom(), "other@b.test")
      end
    end`,
      { config: 'generate_bounces = false' },
    );
    mta.remote('*').accept();
    mta.remote(DOMAIN).reply(550);
    await mta.clock.advance(0);
    expect(mta.remote('b.test').deliveries).toMatchObject([{ to: 'other@b.test', from: 'a@sender.test' }]);
  });
});

describe('queues', () => {
  const delayed = { delayed: [{ ...MESSAGE, nextAttempt: new Date(START + 60_000) }] };

  test.each(['core_mailq_insert_active', 'core_mail_queue_insert_active'])(
    '%s takes a message that is due, and a script gives it back',
    async (hook) => {
      const mta = await withHooks(
        `function mod:${hook}(mq, msg) kept, queue = msg, mq print(mq.domain.domain) return 0 end`,
        { contents: delayed },
      );
      const { events } = await mta.clock.advance('60s');
      expect(mta.domain(DOMAIN)).toMatchObject({ active: 0, delayedCount: 0 });
      expect(events).toMatchObject([{ type: 'taken', to: MESSAGE.to, domain: DOMAIN, note: 'mod' }]);
      expect(prints(mta)).toEqual([DOMAIN]);
      await mta.eval('msys.core.ec_mailq_insert_active(queue, kept)');
      mta.remote(DOMAIN);
      await mta.clock.advance(0);
      expect(mta.remote(DOMAIN).deliveries).toHaveLength(1);
    },
  );

  test('core_mailq_insert_active leaves a message alone with any other result', async () => {
    for (const result of ['', 'nil', '1', 'true']) {
      const mta = await withHooks(`function mod:core_mailq_insert_active() return ${result} end`, {
        contents: delayed,
      });
      await mta.clock.advance('60s');
      expect([result, mta.domain(DOMAIN)!.active]).toEqual([result, 1]);
    }
  });

  test('core_mailq_get_next_active puts another message in the place of the first', async () => {
    const mta = await withHooks(
      `function mod:core_mailq_insert_active(mq, msg) kept = msg return 0 end
       function mod:core_mailq_get_next_active(dr, slot, connh)
         print(dr.domain, slot, connh and tostring(connh.host))
         local next = kept
         kept = nil
         return next
       end`,
      { contents: { active: [{ to: `two@${DOMAIN}` }], delayed: delayed.delayed } },
    );
    await mta.clock.advance('60s');
    const remote = mta.remote(DOMAIN);
    await mta.clock.advance(0);
    expect(remote.deliveries.map(({ to }) => to)).toEqual([`one@${DOMAIN}`, `two@${DOMAIN}`]);
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 0, trying: 0, deliveries: 2 });
    expect(prints(mta)).toEqual([`${DOMAIN}\t0\tnil`, `${DOMAIN}\t0\t192.0.2.1`, `${DOMAIN}\t0\t192.0.2.1`]);
  });

  test('a message that core_mailq_get_next_active has no right to is an error', async () => {
    const mta = await withHooks(
      'function mod:core_mailq_get_next_active() return gone end\nfunction mod:core_log_delivery_v1(msg) gone = msg end',
      { contents: { active: 2 } },
    );
    mta.remote(DOMAIN);
    await expect(mta.clock.advance(0)).rejects.toThrow('is not in the active queue of example.com');
  });

  test.each(['core_pre_mailq_message_requeue', 'core_pre_mail_queue_message_requeue'])(
    '%s comes before a message waits for its next attempt',
    async (hook) => {
      const mta = await withHooks(
        function_(hook, 'msg, now', 'print(msg.num_retries, msg.next_attempt.tv_sec - now.tv_sec)'),
      );
      mta.remote(DOMAIN).reply(450);
      await mta.clock.advance(0);
      expect(prints(mta)).toEqual(['1\t1200']);
    },
  );

  test('maintenance has a hook before and one after it', async () => {
    const mta = await withHooks(
      `function mod:core_pre_mail_queue_maintain_domain(dr, now, rv) print("pre", core.mail_queue_delayed_size(dr.equeue), rv[0]) end
       function mod:core_post_mail_queue_maintain_domain(dr, now, rv) print("post", core.mail_queue_delayed_size(dr.equeue), rv[0]) end`,
      { contents: { ...delayed, active: 1 } },
    );
    await mta.clock.advance('2m');
    expect(prints(mta)).toEqual(['pre\t1\t0', 'post\t0\t1']);
  });

  test('core_binding_group_choose_binding names the slot', async () => {
    const mta = await withHooks(
      `function mod:validate_set_binding(msg) msg:binding_group("metals") return core.VALIDATE_CONT end
       function mod:core_binding_group_choose_binding(msg, group)
         print(msg:rcptto(), group)
         if result == nil then return core.EC_BINDING_SLOT_UNBOUND end
         return core.config_get_binding_id_from_name(result)
       end`,
      { config: 'binding_group "metals" { binding "silver" { } binding "tin" { } }' },
    );
    const bound = async () => {
      const [message] = await mta.inject({ from: 'a@b.test', to: 'c@d.test', data: 'Subject: x\r\n\r\n' });
      return message!.binding;
    };
    expect(['silver', 'tin']).toContain(await bound());
    for (const name of ['tin', 'silver']) {
      await mta.eval(`result = "${name}"`);
      expect(await bound()).toBe(name);
    }
    expect(prints(mta)[0]).toBe('c@d.test\tmetals');
  });
});

describe('connections', () => {
  test('opening, logging and closing are told', async () => {
    const mta = await withHooks(
      `function mod:core_inc_outbound_connections(connh)
         opened = connh
         print("inc", tostring(connh.host), connh.binding_slot, connh.conn.domain.domain, connh.conn.curr_message:rcptto())
       end
       function mod:core_dec_outbound_connections(connh) print("dec", connh.binding_slot, connh.conn.in_use, connh == opened) end
       function mod:core_log_client_connection_success(addr, dr, slot, now)
         print("success", msys.type(addr), dr.domain, slot, now.tv_sec)
       end
       function mod:core_log_client_connection_failure(addr, err, dr, slot, now)
         print("failure", err == core.CONN_ERROR_CONNECT, err == core.CONN_ERROR_CONNECT_TIMEOUT)
       end`,
      { contents: { active: [{ ...MESSAGE, binding: 'gold' }] }, config: 'idle_timeout = 5' },
    );
    mta.remote(DOMAIN);
    await mta.clock.advance(0);
    const opened = [
      `inc\t192.0.2.1\t1\t${DOMAIN}\t${MESSAGE.to}`,
      `success\tmsys.core:_sockaddr\t${DOMAIN}\t1\t${START / 1000}`,
    ];
    expect(prints(mta)).toEqual(opened);
    await mta.clock.advance('4s');
    expect(prints(mta)).toHaveLength(2);
    await mta.clock.advance('1s');
    expect(prints(mta).slice(2)).toEqual(['dec\t1\t0\ttrue']);
    mta.domains.add('b.test', { active: 1 });
    mta.domains.add('c.test', { active: 1 });
    mta.remote('b.test').refuse();
    mta.remote('c.test').timeout();
    await mta.clock.advance('10m');
    expect(prints(mta).slice(3)).toEqual(['failure\ttrue\tfalse', 'failure\tfalse\ttrue']);
  });

  test('core_connection_goal limits how many there are', async () => {
    const mta = await withHooks(
      'function mod:core_connection_goal(dr, slot, aq, goal) print(slot, goal[0]) goal:set(2) end',
      { contents: { active: 5 } },
    );
    mta.remote(DOMAIN).delay('10s');
    await mta.clock.advance('1s');
    expect(mta.domain(DOMAIN)).toMatchObject({ trying: 2, active: 3 });
    expect(prints(mta)[0]).toBe('0\t5');
    await mta.clock.advance('1m');
    expect(mta.domain(DOMAIN)).toMatchObject({ deliveries: 5 });
  });

  test('with a goal of 0 nothing is delivered; it is asked for again', async () => {
    const mta = await withHooks('goal = 0 function mod:core_connection_goal() return goal end');
    mta.remote(DOMAIN);
    await mta.clock.advance('1m');
    expect(mta.domain(DOMAIN)!.attempts).toBe(0);
    await mta.eval('goal = 1');
    await mta.clock.advance('15s');
    expect(mta.domain(DOMAIN)!.deliveries).toBe(1);
  });

  test('core_veto_host_connection excludes hosts', async () => {
    const dns = {
      [DOMAIN]: { MX: [10, 20].map((preference) => ({ preference, exchange: `mx${preference}.test` })) },
      'mx10.test': { A: '192.0.2.10' },
      'mx20.test': { A: '192.0.2.20' },
    };
    const mta = await withHooks(
      `function mod:core_veto_host_connection(host, dr, slot, max, cur)
         print(tostring(host), dr.domain, slot, max, cur)
         return (veto == "all" or tostring(host) == veto) and 1 or 0
       end
       veto = "mx10.test"`,
      { dns, contents: { active: 1 }, config: 'host "mx20.test" { max_outbound_connections = 7 }' },
    );
    mta.remote(DOMAIN);
    await mta.clock.advance(0);
    expect(mta.mainlog[0]).toMatchObject({ type: 'D', ip: '192.0.2.20' });
    expect(prints(mta)).toEqual([`mx10.test\t${DOMAIN}\t0\t-1\t0`, `mx20.test\t${DOMAIN}\t0\t7\t0`]);
    await mta.clock.advance('1m');
    await mta.eval('veto = "all"');
    mta.domains.add('b.test', { active: 1 });
    mta.dns.set('b.test', 'A', '192.0.2.30');
    mta.remote('b.test');
    await mta.clock.advance('1m');
    expect(mta.domain('b.test')!.attempts).toBe(0);
    await mta.eval('veto = nil');
    await mta.clock.advance('15s');
    expect(mta.domain('b.test')!.deliveries).toBe(1);
  });

  test.each([
    ['core_check_outbound_mess_throttle', 'core_inc_outbound_mess_throttle', [0, 30, 60]],
    // The second and the third message go over the connection of the first.
    ['core_check_outbound_conn_throttle', 'core_inc_outbound_conn_throttle', [0, 0, 0]],
  ])('%s holds back until an instant', async (check, use, expected) => {
    const mta = await withHooks(
      `used = -30
       function mod:${use}(slot, dr) used = now end
       function mod:${check}(slot, dr, at, later)
         now = at.tv_sec - ${START / 1000}
         if now - used >= 30 then return 0 end
         later.tv_sec = ${START / 1000} + used + 30
         return 1
       end`,
      { contents: { active: 3 } },
    );
    mta.remote('*').accept();
    await mta.clock.advance('5m');
    expect(secondsOf(mta)).toEqual(expected);
  });

  test('core_config_get_host_failure_retry replaces the configured seconds', async () => {
    const mta = await withHooks(
      'function mod:core_config_get_host_failure_retry(scope, value) print(value[0]) value[0] = 7 return 1 end',
      { contents: { active: 2 }, config: 'max_outbound_connections = 1' },
    );
    mta.remote('*').refuse();
    await mta.clock.advance('1m');
    expect(secondsOf(mta)).toEqual([0, 7]);
    expect(prints(mta)[0]).toBe('120');
  });

  test('core_smtp_should_session_shutdown ends the connection', async () => {
    const connections = async (result: string) => {
      const mta = await withHooks(
        `function mod:core_smtp_should_session_shutdown(dc) print(dc.message:rcptto()) return ${result} end`,
        { contents: { active: [{ to: `a@${DOMAIN}` }, { to: `b@${DOMAIN}` }] } },
      );
      mta.remote(DOMAIN);
      await mta.clock.advance(0);
      expect(prints(mta)).toEqual([`a@${DOMAIN}`, `b@${DOMAIN}`]);
      return new Set(mta.mainlog.map(({ connectionId }) => connectionId)).size;
    };
    expect([await connections('0'), await connections('1')]).toEqual([1, 2]);
  });
});

describe('what is sent', () => {
  const ARGUMENTS = `
    local add = core.smtp_client_args_add
    function mod:core_smtp_client_mailfrom_args(dc, args)
      print(dc.message:mailfrom(), dc.conn_handle.binding_slot)
      add(args, "RET", "HDRS")
      add(args, "SMTPUTF8", "")
      add(args, "X-GONE", "1")
      core.smtp_client_args_delete(args, "X-GONE")
      print(core.smtp_client_args_exists_and_fetch(args, "RET"))
      print((core.smtp_client_args_exists_and_fetch(args, "X-GONE")))
      return refuse == "mail" and 1 or 0
    end
    function mod:core_smtp_client_rcptto_args(dc, args)
      add(args, "NOTIFY", "NEVER")
      return refuse == "rcpt" and 1 or 0
    end`;

  test('parameters of MAIL FROM and RCPT TO', async () => {
    const mta = await withHooks(ARGUMENTS, { files: { '/trace': '' } });
    mta.remote(DOMAIN);
    await mta.console('trace smtp add default example.com /trace');
    await mta.clock.advance(0);
    const trace = mta.files.get('/trace')?.toString() ?? '';
    expect(trace).toContain(' > MAIL FROM:<a@sender.test> RET=HDRS SMTPUTF8\n');
    expect(trace).toContain(` > RCPT TO:<${MESSAGE.to}> NOTIFY=NEVER\n`);
    expect(prints(mta)).toEqual(['a@sender.test\t0', '1\tHDRS', '0']);
  });

  test.each([
    ['mail', 2, '451 4.4.2 [internal] MAIL FROM argument hook failed'],
    ['rcpt', 4, '451 4.4.2 [internal] RCPT TO argument hook failed'],
  ])('a hook that refuses in %s puts the message off', async (refuse, stage, note) => {
    const mta = await withHooks(`${ARGUMENTS}\nrefuse = "${refuse}"`);
    mta.remote(DOMAIN);
    await mta.clock.advance(0);
    expect(mta.mainlog).toMatchObject([{ type: 'T', stage, note }]);
    expect(mta.domain(DOMAIN)).toMatchObject({ delayedCount: 1, deliveries: 0 });
    prints(mta);
  });

  test('hooks about commands that are not reached are not asked', async () => {
    const mta = await withHooks(ARGUMENTS);
    mta.remote(DOMAIN).refuse();
    await mta.clock.advance(0);
    mta.remote(DOMAIN).reply(421, 'no', { stage: 12 });
    await mta.clock.advance('1h');
    expect(prints(mta)).toEqual([]);
  });

  test('core_body_modify replaces the body, and only what is sent', async () => {
    const mta = await withHooks(
      `function mod:core_body_modify(msg, iop)
         local io = core.io_wrapper_open("/body", core.O_RDWR | core.O_CREAT, 420)
         io:write("other\\r\\n")
         iop:set(io)
       end`,
      { files: { '/body': '' } },
    );
    mta.remote(DOMAIN);
    await mta.clock.advance(0);
    const [delivery] = mta.remote(DOMAIN).deliveries;
    expect(delivery!.raw!.toString()).toBe('Subject: x\r\n\r\nother\r\n');
    expect(delivery!.size).toBe(delivery!.raw!.length);
  });
});

test('a reload brings the hooks of the new scripts', async () => {
  const mta = await withHooks('function mod:core_log_attempt_v1() print("attempt") end', {
    contents: { active: 1 },
  });
  expect(await mta.reload()).toMatchObject({ ok: true });
  mta.remote(DOMAIN);
  await mta.clock.advance(0);
  expect(prints(mta)).toEqual(['attempt']);
});
