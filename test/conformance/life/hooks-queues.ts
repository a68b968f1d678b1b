/** 7.1: what modules have to say about relaying, routing, bindings and queues. */
import type { MomentumOptions } from '../../../src';
import { callout, MAIL, withModules } from './mail';
import { configWith, prints, withModule } from './start';

type Effects = Readonly<Record<string, () => Promise<void>>>;

const DOMAIN = 'example.org';
const START = Date.UTC(2026, 0, 1);

const withConfig = (body: string, config: string, options: MomentumOptions = {}) =>
  withModule(body, { ...options, config: configWith(config, 'alerting { }\nec_logger "ec_logger" { }') });

const OPEN = 'ESMTP_Listener { Open_Relay = true Listen ":25" { } }';
const CLOSED = 'ESMTP_Listener { Listen ":25" { } }';

/** Seconds of the attempts at the domain, whose far side is busy, in the first minutes. */
async function attempts(body: string, config = '', minutes = 59): Promise<number[]> {
  const mta = await withConfig(body, `${OPEN}\n${config}`);
  await mta.smtp.send(MAIL);
  mta.remote(DOMAIN).reply(450, 'busy');
  await mta.clock.advance(`${minutes}m`);
  return mta.remote(DOMAIN).attempts.map(({ at }) => (at.getTime() - START) / 1000);
}

/** The reply to the recipient. */
async function relayed(...bodies: string[]): Promise<number> {
  const mta = await withModules(bodies, { config: configWith(CLOSED) });
  return (await mta.smtp.send(MAIL)).code;
}

