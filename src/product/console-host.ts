import { arch, release, type } from 'node:os';
import { catalogue } from '../catalogue';
import type { Generation } from '../scriptlet/generation';
import { BUILTIN_COMMANDS } from '../server/console/builtin';
import type { ConnectionFacts, ConsoleHost, HookFacts } from '../server/console/builtin/host';
import type { ConfigManager } from '../server/config/manager';
import type { VirtualFiles } from '../server/files/virtual-files';
import { modulesOf } from './modules';

export interface ConsoleHostOptions {
  readonly config: ConfigManager;
  readonly files: VirtualFiles;
  readonly generation: () => Generation;
  readonly connections: () => readonly ConnectionFacts[];
  /** Ends the server once the answer is out. */
  readonly stop: () => void;
}

/** Of the product whose API is offered. */
export const VERSION = '5.3';
/** The product's process; scripts and logs see this number. */
const PROCESS_ID = 1;

/** What the built-in commands see of the server. */
export class ProductHost implements ConsoleHost {
  readonly version = VERSION;
  readonly buildDate = 'simulated';
  readonly platform = `${type()} ${release()} ${arch()}`;
  readonly processId = PROCESS_ID;
  readonly builtins = BUILTIN_COMMANDS;

  constructor(private readonly options: ConsoleHostOptions) {}

  get config(): ConfigManager {
    return this.options.config;
  }

  get files(): VirtualFiles {
    return this.options.files;
  }

  get modules() {
    return modulesOf(this.options.config.running);
  }

  /** Those of the documentation: the product has more. */
  get hooks(): readonly HookFacts[] {
    const { hooks } = this.options.generation();
    return [...catalogue.callouts().values()]
      .filter(({ kind }) => kind === 'hook')
      .map(({ key, params, returns }) => ({
        name: key,
        prototype: `${returns}(${params.map((param) => param.type).join(',')})`,
        providers: hooks.providers(key).map((module) => module.name),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get scriptCommands(): readonly string[] {
    return this.options.generation().commands.prefixes;
  }

  get connections(): readonly ConnectionFacts[] {
    return this.options.connections();
  }

  /** `core_control_shutdown`, then `core_control_shutdown_ex` with no signal and a status of 0. */
  async shutdown(): Promise<void> {
    const { hooks } = this.options.generation();
    await hooks.all('core_control_shutdown', { args: [] });
    await hooks.all('core_control_shutdown_ex', { args: [0, 0, 'console', 0] });
    this.options.stop();
  }

  async reopenLogs(): Promise<void> {
    await this.options.generation().hooks.all('core_log_reopen', { args: [] });
  }
}
