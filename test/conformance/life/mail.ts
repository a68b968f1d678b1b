/** Mail, and modules whose callouts tell what they are called with. */
import { Momentum, type MomentumOptions } from '../../../src';
import { moduleScript } from './start';

export const MAIL = { from: 'me@example.com', to: 'you@example.org', data: 'Subject: hello\r\n\r\nbody\r\n' };

/** The callouts of policy in the order of SMTP, with their parameters after `self` (4/lua/ref-msys-register-module). */
export const CALLOUTS: Readonly<Record<string, string>> = {
  validate_connect: 'ac, vctx',
  validate_ehlo: 'str, ac, vctx',
  validate_mailfrom: 'str, ac, vctx',
  validate_rcptto: 'msg, str, ac, vctx',
  validate_rcptto_list: 'node, vctx',
  validate_rcptto_list_final: 'node, vctx',
  validate_data: 'msg, ac, vctx',
  validate_data_spool: 'msg, ac, vctx',
  validate_data_spool_each_rcpt: 'msg, ac, vctx',
  validate_set_binding: 'msg',
};

/** A callout with `core` in sight; it goes on after `lua`, unless that returns. */
export const callout = (key: string, lua: string): string =>
  `function mod:${key}(${CALLOUTS[key]!}) local core = msys.core do ${lua} end return core.VALIDATE_CONT end\n`;

/** Functions that print their names with the classes of their arguments, and return `result`. */
export const tracing = (keys: readonly string[], result = ''): string => `
  local function classes(...)
    local names = {}
    for i = 1, select("#", ...) do names[i] = msys.type((select(i, ...))) end
    return table.concat(names, " ")
  end
  for _, key in ipairs({ "${keys.join('", "')}" }) do
    mod[key] = function(self, ...) print(key, classes(...)) return ${result} end
  end`;

/** A server with one module for each body; their names are `one`, `two`, …, which `(name)` in a body stands for. */
export const withModules = (bodies: readonly string[], options: MomentumOptions = {}): Promise<Momentum> =>
  Momentum.start({
    ...options,
    modules: bodies.map((body, index) => {
      const name = ['one', 'two', 'three'][index]!;
      return moduleScript(body.replaceAll('(name)', name), name);
    }),
  });

/** Waits until something of the server's waits for virtual time. */
export async function untilWaiting(mta: Momentum): Promise<void> {
  while (mta.clock.pending.length === 0) await new Promise((resolve) => void setImmediate(resolve));
}
