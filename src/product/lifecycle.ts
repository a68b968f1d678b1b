/** The life of a server's configuration and scripts: start, reload, changes of options (4/console-commands/config). */
import type { FakeFunction } from '../api/runtime';
import type { LuaLimits } from '../lua';
import { Generation, type ScriptSystem } from '../scriptlet/generation';
import { assemble, renew, retire } from '../scriptlet/load';
import type { Script } from '../scriptlet/scripts';
import { runConfigWords } from '../server/config/commands';
import type { Configuration } from '../server/config/configuration';
import type { ConfigFiles } from '../server/config/files';
import type { ConfigSource } from '../server/config/load';
import { ConfigManager, type ApplyResult, type ConfigChangeKind } from '../server/config/manager';
import { inProcessSession } from '../server/console/builtin/session';
import type { DomainFixture } from '../server/domain-fixtures';
import type { ServerState } from '../server/server';
import { ConfigError } from '../support/errors';
import { rolesOf } from './access';
import { configHooks } from './config-hooks';
import { configureFacilities } from './facilities';
import { isLoaded } from './modules';
import { rootsOf, scriptsOf } from './stanzas';

export interface LifecycleOptions {
  readonly server: ServerState;
  /** Records that exist before the first script runs; their messages may wait for bindings of the configuration. */
  readonly domains: readonly (readonly [name: string, contents: DomainFixture])[];
  /** Scripts that the test adds to those of the configuration. */
  readonly modules: readonly Script[];
  /** Search roots of `require` besides those of the configuration. */
  readonly roots: readonly string[];
  readonly limits: Partial<LuaLimits> | undefined;
  readonly fakes: ReadonlyMap<string, FakeFunction>;
  readonly system: ScriptSystem;
  readonly files: ConfigFiles;
  readonly memory: (file: string) => Buffer | undefined;
  readonly onError: (error: unknown) => void;
  /** Told of what ended the server while nobody waited for it. */
  readonly onCrash: (error: unknown) => void;
  /** A new configuration serves: listeners and the like follow it. */
  readonly onCommit: () => Promise<void>;
}

export class Lifecycle {
  readonly config: ConfigManager;
  #generation: Generation | undefined;
  #scripts: readonly Script[] = [];
  /** What served until the commit. */
  #retiring: Generation | undefined;

  constructor(private readonly options: LifecycleOptions) {
    this.config = new ConfigManager({
      ...configHooks(() => this.generation),
      files: options.files,
      apply: (next, kind) => this.#apply(next, kind),
      committed: (configuration) => this.#committed(configuration),
      reloadFailed: ({ message }) => void options.server.logs.panic('scriptlet', message),
      report: ({ message }) => options.server.report('CONFIG_OPTION', message),
    });
  }

  /** The scripts that run. */
  get generation(): Generation {
    return this.#generation!;
  }

  /** The same; undefined while the first ones are being loaded. */
  get current(): Generation | undefined {
    return this.#generation;
  }

  /** Rejects with ConfigError when the configuration, or a script of it, is refused. */
  async start(source: ConfigSource): Promise<void> {
    const configuration = this.config.load(source);
    // A later change waits for a restart.
    this.options.server.logs.isHighResolution =
      configuration.get([], 'log_hires_timestamp')?.boolean() ?? false;
    this.#defineBindings(configuration);
    const { server, domains } = this.options;
    for (const [name, contents] of domains) server.domains.add(name, contents);
    this.#generation = await this.#assemble(configuration);
    await this.#committed(configuration);
  }

  #defineBindings(configuration: Configuration): void {
    const { bindings } = this.options.server.delivery;
    for (const { binding, group } of bindingsOf(configuration)) bindings.define(binding, group);
  }

  /** Retires the scripts; rejects with a crash in `deinit`. */
  async stop(): Promise<void> {
    if (this.#generation) await retire(this.#generation);
  }

  /** Whatever fails before the swap leaves what serves as it is. */
  async #apply(next: Configuration, kind: ConfigChangeKind): Promise<ApplyResult> {
    const old = this.generation;
    const scripts = this.#scripts;
    try {
      if (kind === 'reload' || !sameScripts(scripts, this.#scriptsOf(next)))
        this.#generation = await this.#assemble(next);
      else await renew(old);
    } catch (error) {
      this.#scripts = scripts;
      if (error instanceof ConfigError) return { ok: false, error };
      throw error;
    }
    if (this.#generation !== old) this.#retiring = old;
    return { ok: true };
  }

  #scriptsOf(configuration: Configuration): Script[] {
    return [...scriptsOf(configuration), ...this.options.modules];
  }

  async #assemble(configuration: Configuration): Promise<Generation> {
    const { server, roots, limits, fakes, system, memory, onError, onCrash } = this.options;
    this.#scripts = this.#scriptsOf(configuration);
    await server.dataSources.prepare(configuration);
    const generation = await assemble(server, this.#scripts, {
      roots: rootsOf(configuration, roots),
      limits,
      fakes,
      system,
      memory,
      onError,
      onCrash,
      config: { run: (words) => runConfigWords(this.config, inProcessSession(), words) },
    });
    this.#checkModules(configuration, generation);
    return generation;
  }

  /** Modules of the product that scripts cannot do without. */
  #checkModules(configuration: Configuration, { endpoints }: Generation): void {
    const { server } = this.options;
    if (scriptsOf(configuration).length > 0 && !isLoaded(configuration, 'alerting')) {
      const message =
        'the configuration has scripts and does not load the module alerting, which scriptlet needs: add the stanza alerting { }.';
      if (server.report('MISSING_ALERTING', message)) throw new ConfigError(message);
    }
    if (endpoints.endpoints.length > 0 && !isLoaded(configuration, 'httpsrv'))
      server.report(
        'MISSING_HTTPSRV',
        'endpoints are registered, and the configuration does not load the module httpsrv, which serves them: add the stanza httpsrv { }.',
      );
  }

  async #committed(configuration: Configuration): Promise<void> {
    const { server, onCommit } = this.options;
    server.authorization.roles = rolesOf(configuration);
    configureFacilities(server, configuration);
    await server.dataSources.configure(configuration);
    this.#defineBindings(configuration);
    await onCommit();
    await server.delivery.settingsChanged();
    await this.generation.hooks.all('core_post_config_commit', { args: [] });
    const retired = this.#retiring;
    this.#retiring = undefined;
    if (retired) await retire(retired);
  }
}

const sameScripts = (one: readonly Script[], other: readonly Script[]) =>
  one.length === other.length &&
  one.every((script, i) => script.name === other[i]!.name && script.source === other[i]!.source);

/** Stanzas of bindings, alone or in groups (4/config/ref-binding, 4/config/ref-binding-group). */
function* bindingsOf({ root }: Configuration): Generator<{ binding: string; group?: string }> {
  for (const { instance } of root.childrenOf('binding'))
    if (instance !== undefined) yield { binding: instance };
  for (const group of root.childrenOf('binding_group'))
    for (const { instance } of group.childrenOf('binding'))
      if (instance !== undefined) yield { binding: instance, group: group.instance };
}
