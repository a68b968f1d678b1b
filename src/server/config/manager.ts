import { ConfigError } from '../../support/errors';
import type { ConsoleSession } from '../console/builtin/session';
import { Configuration } from './configuration';
import { hasImplicit, isImplicit } from './default-config';
import type { ConfigChangeKind, ConfigEnvironment, ConfigOutcome, OptionChange } from './environment';
import { Exclusive } from './exclusive';
import type { ConfigSource } from './load';
import { optionFacts, optionTitle } from './options';
import { pathText, printRecursively } from './print';
import { Reading } from './reading';
import type { ConfigPath } from './scope';
import { planWriteback } from './writeback';

export type {
  ApplyResult,
  ConfigChangeKind,
  ConfigEnvironment,
  ConfigOutcome,
  OptionChange,
} from './environment';

interface Transaction {
  /** The configuration that was running when it began. */
  readonly base: Configuration;
  configuration: Configuration;
  readonly commands: string[];
}

const refused = (text: string, error?: Error): ConfigOutcome => ({ ok: false, text, error });
const done = (text = ''): ConfigOutcome => ({ ok: true, text });

const NO_TRANSACTION = 'No transaction has been started.';
const NOT_WRITABLE = 'The configuration is not writable.';
const BUSY = 'The configuration is being changed already.';

/**
 * The running configuration and all ways to change it (4/console-commands/config). A change makes a new
 * configuration, which has to be accepted by `apply` before it counts.
 */
export class ConfigManager {
  readonly #environment: ConfigEnvironment;
  readonly #exclusive = new Exclusive();
  /** What a reload reads. */
  #source: ConfigSource = { text: '' };
  /** What the running configuration was read from: `config reload` may have named another file. */
  #savedSource: ConfigSource = this.#source;
  /** As it stands in the files; the running one may have live changes. */
  #saved: Configuration | undefined;
  #running: Configuration | undefined;
  /** What is being committed. */
  #pending: Configuration | undefined;

  constructor(environment: ConfigEnvironment) {
    this.#environment = environment;
  }

  /** Throws ConfigError before the first `load`. */
  get running(): Configuration {
    if (!this.#running) throw new ConfigError('no configuration has been loaded');
    return this.#running;
  }

  /** What a session sees: its open transaction, what is being committed around it, or the running configuration. */
  view(session: ConsoleSession): Configuration {
    const pending = this.#exclusive.isInside ? this.#pending : undefined;
    return this.#transaction(session)?.configuration ?? pending ?? this.running;
  }

  /**
   * Reads the first configuration, which is running from then on; `apply` is not asked. Throws ConfigSyntaxError and
   * ConfigError.
   */
  load(source: ConfigSource): Configuration {
    const configuration = this.#read(source);
    this.#check(configuration);
    this.#source = this.#savedSource = source;
    this.#saved = this.#running = configuration;
    return configuration;
  }

  begin(session: ConsoleSession, fromScratch: boolean): ConfigOutcome {
    if (this.#transaction(session)) return refused('A transaction has been started already.');
    const configuration = fromScratch ? Configuration.load({ text: '' }) : this.running;
    session.state.set(this, { base: this.running, configuration, commands: [] } satisfies Transaction);
    return done();
  }

  rollback(session: ConsoleSession): ConfigOutcome {
    return session.state.delete(this) ? done() : refused(NO_TRANSACTION);
  }

  /** The commands that changed something in the session's transaction; undefined without one. */
  replay(session: ConsoleSession): readonly string[] | undefined {
    return this.#transaction(session)?.commands;
  }

  /** The first of several concurrent transactions wins; the others fail, and stay open. */
  commit(session: ConsoleSession, command: string): Promise<ConfigOutcome> {
    return this.#write(command, async () => {
      const transaction = this.#transaction(session);
      if (!transaction) return refused(NO_TRANSACTION);
      if (transaction.base !== this.running)
        return refused(
          'Commit failed: the configuration has been changed since the transaction was started.',
        );
      const outcome = await this.#activate(transaction.configuration, 'commit');
      if (outcome.ok) session.state.delete(this);
      return outcome;
    });
  }

