import { callerOf, toDisplay, type HostCall, type LuaValue } from '../lua';
import { rfc2822Date } from '../mail/date';
import { NotSimulated } from '../support/errors';
import { macroSubject, type MacroFamily, type MacroSubject } from './macro-subject';
import { loggerMacro } from './macros-logger';
import { contentMacro } from './macros-content';
import { spfMacro } from './macros-spf';
import type { ApiTable, Runtime } from './runtime';
import { text } from './values';

const FAMILIES: Readonly<Record<string, MacroFamily>> = {
  vctx_conn: (key, { context }) => context.connection.get(key) ?? '',
  vctx_mess: (key, { context }) => context.message.get(key) ?? '',
  rfc822: (name, { runtime }) => (name === 'date' ? rfc2822Date(runtime.server.clock.now()) : undefined),
  rfc2822: contentMacro,
  spfv1: spfMacro,
  custom_logger: loggerMacro,
};

/** Families and macros that the documentation has and that nothing here could be expanded from. */
const UNSIMULATED =
  /^(?:outbound_tls:.*|spfv1:p\d*r?[-.+,/_=]*|custom_logger:(?:c|C|s|PG|us)(?:\{[^{}]*\})?)$/;

/** Without a family: a predefined key of the message's context, as the documented samples use them, or SPF's letters. */
function bareMacro(name: string, subject: MacroSubject): string | undefined {
  return /^(?:mailfrom|rcptto)_\w+$/.test(name)
    ? (subject.context.message.get(name) ?? '')
    : spfMacro(name, subject);
}

const NESTING = /%\{((?:[^{}]|\{[^{}]*\})*)\}/g;

function expand(subject: MacroSubject, name: string, call: HostCall): string | undefined {
  if (UNSIMULATED.test(name)) notSimulated(subject.runtime, name, call);
  const [, family = '', rest = ''] = /^(\w+):([^]*)$/.exec(name) ?? [];
  if (family === '') return bareMacro(name, subject);
  return Object.hasOwn(FAMILIES, family) ? FAMILIES[family]!(rest, subject) : undefined;
}

function notSimulated({ server }: Runtime, name: string, call: HostCall): never {
  const frames = callerOf(call.L);
  const message = `the macro %{${toDisplay(name)}} of msys.expandMacro is part of Momentum and is not simulated.`;
  server.report('NOT_SIMULATED', message, frames);
  throw new NotSimulated('msys.expandMacro', message, frames);
}

function expandMacro(runtime: Runtime, [given]: LuaValue[], call: HostCall): string {
  const subject = macroSubject(runtime, call);
  return text(given).replace(NESTING, (whole: string, name: string) => expand(subject, name, call) ?? whole);
}

/** 4/lua/ref-msys-expand-macro: what is no macro stays as it is. */
export const macros: ApiTable = { 'msys.expandMacro': expandMacro };
