/** The console command `config` with its actions (4/console-commands/config). */
import { ConfigError } from '../../support/errors';
import type { ConsoleSession } from '../console/builtin/session';
import type { ConfigManager, ConfigOutcome } from './manager';
import { isKnownScope, optionTitle, scopeTitle } from './options';
import { parseAssignment } from './parser';
import { pathText, plainScope, printRecursively, printScope, scopeHeading } from './print';
import type { Reading } from './reading';
import { stepOf, typeOf, type ConfigPath, type ConfigScope } from './scope';
import { commandText, pathOf } from './words';

export interface ConfigAnswer {
  readonly ok: boolean;
  /** What the console prints. */
  readonly text: string;
  /** The value of the option that the command was about. */
  readonly reading?: Reading;
  /** The answer as plain data. */
  readonly data?: unknown;
  /** Why a configuration was not accepted. */
  readonly error?: Error;
}

/** One command for the configuration. */
export interface ConfigCall {
  readonly manager: ConfigManager;
  readonly session: ConsoleSession;
  /** What follows the action, in words. */
  readonly words: readonly string[];
  /** The same as it was typed, with its quotes. */
  readonly text: string;
  /** The whole command, for `config replay`. */
  readonly command: string;
}

export interface ConfigAction {
  readonly usage?: string;
  readonly summary: string;
  run(call: ConfigCall): ConfigAnswer | Promise<ConfigAnswer>;
}

const failed = (text: string): ConfigAnswer => ({ ok: false, text });
const answerOf = (outcome: ConfigOutcome): ConfigAnswer => ({
  ok: outcome.ok,
  text: outcome.text,
  ...(outcome.ok ? { data: { ok: true } } : { data: { ok: false }, error: outcome.error }),
});

const usageError = (name: string): ConfigAnswer =>
  failed(`Usage: config ${name}${ACTIONS[name]?.usage ? ` ${ACTIONS[name].usage}` : ''}`);

const notSet = (option: string, path: ConfigPath): ConfigAnswer => ({
  ok: false,
  text: `Option '${optionTitle(option)}' is not set in scope '${pathText(path)}'.`,
  data: { name: optionTitle(option), value: null },
});

function answerOption(reading: Reading | undefined, option: string, path: ConfigPath): ConfigAnswer {
  return reading
    ? { ok: true, text: reading.toString(), reading, data: reading.toJSON() }
    : notSet(option, path);
}

/** `[scope …] option`; undefined when there is no word. */
function optionWords({ manager, session, words }: ConfigCall) {
  const option = words.at(-1);
  if (option === undefined) return undefined;
  return { option, path: pathOf(manager.view(session).root, words.slice(0, -1)) };
}

function get(call: ConfigCall): ConfigAnswer {
  const found = optionWords(call);
  if (!found) return usageError('get');
  return answerOption(
    call.manager.view(call.session).get(found.path, found.option),
    found.option,
    found.path,
  );
}

function evaluate(call: ConfigCall): ConfigAnswer {
  const found = optionWords(call);
  if (!found) return usageError('eval');
  const reading = call.manager.view(call.session).evaluate(found.path, found.option);
  return answerOption(reading, found.option, found.path);
}

async function set({ manager, session, text, command }: ConfigCall): Promise<ConfigAnswer> {
  const assignment = parsed(text);
  if ('ok' in assignment) return assignment;
  const option = assignment.words.at(-1)!;
  const path = pathOf(manager.view(session).root, assignment.words.slice(0, -1));
  const outcome = await manager.set(session, { path, option, value: assignment.value }, command);
  if (!outcome.ok) return answerOf(outcome);
  const { reading } = outcome;
  const isModule = path.length > 0 && !isKnownScope(typeOf(path[0]!));
  return {
    ok: true,
    text: isModule || !reading ? 'Set' : reading.toString(),
    reading,
    data: reading?.toJSON(),
  };
}

function parsed(text: string) {
  try {
    return parseAssignment(text, 'config set');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { ...failed(error.message), error };
  }
}

/** The scope that all the words lead to; undefined when there is none: the last word may be an option. */
function scopeOf({
  manager,
  session,
  words,
}: ConfigCall): { path: ConfigPath; scope: ConfigScope } | undefined {
  const { root } = manager.view(session);
  const path = pathOf(root, words);
  const scope = root.find(path);
  return scope && { path, scope };
}

async function unset(call: ConfigCall): Promise<ConfigAnswer> {
  const { manager, session, words, command } = call;
  if (words.length === 0) return failed('The global scope cannot be unset.');
  const scope = scopeOf(call);
  if (scope) return answerOf(await manager.unset(session, scope.path, undefined, command));
  const { option, path } = optionWords(call)!;
  if (!manager.view(session).get(path, option)) return notSet(option, path);
  const outcome = await manager.unset(session, path, option, command);
  if (!outcome.ok) return answerOf(outcome);
  const { reading } = outcome;
  const rows = [`"${optionTitle(option)}" has been unset. Effective value is now:`];
  rows.push(reading ? `        ${reading.toString()}` : `        ${notSet(option, path).text}`);
  return { ok: true, text: rows.join('\n'), reading, data: reading?.toJSON() };
}

