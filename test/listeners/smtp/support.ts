import { Momentum, type MomentumOptions } from '../../../src';

/** A server whose ESMTP_Listener relays for everybody and has these options besides. */
export function smtpServer(options = '', more: MomentumOptions & { readonly stanzas?: string } = {}) {
  const { stanzas = '', ...others } = more;
  const text = `scriptlet "scriptlet" {}\nalerting {}\nec_logger "ec_logger" {}\n${stanzas}
ESMTP_Listener {\n  Open_Relay = true\n  ${options}\n  Listen ":25" {}\n}`;
  return Momentum.start({ ...others, config: { text } });
}

/** A module of callouts, by their bodies in Lua. */
export function policy(callouts: Readonly<Record<string, string>>) {
  const functions = Object.entries(callouts).map(([head, body]) => `function mod:${head}\n${body}\nend`);
  const source = `require("msys.core") require("msys.extended.message") require("msys.extended.vctx")
require("msys.extended.ac")
local mod = {}\n${functions.join('\n')}\nmsys.registerModule("mod", mod)`;
  return { modules: [{ name: 'mod', source }] };
}

export const CONT = 'return msys.core.VALIDATE_CONT';
