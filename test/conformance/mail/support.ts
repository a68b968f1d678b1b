/** What the tests about messages share. */
import { Momentum, type MomentumOptions, type SendOptions, type SmtpOutcome } from '../../../src';
import '../../../src/jest';
import type { conformance } from '../harness';

/** Takes the test of a row, or of a choice. */
export type TestRow = ReturnType<typeof conformance>['row'];

export const START = Date.UTC(2026, 0, 1);

/** The parameters of the callouts, as scripts name them (4/4-policy). */
const PARAMETERS: Readonly<Record<string, string>> = {
  connect: 'ac, vctx',
  ehlo: 'str, ac, vctx',
  mailfrom: 'str, ac, vctx',
  rcptto: 'msg, str, ac, vctx',
  rcptto_list: 'node, vctx',
  rcptto_list_final: 'node, vctx',
  data: 'msg, ac, vctx',
  data_spool: 'msg, ac, vctx',
  data_spool_each_rcpt: 'msg, ac, vctx',
  set_binding: 'msg',
};

/** The callout of a phase: its parameters are `msg`, `str`, `ac` and `vctx`. Without a `return` of its own, CONT. */
export const callout = (phase: string, lua: string): string =>
  `function mod:validate_${phase}(${PARAMETERS[phase]!})\n${lua}\nreturn core.VALIDATE_CONT\nend`;

/** A server with one module, which knows `core` and `mod` and has these callouts and hooks. */
export const withPolicy = (body: string, options: MomentumOptions = {}): Promise<Momentum> =>
  Momentum.start({
    ...options,
    modules: [
      {
        name: 'mod',
        source: `require("msys.core") require("msys.extended.message") require("msys.extended.vctx")
          local core, mod = msys.core, {}
          ${body}
          msys.registerModule("mod", mod)`,
      },
    ],
  });

export const MAIL = { from: 'me@example.com', to: 'you@example.org', data: 'Subject: hello\r\n\r\nbody\r\n' };

/** The bytes of a message whose lines are given. */
export const lines = (...texts: string[]): string => texts.map((line) => `${line}\r\n`).join('');

/** A text as a Lua string of its UTF-8 bytes; a Buffer as it is. */
export function luaString(text: string | Buffer): string {
  const escape = (byte: string) => `\\${byte.charCodeAt(0).toString().padStart(3, '0')}`;
  return `"${Buffer.from(text)
    .toString('latin1')
    .replace(/[^ !#-[\]-~]/g, escape)}"`;
}

/** What scripts have printed. */
export const prints = (mta: Momentum): string[] =>
  mta.paniclog.filter(({ subsystem }) => subsystem === 'scriptlet').map(({ message }) => message);

/** A listener from which everybody may relay. */
export const LISTENER = `ESMTP_Listener {
  Relay_Hosts = ( "0.0.0.0/0" )
  Listen ":25" { }
}
ec_logger "ec_logger" { }
bounce_logger "bounce_logger" { }
`;

/** The same, and the server adds no headers. */
export const BARE = `rfc2822_trace_headers = false\nrfc2822_date_header = ignore\nrfc2822_messageid_header = ignore\n${LISTENER}`;

export interface CalloutOptions extends MomentumOptions {
  /** The phase, `data_spool_each_rcpt` when left out. */
  readonly phase?: string;
  readonly mail?: Partial<SendOptions & { readonly peer: string }>;
}

export interface CalloutRun {
  readonly mta: Momentum;
  readonly sent: SmtpOutcome;
  /** The results of the Lua text, one list for each time that the callout ran. */
  readonly results: readonly (readonly unknown[])[];
}

/** Sends a mail past a callout of which this is the text; its results are kept. */
export async function runCallout(lua: string, options: CalloutOptions = {}): Promise<CalloutRun> {
  const { phase = 'data_spool_each_rcpt', mail, ...others } = options;
  const mta = await withPolicy(
    callout(phase, `local keep = "keep" msys[keep]((function()\n${lua}\nend)())`),
    others,
  );
  const kept = mta.fake('msys.keep', () => undefined);
  const sent = await mta.smtp.send({ ...MAIL, ...mail });
  return { mta, sent, results: kept.calls };
}

/** The results of a Lua text in the callout of one mail of these bytes, on a server that adds no headers. */
export async function inCallout(
  lua: string,
  data: string | Uint8Array = MAIL.data,
  options: CalloutOptions = {},
): Promise<readonly unknown[]> {
  const { results } = await runCallout(lua, {
    config: { text: BARE },
    ...options,
    mail: { data, ...options.mail },
  });
  expect(results).toHaveLength(1);
  return results[0]!;
}

/** A message after a callout has worked on it, on a server that adds no headers. */
export async function edited(lua: string, data: string | Uint8Array = MAIL.data): Promise<string> {
  const { mta } = await runCallout(lua, { mail: { data }, config: { text: BARE } });
  expect(mta.messages).toHaveLength(1);
  return mta.messages[0]!.raw.toString();
}

/** The configuration of a server whose listener has these options; `stanzas` is what stands beside it. */
export const listening = (options: string, stanzas = ''): Pick<MomentumOptions, 'config'> => ({
  config: {
    text: `alerting { }\nec_logger "ec_logger" { }\nbounce_logger "bounce_logger" { }\n${stanzas}
      ESMTP_Listener {\n${options}\nListen ":25" { }\n}`,
  },
});

/** Prints, in a phase, variables of the connection or of the message. */
export const showing = (phase: string, ...keys: string[]): string => {
  const values = keys.map(
    (key) => `vctx:get(core.VCTX_CONN, "${key}") .. vctx:get(core.VCTX_MESS, "${key}")`,
  );
  return callout(phase, `print("${phase}", ${values.join(', ')})`);
};

/** What a phase has printed, one list of values for each time that it ran. */
export const shownIn = (mta: Momentum, phase: string): string[][] =>
  prints(mta)
    .map((line) => line.split('\t'))
    .filter(([name]) => name === phase)
    .map(([, ...values]) => values);