const relaying: Effects = {
  'life-7.1-1': async () => {
    const routing = (text: string, result: string) =>
      `function mod:core_config_get_message_routing_domain(scope, msg, buff)
         buff:set("${text}") return ${result} end`;
    const domain = async (...bodies: string[]) =>
      (await (await withModules(bodies)).smtp.send(MAIL)).messages[0]!.domain;
    expect(await domain(routing('one.test', '#buff'), routing('two.test', '#buff'))).toBe('one.test');
    expect(await domain(routing('one.test', '0'), routing('two.test', '1'))).toBe('two.test');
    expect(await domain(routing('one.test', '0'))).toBe(DOMAIN);
  },

  'life-7.1-2': async () => {
    const routes = (result: string) => `function mod:core_config_fetch_domain_routes(value, from, domain)
      if domain == "${DOMAIN}" then value:set({ "10.0.0.2" }) return ${result} end end`;
    const ip = async (result: string) => {
      const mta = await withConfig(routes(result), `${OPEN}\nroutes = ( 10.0.0.1 )`, { dns: {} });
      mta.remote(DOMAIN);
      await mta.smtp.send(MAIL);
      await mta.clock.advance(0);
      return mta.mainlog.at(-1)!.ip;
    };
    expect([await ip('1'), await ip('0')]).toEqual(['10.0.0.2', '10.0.0.1']);
  },

  'life-7.1-3': async () => {
    const relay = (
      answer: number,
      result: number,
    ) => `function mod:core_config_get_domain_relay(cs, domain, retval)
      if domain == "${DOMAIN}" then retval:set(${answer}) return ${result} end end`;
    expect(await relayed(relay(1, 1))).toBe(250);
    expect(await relayed(relay(1, 0))).toBe(550);
    expect(await relayed(relay(0, 1), relay(1, 1))).toBe(550);
  },

  'life-7.1-5': async () => {
    const relay = (lua: string) => `function mod:core_pre_ec_can_relay_to(domain, rv, cont) ${lua} end`;
    const done = 'cont:set(msys.core.VALIDATE_DONE)';
    expect(await relayed(relay(`rv:set(1) ${done}`))).toBe(250);
    expect(await relayed(relay('rv:set(1) return 1'))).toBe(550);
    // Without DONE the configuration, and its hook, decide.
    const other = 'function mod:core_config_get_domain_relay(cs, domain, retval) retval:set(1) return 1 end';
    expect(await relayed(relay('rv:set(0)'), other)).toBe(250);
    expect(await relayed(relay(`rv:set(0) ${done}`), other)).toBe(550);
  },

  'life-7.1-6': async () => {
    const choose = (result: string) => `
      require("msys.extended.message")
      function mod:core_binding_group_choose_binding(msg, group) print(group, msg:rcptto()) return ${result} end
      ${callout('validate_set_binding', 'msg:binding_group("metals")')}`;
    const chosen = async (result: string) => {
      const mta = await withConfig(choose(result), OPEN, {
        bindings: ['gold', 'silver', 'iron'].map((name) => ({ name, group: 'metals' })),
      });
      for (let i = 0; i < 12; i++) await mta.smtp.send(MAIL);
      expect(prints(mta)[0]).toBe(`metals\t${MAIL.to}`);
      return new Set(mta.messages.map(({ binding }) => binding)).size;
    };
    expect(await chosen('msys.core.config_get_binding_id_from_name("iron")')).toBe(1);
    expect(await chosen('msys.core.EC_BINDING_SLOT_UNBOUND')).toBe(3);
  },

  'life-7.1-7': async () => {
    const mta = await withModule(
      `require("msys.extended.message")
       ${callout('validate_set_binding', 'if msg:rcptto():find("^vip") then msg:binding("gold") end')}
       function mod:core_post_validate_set_binding(msg) print(msg:rcptto(), msg:binding()) return 1 end`,
      { bindings: ['gold'] },
    );
    await mta.smtp.send({ ...MAIL, to: ['you@example.org', 'vip@example.org'] });
    expect(prints(mta)).toEqual(['vip@example.org\tgold']);
  },

  'life-7.1-8': async () => {
    const enqueue = (result: string) => `function mod:core_ec_message_enqueue(msg, now)
      print("(name)", now.tv_sec) return msys.core.EC_MESSAGE_ENQUEUE_HOOK_${result} end`;
    const sent = async (one: string) => {
      const mta = await withModules([enqueue(one), enqueue('CONT')]);
      const { code, messages } = await mta.smtp.send(MAIL);
      const line = `\t${START / 1000}`;
      expect(prints(mta)).toEqual((one === 'CONT' ? ['one', 'two'] : ['one']).map((name) => name + line));
      return [code, messages[0]!.disposition, mta.domain(DOMAIN)?.active];
    };
    expect(await sent('CONT')).toEqual([250, 'queued', 1]);
    expect(await sent('OK')).toEqual([250, 'taken', 0]);
    expect(await sent('ERR')).toEqual([451, 'rejected', undefined]);
  },
};

