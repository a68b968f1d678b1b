/** 7.3: hooks of inbound sessions. */
import type { SmtpSessionOptions } from '../../../src';
import { callout, MAIL, withModules } from './mail';
import { configWith, prints, withModule } from './start';

type Effects = Readonly<Record<string, () => Promise<void>>>;

const LISTENER = configWith(`ac_auth { }
  ESMTP_Listener {
    Open_Relay = true
    SMTP_Extensions = ( "STARTTLS" "AUTH LOGIN" )
    TLS_Certificate = "/etc/tls.pem"
    TLS_Key = "/etc/tls.pem"
    AuthLoginParameters = [ uri = "file:///etc/passwords" ]
    Listen ":25" { }
  }`);
const FILES = { '/etc/passwords': 'tom:secret\n' };
const AUTH = { user: 'tom', password: 'secret' };

/** What two modules with these functions print during a mail. */
async function printed(body: string, options: SmtpSessionOptions = {}): Promise<string[]> {
  const mta = await withModules([body, body], { config: LISTENER, files: FILES });
  expect((await mta.smtp.send({ ...MAIL, ...options })).code).toBe(250);
  return prints(mta);
}

const say = (key: string, parameters: string, shown: string, result = '') =>
  `function mod:${key}(${parameters}) print(${shown}) return ${result} end\n`;

const twice = (...lines: string[]) => lines.flatMap((line) => [line, line]);

/** The `Received:` header of a mail for modules with these functions. */
async function received(...bodies: string[]): Promise<string> {
  const { messages } = await (await withModules(bodies)).smtp.send(MAIL);
  return messages[0]!.headers.get('Received')!;
}

const phases: Effects = {
  'life-7.3-1': async () => {
    const body =
      say('core_validate_accept', 'ac, vctx', '"accept", ac.remote_addr', '1') +
      callout('validate_connect', 'print("connect")');
    expect(await printed(body)).toEqual(twice('accept\t127.0.0.1:40000', 'connect'));
  },

  'life-7.3-2': async () => {
    const body =
      callout('validate_connect', 'print("connect")') +
      say('core_validate_connect', 'ac, vctx', '"after", ac.remote_addr', '1');
    expect(await printed(body)).toEqual(twice('connect', 'after\t127.0.0.1:40000'));
  },

  'life-7.3-3': async () => {
    const body =
      callout('validate_data_spool_each_rcpt', 'print("each")') +
      say('core_validate_data_spool_each_rcpt', 'msg, ac, vctx', '"after", msg:rcptto()', '1');
    expect(await printed(`require("msys.extended.message")\n${body}`)).toEqual(
      twice('each', `after\t${MAIL.to}`),
    );
  },

  'life-7.3-4': async () => {
    const [hook, post] = ['core_validate_data_spool_each_rcpt', 'core_post_validate_data_spool_each_rcpt_v1'];
    const body = say(post, 'msg, ac, vctx', '"post"', '1') + say(hook, 'msg, ac, vctx', '"hook"');
    expect(await printed(body)).toEqual(twice('hook', 'post'));
  },

  'life-7.3-5': async () => {
    const keys = ['core_final_validation2', 'core_final_validation', 'core_post_final_validation'];
    const shown = (key: string) => `"${key}", msys.type(msg), msys.type(ac), msys.type(vctx)`;
    const body =
      keys.map((key) => say(key, 'msg, ac, vctx', shown(key))).join('') +
      say('msg_gen_data_spool', '...', '"msg_gen_data_spool", select("#", ...), msys.type((...))');
    const mta = await withModule(body);
    await mta.smtp.send(MAIL);
    const classes = ['ec_message', 'accept_construct', 'validate_context'].map(
      (name) => `msys.core:_${name}`,
    );
    expect(prints(mta)).toEqual(keys.map((key) => [key, ...classes].join('\t')));
    await mta.inject(MAIL);
    // Nobody has accepted a connection on this way.
    const [message, , context] = classes as [string, string, string];
    expect(prints(mta, 3)).toEqual([
      `msg_gen_data_spool\t1\t${message}`,
      ...keys.map((key) => [key, message, 'nil', context].join('\t')),
    ]);
  },
};

