/** A day in the life of a server whose module has every hook: which of them are called, and with what. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Momentum } from '../../../src';
import { prototypesOf } from './modules';
import { tracing } from './mail';
import { moduleScript, prints } from './start';

export interface HookRow {
  readonly id: string;
  /** The number of arguments after self; null when it is not documented. */
  readonly keys: Readonly<Record<string, number | null>>;
  /** Those of the keys whose result counts for nothing. */
  readonly void: readonly string[];
  /** Constants that the documentation names as results or arguments. */
  readonly constants: readonly string[];
}

export const TABLE = JSON.parse(
  readFileSync(path.resolve(__dirname, '../rows/life-hooks.json'), 'utf8'),
) as HookRow[];

/** Without those of commands, of the configuration and of the server's life (section 7.5), which have tests of their own. */
const keys = TABLE.filter(({ id }) => !id.startsWith('life-7.5')).flatMap((row) => Object.keys(row.keys));

const CONFIG = `
alerting { }
ac_auth { }
delay_dsn { }
generate_delay_dsn = true
ec_logger "ec_logger" { }
bounce_logger "bounce_logger" { }
retry_interval = 3600
binding_group "metals" { binding "gold" { } }
ESMTP_Listener {
  SMTP_Extensions = ( "STARTTLS" "AUTH LOGIN" )
  TLS_Certificate = "/etc/tls.pem"
  TLS_Key = "/etc/tls.pem"
  AuthLoginParameters = [ uri = "ac_auth://" ]
  Listen ":25" { }
}`;

const BODY = `
  require("msys.extended.message") require("msys.bounce")
  ${tracing(keys)}
  local function also(key, result)
    local trace = mod[key]
    mod[key] = function(self, ...) trace(self, ...) return result end
  end
  also("core_pre_esmtp_auth", -1)
  also("ac_auth_perform_auth", msys.core.EC_AUTH_OK)
  also("core_mailq_insert_active", 1)
  also("core_mail_queue_insert_active", 1)
  function mod:validate_rcptto(msg, str, ac, vctx)
    if tostring(str):find("refused") then vctx:set_code(550, "no") end
    return msys.core.VALIDATE_CONT
  end
  function mod:validate_set_binding(msg)
    msys.bounce.classify(msg)
    if msg:rcptto():find("^you") then msg:binding_group("metals") end
    return msys.core.VALIDATE_CONT
  end`;

async function tell(): Promise<ReadonlyMap<string, readonly string[]>> {
  const mta = await Momentum.start({ config: { text: CONFIG }, modules: [moduleScript(BODY)] });
  const mail = { from: 'me@example.com', data: 'Subject: hello\r\n\r\nbody\r\n' };
  const auth = { user: 'tom', password: 'x' };
  // The first session is not relayed for, the second one has logged in.
  await mta.smtp.send({ ...mail, to: 'you@example.org' });
  await mta.smtp.send({ ...mail, to: ['you@example.org', 'refused@example.org'], tls: true, auth });
  mta.remote('example.org').accept().once.reply(450, 'busy').once.refuse();
  mta.remote('bad.test').reply(550, 'unknown user');
  mta.remote('slow.test').reply(450, 'busy');
  mta.remote('example.com').accept();
  for (const to of ['you@bad.test', 'you@slow.test']) await mta.smtp.send({ ...mail, to, tls: true, auth });
  await mta.clock.advance('6h');
  const lost = mta.smtp.session();
  await lost.ehlo();
  await lost.disconnect();
  await mta.inject({ from: 'me@example.com', to: 'you@example.org' });
  await mta.console('reopen logs');
  await mta.stop();
  const calls = new Map<string, readonly string[]>();
  for (const line of prints(mta)) {
    const [key = '', classes = ''] = line.split('\t');
    if (!calls.has(key)) calls.set(key, argumentsIn(classes));
  }
  return calls;
}

/** `ec_message ** int *` are two. */
const argumentsIn = (classes: string): string[] => classes.match(/\S+(?: \*+)?/g) ?? [];

let told: ReturnType<typeof tell> | undefined;

/** The classes of the arguments of the first call of each hook that is called. */
export const story = () => (told ??= tell());

/** The older type of messages, and the one of today. */
const OLDER = { type: 'msys.core:_abstract_message', now: 'msys.core:_ec_message' };
const LUA_TYPES = ['number', 'string', 'boolean', 'table', 'function'];

/** That the classes are those of the prototype that `module hooks` shows. C's pointers to results are userdata. */
export async function expectArguments(key: string, classes: readonly string[]): Promise<void> {
  const { types } = (await prototypesOf(await Momentum.start())).get(key)!;
  const fits = classes.map((given, i) => {
    const type = types[i] ?? 'none';
    const isOpen = type === 'any' || (type === 'userdata' && !LUA_TYPES.includes(given));
    const isOlder = type === OLDER.type && given === OLDER.now;
    return isOpen || isOlder || given === 'nil' ? type : given;
  });
  expect([key, ...fits]).toEqual([key, ...types]);
}