const waiting: Effects = {
  'life-7.1-4': async () => {
    const hook = (result: string) => `function mod:core_config_get_host_failure_retry(scope, value)
      value:set(7) return ${result} end`;
    const tried = async (result: string) => {
      const mta = await withConfig(hook(result), `${OPEN}\nmax_outbound_connections = 1`, {
        dns: { [DOMAIN]: { A: '192.0.2.1' } },
      });
      mta.remote(DOMAIN).refuse();
      await mta.smtp.send({ ...MAIL, to: ['a@example.org', 'b@example.org'] });
      await mta.clock.advance('3m');
      return mta.remote(DOMAIN).attempts.map(({ at }) => (at.getTime() - START) / 1000);
    };
    expect(await tried('1')).toEqual([0, 7]);
    expect(await tried('0')).toEqual([0, 120]);
  },

  'life-7.1-9': async () => {
    const hook = (lua: string) => `function mod:core_ec_message_set_next_attempt(msg, now, rv) ${lua} end`;
    const later = 'msg.next_attempt.tv_sec = now.tv_sec + 1000';
    expect(await attempts(hook(`${later} rv:set(1) return 1`))).toEqual([0, 1000, 2000, 3000]);
    expect(await attempts(hook('return 0'))).toEqual([0, 1200]);
  },

  'life-7.1-10': async () => {
    const hook = (lua: string) =>
      `function mod:core_get_msg_expiration_params(msg, expiration, interval, max) ${lua} end`;
    expect(await attempts(hook('interval:set(7) max:set(2) return 1'))).toEqual([0, 7, 21]);
    expect(await attempts(hook('interval:set(7) max:set(2) return 0'))).toEqual([0, 1200]);
  },

  'life-7.1-11': async () => {
    for (const key of ['core_mailq_insert_active', 'core_mail_queue_insert_active']) {
      const hook = (result: number) =>
        `function mod:${key}(mq, msg) print("(name)", mq.domain.domain, tostring(msg.id)) return ${result} end`;
      const runs = async (result: number) => {
        const mta = await withModules([hook(result), hook(1)]);
        mta.remote(DOMAIN).accept().once.reply(450, 'busy');
        const { messages } = await mta.smtp.send(MAIL);
        await mta.clock.advance('1h');
        const line = `\t${DOMAIN}\t${messages[0]!.id}`;
        return [prints(mta).map((text) => text.replace(line, '')), messages[0]!.disposition];
      };
      expect([key, await runs(1)]).toEqual([key, [['one', 'two'], 'delivered']]);
      expect([key, await runs(0)]).toEqual([key, [['one'], 'taken']]);
    }
  },

  'life-7.1-12': async () => {
    for (const key of ['core_mailq_get_next_active', 'core_mail_queue_get_next_active']) {
      const mta = await withModules([
        `${callout('validate_data_spool_each_rcpt', 'kept = kept or {} kept[msg:rcptto()] = msg')}
         function mod:${key}(dr, slot, connh)
           local message = kept["last@example.org"]
           kept["last@example.org"] = nil
           return message
         end`,
      ]);
      await mta.smtp.send({ ...MAIL, to: ['first@example.org', 'last@example.org'] });
      const remote = mta.remote(DOMAIN);
      await mta.clock.advance(0);
      expect(remote.deliveries.map(({ to }) => to)).toEqual(['last@example.org', 'first@example.org']);
    }
  },

  'life-7.1-13': async () => {
    for (const key of ['core_pre_mailq_message_requeue', 'core_pre_mail_queue_message_requeue']) {
      const body = `function mod:${key}(msg, now) print(msg.num_retries, now.tv_sec - ${START / 1000}) return 1 end`;
      const mta = await withModules([body, body]);
      mta.remote(DOMAIN).reply(450, 'busy');
      await mta.smtp.send(MAIL);
      await mta.clock.advance(0);
      expect(prints(mta)).toEqual(['1\t0', '1\t0']);
      expect(mta.domain(DOMAIN)).toMatchObject({ delayedCount: 1 });
    }
  },

  'life-7.1-14': async () => {
    const key = (when: string) => `core_${when}_mail_queue_maintain_domain`;
    const mta = await withModule(`
      function mod:${key('pre')}(dr, now, rv) print("pre", dr.domain, now.tv_sec - ${START / 1000}) end
      function mod:core_mailq_insert_active() print("maintained") return 1 end
      function mod:${key('post')}(dr, now, rv) print("post", dr.domain, rv[0]) rv:set(7) return 1 end`);
    mta.remote(DOMAIN).accept().once.reply(450, 'busy');
    await mta.smtp.send(MAIL);
    await mta.clock.advance('1h');
    expect(prints(mta)).toEqual([`pre\t${DOMAIN}\t1200`, 'maintained', `post\t${DOMAIN}\t1`]);
  },
};