const shows =
  (print: (scope: ConfigScope) => string[]) =>
  (call: ConfigCall): ConfigAnswer => {
    const found = scopeOf(call);
    if (found) return { ok: true, text: print(found.scope).join('\n'), data: plainScope(found.scope) };
    const { option, path } = optionWords(call)!;
    const reading = call.manager.view(call.session).get(path, option);
    if (reading) return answerOption(reading, option, path);
    return failed(`There is no scope or option '${call.words.join(' ')}'.`);
  };

function locate({ manager, session, words }: ConfigCall): ConfigAnswer {
  const [type, regex, ...more] = words;
  if (type === undefined || more.length > 0) return usageError('locate');
  const pattern = regularExpression(regex ?? '');
  if (!pattern) return failed(`'${regex ?? ''}' is no regular expression`);
  const found = [...scopesOfType(manager.view(session).root, [], type.toLowerCase(), pattern)];
  const text = found.map(({ scope, path }) => `${scopeHeading(scope)}\n  is at ${pathText(path)}`).join('\n');
  const data = found.map(({ scope, path }) => ({
    type: scopeTitle(scope.type),
    instance: scope.instance ?? null,
    at: pathText(path),
  }));
  return { ok: true, text, data };
}

function regularExpression(text: string): RegExp | undefined {
  try {
    return new RegExp(text);
  } catch {
    return undefined;
  }
}

function* scopesOfType(
  parent: ConfigScope,
  path: ConfigPath,
  type: string,
  pattern: RegExp,
): Generator<{ scope: ConfigScope; path: ConfigPath }> {
  for (const scope of parent.children) {
    const at = [...path, stepOf(scope)];
    if (scope.type.toLowerCase() === type && pattern.test(scope.instance ?? '')) yield { scope, path: at };
    yield* scopesOfType(scope, at, type, pattern);
  }
}

function begin({ manager, session, words }: ConfigCall): ConfigAnswer {
  const rest = words.join(' ').toLowerCase();
  if (rest !== '' && rest !== 'from scratch') return usageError('begin');
  return answerOf(manager.begin(session, rest !== ''));
}

function replay({ manager, session }: ConfigCall): ConfigAnswer {
  const commands = manager.replay(session);
  if (!commands) return failed('No transaction has been started.');
  return { ok: true, text: commands.join('\n'), data: { commands } };
}

async function writeback({ manager, words, command }: ConfigCall): Promise<ConfigAnswer> {
  return withFiles(await manager.writeback(command, words[0]));
}

export function withFiles(outcome: ConfigOutcome): ConfigAnswer {
  return outcome.ok ? { ok: true, text: outcome.text, data: { files: outcome.files } } : answerOf(outcome);
}

/** Actions that take no word, or at most a file. */
const atMost =
  (count: number, name: string, run: ConfigAction['run']): ConfigAction['run'] =>
  (call) =>
    call.words.length > count ? usageError(name) : run(call);

export const ACTIONS: Readonly<Record<string, ConfigAction>> = {
  begin: { usage: '[from scratch]', summary: 'begin a transaction', run: begin },
  commit: {
    summary: 'activate the changes of a transaction',
    run: atMost(0, 'commit', async ({ manager, session, command }) =>
      answerOf(await manager.commit(session, command)),
    ),
  },
  eval: { usage: '[scope …] option', summary: 'show the effective value of an option', run: evaluate },
  get: { usage: '[scope …] option', summary: 'show an option of a scope', run: get },
  locate: { usage: 'scope [regex]', summary: 'say where scopes are', run: locate },
  reload: {
    usage: '[file]',
    summary: 'read the configuration files anew',
    run: atMost(1, 'reload', async ({ manager, session, command, words }) =>
      answerOf(await manager.reload(session, command, words[0])),
    ),
  },
  replay: { summary: 'show the changes of a transaction', run: atMost(0, 'replay', replay) },
  rollback: {
    summary: 'forget the changes of a transaction',
    run: atMost(0, 'rollback', ({ manager, session }) => answerOf(manager.rollback(session))),
  },
  set: { usage: '[scope …] option value', summary: 'set an option', run: set },
  show: { usage: '[scope …] [option]', summary: 'show a scope', run: shows(printScope) },
  showrecurse: {
    usage: '[scope …]',
    summary: 'show a scope and the scopes within it',
    run: shows((scope) => printRecursively(scope)),
  },
  unset: { usage: '[scope …] [option]', summary: 'unset an option, or a scope', run: unset },
  writeback: {
    usage: '[file]',
    summary: 'save the changes of the running configuration',
    run: atMost(1, 'writeback', writeback),
  },
};

/** Runs `config` with the words of a script's call, the action first (4/lua/ref-msys-config). */
export function runConfigWords(
  manager: ConfigManager,
  session: ConsoleSession,
  [action = '', ...words]: readonly string[],
): ConfigAnswer | Promise<ConfigAnswer> {
  const name = action.toLowerCase();
  if (!Object.hasOwn(ACTIONS, name)) return unknownAction(action);
  const text = commandText(words);
  return ACTIONS[name]!.run({ manager, session, words, text, command: `config ${name} ${text}`.trimEnd() });
}

export function unknownAction(action: string): ConfigAnswer {
  return failed(`config: unknown action '${action}'; there are ${Object.keys(ACTIONS).join(', ')}`);
}

/** Whether an action may change something. */
export function changesConfig(action: string): boolean {
  return ['begin', 'commit', 'reload', 'rollback', 'set', 'unset', 'writeback'].includes(
    action.toLowerCase(),
  );
}
