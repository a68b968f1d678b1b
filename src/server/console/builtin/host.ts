/** What built-in commands ask of the rest of the simulator; the middle floor provides it. */
export interface ConsoleHost {
  /** Of the product whose API is offered: `5.3`. */
  readonly version: string;
  /** Loaded modules in the order of the configuration. */
  readonly modules: readonly ModuleFacts[];
  /** Callouts and hooks with at least one provider. */
  readonly hooks: readonly HookFacts[];
  /** Prefixes that scripts registered. */
  readonly scriptCommands: readonly string[];
  /** Ends the server after the answer; the control hooks run first. */
  shutdown(): Promise<void>;
}

/** `module list` (4/console-commands/4-module). */
export interface ModuleFacts {
  readonly scope: string;
  /** Undefined for a singleton. */
  readonly instance: string | undefined;
  readonly enabled: boolean;
  /** `Singleton`, `Logger`, … */
  readonly api: string;
  readonly name: string;
  readonly description: string;
}

/** `module hooks`. */
export interface HookFacts {
  /** `core_log_reception_v1` */
  readonly name: string;
  /** Its C prototype. */
  readonly prototype: string;
  /** Modules that provide it, in the order of the calls. */
  readonly providers: readonly string[];
}