const authentication: Effects = {
  'life-7.3-6': async () => {
    const reply = async (result: string, password: string) => {
      const hook = say('core_pre_esmtp_auth', 'ac, mc, vctx', '"(name)"', result);
      const mta = await withModules([hook, hook], { config: LISTENER, files: FILES });
      const session = mta.smtp.session({ auth: { user: 'tom', password } });
      await session.ehlo();
      return [session.transcript.at(-1)!.slice(0, 6), prints(mta)];
    };
    expect(await reply('msys.core.EC_AUTH_OK', 'wrong')).toEqual(['S: 235', ['one']]);
    expect(await reply('msys.core.EC_AUTH_FAIL', 'secret')).toEqual(['S: 535', ['one']]);
    expect(await reply('-1', 'secret')).toEqual(['S: 235', ['one', 'two']]);
    expect(await reply('-1', 'wrong')).toEqual(['S: 535', ['one', 'two']]);
  },

  'life-7.3-7': async () => {
    const context = ['auth_status', 'auth_user', 'auth_name']
      .map((key) => `vctx:get(msys.core.VCTX_CONN, "${key}")`)
      .join(', ');
    for (const key of ['core_validate_auth', 'core_validate_auth_hook']) {
      const body = say(key, 'vctx, info, status', `status == msys.core.EC_AUTH_OK, ${context}`);
      expect(await printed(body, { auth: AUTH })).toEqual(twice('true\tpass\ttom\tLOGIN'));
    }
  },

  'life-7.3-8': async () => {
    const perform = say(
      'ac_auth_perform_auth',
      'user, password, ac, response',
      'user, password, ac.protocol == msys.core.P_ESMTP, msys.type(response)',
      'msys.core.EC_AUTH_OK',
    );
    const mta = await withModule(perform, {
      config: { text: LISTENER.text.replace('file:///etc/passwords', 'ac_auth://') },
    });
    expect(await mta.smtp.session({ auth: AUTH }).ehlo()).toMatchObject({ code: 250 });
    expect(prints(mta)).toEqual(['tom\tsecret\ttrue\tmsys.core:_ec_string']);
  },
};

const sessions: Effects = {
  'life-7.3-10': async () => {
    const body = say('core_post_smtp_command', 'b, mc, vctx', 'msys.type(mc), mc.ctx == vctx', '1');
    const mta = await withModules([body, body]);
    const session = mta.smtp.session();
    await session.ehlo();
    await session.command('NONSENSE');
    await session.noop();
    expect(prints(mta)).toEqual(Array(6).fill('msys.core:_message_construct\ttrue'));
  },

  'life-7.3-11': async () => {
    const body = say('core_server_esmtp_session_abort', 'ac', '"gone", ac.remote_addr', '1');
    const mta = await withModules([body, body]);
    await mta.smtp.send(MAIL);
    expect(prints(mta)).toEqual([]);
    const session = mta.smtp.session();
    await session.ehlo();
    await session.disconnect();
    expect(prints(mta)).toEqual(twice('gone\t127.0.0.1:40000'));
  },

  'life-7.3-12': async () => {
    const drop = 'mc.ctx.code = 421 mc.ctx.disconnect = 1';
    const note = 'mc.ctx:set(msys.core.VCTX_CONN, "_tls_note", "421 4.7.0 no such cipher")';
    const dropped = async (lua: string) => {
      const mta = await withModule(
        `function mod:core_inbound_smtp_tls_post_accept(mc, event, eventtype, closure, now)
           print(mc.ctx:get(msys.core.VCTX_CONN, "tls_cipher")) ${lua} return 1 end`,
        { config: LISTENER },
      );
      const session = mta.smtp.session({ tls: { cipher: 'ECDHE-RSA-AES128-SHA' } });
      const { code } = await session.ehlo();
      expect(prints(mta)).toEqual(['ECDHE-RSA-AES128-SHA']);
      return [code, session.transcript.at(-1), session.disconnected];
    };
    expect(await dropped(drop)).toEqual([expect.any(Number), 'S: 421 4.7.0 TLS Negotiation failed.', true]);
    expect(await dropped(`${note} ${drop}`)).toEqual([
      expect.any(Number),
      'S: 421 4.7.0 no such cipher',
      true,
    ]);
    expect((await dropped(''))[2]).toBe(false);
  },

  'life-7.3-15': async () => {
    const hook = (result: number) => `function mod:core_get_received_header_text(msg, mc, ac, vctx, response)
      response:set("from (name)") return ${result} end`;
    expect(await received(hook(1), hook(1))).toBe('from one');
    expect(await received(hook(0), hook(1))).toBe('from two');
    expect(await received(hook(0))).toMatch(/^from \[127\.0\.0\.1\]/);
  },

  'life-7.3-16': async () => {
    const hook = (result: string) => `function mod:core_get_protocol_string_for_trace_headers(ac, vctx, msg)
      return ${result} end`;
    expect(await received(hook('nil'), hook('"LMTP"'))).toContain(' with LMTP ');
    expect(await received(hook('nil'))).toContain(' with ESMTP ');
  },
};

export const receptionHooks: Effects = { ...phases, ...authentication, ...sessions };