  /** Sets an option in the session's transaction, or at once. */
  set(session: ConsoleSession, change: OptionChange, command: string): Promise<ConfigOutcome> {
    const { path, option, value } = change;
    return this.#write(command, async () => {
      this.#warnOfStatic(option, path);
      if (!(await this.#environment.beforeSet?.(change))) {
        const outcome = await this.#change(session, command, (before) => before.set(path, option, value));
        if (!outcome.ok) return outcome;
        await this.#environment.afterSet?.(change);
      }
      const source = { kind: 'option', path, place: undefined } as const;
      return { ok: true, text: '', reading: new Reading(optionTitle(option), value, source) };
    });
  }

  /** Unsets an option, or without its name a scope and all scopes within it. */
  unset(
    session: ConsoleSession,
    path: ConfigPath,
    option: string | undefined,
    command: string,
  ): Promise<ConfigOutcome> {
    return this.#write(command, async () => {
      const problem = this.#whyNotUnset(this.view(session), path, option);
      if (problem) return refused(problem);
      const outcome = await this.#change(session, command, (before) => before.unset(path, option));
      if (!outcome.ok || option === undefined) return outcome;
      return { ...outcome, reading: this.view(session).evaluate(path, option) };
    });
  }

  #whyNotUnset(
    configuration: Configuration,
    path: ConfigPath,
    option: string | undefined,
  ): string | undefined {
    const scope = configuration.find(path);
    if (option === undefined) {
      if (path.length === 0) return 'The global scope cannot be unset.';
      return scope && hasImplicit(scope)
        ? `Scope '${pathText(path)}' is necessary for proper operation and cannot be unset.`
        : undefined;
    }
    const set = scope?.option(option);
    return set && isImplicit(set)
      ? `Option '${optionTitle(option)}' is necessary for proper operation and cannot be unset.`
      : undefined;
  }

  /** Reads the configuration anew, or another file; live changes are lost. */
  reload(session: ConsoleSession, command: string, file?: string): Promise<ConfigOutcome> {
    return this.#write(command, async () => {
      if (this.#transaction(session))
        return refused('A transaction has been started: commit it or roll it back before a reload.');
      const source = file === undefined ? this.#source : { file };
      const read = this.#tryRead(source);
      if (read instanceof ConfigError) return this.#reloadFailed(read);
      const outcome = await this.#activate(read, 'reload');
      if (!outcome.ok) return this.#reloadFailed(outcome.error ?? new ConfigError(outcome.text));
      this.#saved = read;
      this.#savedSource = source;
      return done('Reconfigure complete.');
    });
  }

  /** The console is told that it failed, and no more (4/console-commands/config). */
  #reloadFailed(error: Error): ConfigOutcome {
    this.#environment.reloadFailed?.(error);
    return refused('Reconfigure failed', error);
  }

  /** Saves live changes into the files that they belong to, or everything into another file. */
  writeback(command: string, file?: string): Promise<ConfigOutcome> {
    return this.#write(command, () =>
      Promise.resolve(file === undefined ? this.#writeChanges() : this.#writeAll(file)),
    );
  }

  /** Writes the running configuration into a file (4/console-commands/write-config). */
  write(command: string, file: string): Promise<ConfigOutcome> {
    return this.#write(command, () => Promise.resolve(this.#writeAll(file)));
  }

  #writeAll(file: string): ConfigOutcome {
    this.#environment.files.writeFile(file, `${printRecursively(this.running.root).join('\n')}\n`);
    return { ok: true, text: `Configuration written to ${file}.`, files: [file] };
  }

  #writeChanges(): ConfigOutcome {
    const { files, unsaved } = planWriteback(this.#saved ?? this.running, this.running);
    for (const [file, text] of files) this.#environment.files.writeFile(file, text);
    if (unsaved !== '')
      return refused(`Warning: not all portions of the configuration could be saved:\n${unsaved}`);
    if (files.size > 0) this.#takeOverFiles();
    return {
      ok: true,
      text: [...files.keys()].map((file) => `Configuration written to ${file}.`).join('\n'),
      files: [...files.keys()],
    };
  }

  /**
   * The running configuration is what stands in the files, unless it names a Local_Changes_File that they do not: then
   * nothing would read that one.
   */
  #takeOverFiles(): void {
    const saved = this.#read(this.#savedSource);
    if (saved.localChangesFile === this.running.localChangesFile) this.#saved = this.#running = saved;
  }

  #transaction(session: ConsoleSession): Transaction | undefined {
    return session.state.get(this) as Transaction | undefined;
  }

  async #write(command: string, work: () => Promise<ConfigOutcome>): Promise<ConfigOutcome> {
    if (this.#exclusive.isInside) return refused(BUSY);
    return this.#exclusive.run(async () => {
      const isAllowed = (await this.#environment.allowWrite?.(command)) ?? true;
      return isAllowed ? work() : refused(NOT_WRITABLE);
    });
  }

  /** Changes the session's transaction, or the running configuration. */
  async #change(
    session: ConsoleSession,
    command: string,
    change: (before: Configuration) => Configuration,
  ): Promise<ConfigOutcome> {
    const transaction = this.#transaction(session);
    if (!transaction) return this.#activate(change(this.running), 'set');
    transaction.configuration = change(transaction.configuration);
    transaction.commands.push(command);
    return done();
  }

  async #activate(next: Configuration, kind: ConfigChangeKind): Promise<ConfigOutcome> {
    if (next === this.running && kind !== 'reload') return done();
    this.#pending = next;
    try {
      this.#check(next);
      const result = await this.#environment.apply(next, kind);
      if (!result.ok) return refused(result.error.message, result.error);
    } catch (error) {
      if (error instanceof ConfigError) return refused(error.message, error);
      throw error;
    } finally {
      this.#pending = undefined;
    }
    this.#running = next;
    await this.#environment.committed?.(next);
    return done();
  }

  /** Reports what is new among the problems. Throws ConfigError for one that is an error here. */
  #check(next: Configuration): void {
    const known = new Set(this.#running?.problems.map((problem) => problem.message));
    for (const problem of next.problems) {
      if (known.has(problem.message) || !this.#environment.report?.(problem)) continue;
      throw new ConfigError(problem.message, problem.place);
    }
  }

  #warnOfStatic(option: string, path: ConfigPath): void {
    const facts = optionFacts(option);
    if (!facts || facts.isDynamic) return;
    this.#environment.report?.({
      message: `${facts.title} was set in a running server, which keeps the old value until it is restarted.`,
      path,
      option: facts.title,
      place: undefined,
      doc: facts.doc,
    });
  }

  #read(source: ConfigSource): Configuration {
    const { files, searchPath } = this.#environment;
    const configuration = Configuration.load(source, files, { searchPath });
    return this.#environment.prepare?.(configuration) ?? configuration;
  }

  #tryRead(source: ConfigSource): Configuration | ConfigError {
    try {
      return this.#read(source);
    } catch (error) {
      if (error instanceof ConfigError) return error;
      throw error;
    }
  }
}