const connecting: Effects = {
  'life-7.1-18': async () => {
    const goal = (count: number) =>
      `function mod:core_connection_goal(dr, slot, aq, goal) goal:set(${count}) end`;
    const open = async (...counts: number[]) => {
      const mta = await withModules(counts.map(goal));
      mta.remote(DOMAIN).delay('10s');
      await mta.smtp.send({ ...MAIL, to: [1, 2, 3, 4, 5].map((i) => `${i}@example.org`) });
      await mta.clock.advance('1s');
      return mta.domain(DOMAIN)!.trying;
    };
    expect(await open(1)).toBe(1);
    expect(await open(1, 3)).toBe(3);
  },

  'life-7.1-20': async () => {
    const dns = {
      [DOMAIN]: { MX: [1, 2].map((preference) => ({ preference, exchange: `mx${preference}.test` })) },
      'mx1.test': { A: '192.0.2.1' },
      'mx2.test': { A: '192.0.2.2' },
    };
    const mta = await withConfig(
      `function mod:core_veto_host_connection(host, dr, slot, max, cur)
         print(tostring(host), dr.domain, slot, max, cur)
         return tostring(host) == "mx1.test" and 1 or 0
       end`,
      OPEN,
      { dns },
    );
    mta.remote(DOMAIN);
    await mta.smtp.send(MAIL);
    await mta.clock.advance(0);
    expect(prints(mta)).toEqual(['mx1.test', 'mx2.test'].map((host) => `${host}\t${DOMAIN}\t0\t-1\t0`));
    expect(mta.mainlog.at(-1)!.ip).toBe('192.0.2.2');
  },

  'life-7.1-24': async () => {
    const body = ['inc', 'dec']
      .map(
        (what) =>
          `function mod:core_${what}_outbound_connections(connh) print("${what}", connh.conn.domain.domain) return 1 end`,
      )
      .join('\n');
    const mta = await withModules([body, body]);
    mta.remote(DOMAIN);
    await mta.smtp.send({ ...MAIL, to: ['a@example.org'] });
    await mta.clock.advance(0);
    expect(prints(mta)).toEqual(Array(2).fill(`inc\t${DOMAIN}`));
    await mta.clock.advance('1m');
    mta.domains.add('later.test', { active: 1 });
    await mta.clock.advance('1m');
    expect(prints(mta).slice(2)).toEqual(Array(2).fill(`dec\t${DOMAIN}`));
  },

  'life-7.1-25': async () => {
    const body = ['inc', 'dec']
      .map(
        (what) =>
          `function mod:core_${what}_inbound_connections(kind, ac) print("${what}", tostring(kind), ac.remote_addr) return 1 end`,
      )
      .join('\n');
    const mta = await withModules([body, body]);
    const session = mta.smtp.session({ peer: '192.0.2.1:4711' });
    await session.ehlo();
    expect(prints(mta)).toEqual(Array(2).fill('inc\tSMTP\t192.0.2.1:4711'));
    await session.quit();
    expect(prints(mta).slice(2)).toEqual(Array(2).fill('dec\tSMTP\t192.0.2.1:4711'));
  },

  'life-7.1-26': async () => {
    for (const what of ['conn', 'mess']) {
      const check = (lua: string) =>
        `function mod:core_check_outbound_${what}_throttle(binding, dr, now, later) ${lua} end`;
      const delivered = async (lua: string) => {
        const mta = await withModule(check(lua));
        mta.remote(DOMAIN);
        await mta.smtp.send(MAIL);
        await mta.clock.advance('2m');
        return mta.remote(DOMAIN).deliveries.map(({ at }) => (at.getTime() - START) / 1000);
      };
      const once = `if now.tv_sec > ${START / 1000} then return 0 end later.tv_sec = now.tv_sec + 60`;
      expect([what, await delivered(`${once} return 1`)]).toEqual([what, [60]]);
      expect([what, await delivered(`${once} return 0`)]).toEqual([what, [0]]);
    }
  },

  'life-7.1-27': async () => {
    const body = ['conn', 'mess']
      .map(
        (what) =>
          `function mod:core_inc_outbound_${what}_throttle(binding, dr) print("${what}", binding, dr.domain) return 1 end`,
      )
      .join('\n');
    const mta = await withConfig(body, `${OPEN}\nmax_outbound_connections = 1`);
    mta.remote(DOMAIN);
    await mta.smtp.send({ ...MAIL, to: ['a@example.org', 'b@example.org'] });
    await mta.clock.advance(0);
    expect(prints(mta)).toEqual(['mess', 'conn', 'mess'].map((what) => `${what}\t0\t${DOMAIN}`));
  },
};

export const queueHooks: Effects = { ...relaying, ...waiting, ...connecting };
