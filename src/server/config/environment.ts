/** What a ConfigManager needs of the server around it, and what it answers. */
import type { Configuration } from './configuration';
import type { ConfigFiles } from './files';
import type { Reading } from './reading';
import type { ConfigPath } from './scope';
import type { ConfigProblem } from './validate';
import type { ConfigValue } from './value';

/** Why a new configuration is made. */
export type ConfigChangeKind = 'reload' | 'commit' | 'set';

export type ApplyResult = { readonly ok: true } | { readonly ok: false; readonly error: Error };

export interface OptionChange {
  readonly path: ConfigPath;
  readonly option: string;
  readonly value: ConfigValue;
}

/** What a ConfigManager needs of the server around it. */
export interface ConfigEnvironment {
  readonly files: ConfigFiles;
  /** Directories that relative includes are looked up in; the product's when left out. */
  readonly searchPath?: readonly string[];
  /** Makes the next configuration generation and swaps it in; when it fails, nothing has changed. */
  apply(next: Configuration, kind: ConfigChangeKind): Promise<ApplyResult>;
  /** Told when what `apply` made is the running configuration: listeners and the like follow it. */
  committed?(configuration: Configuration): Promise<void>;
  /** Told why a reload failed: the console does not say it. */
  reloadFailed?(error: Error): void;
  /** Adds what the configuration does not say itself, each time that it is read. */
  prepare?(configuration: Configuration): Configuration;
  /** The hook core_control_allow_writable_config, for a command that would change something. */
  allowWrite?(command: string): Promise<boolean>;
  /** The hook core_config_option_pre_set; true: the option counts as set, and nothing is stored. */
  beforeSet?(change: OptionChange): Promise<boolean>;
  /** The hook core_config_option_post_set. */
  afterSet?(change: OptionChange): Promise<void>;
  /** Takes what is doubtful in a configuration that is about to be used; true makes that fail. */
  report?(problem: ConfigProblem): boolean;
}

/** What became of a change. */
export type ConfigOutcome =
  | {
      readonly ok: true;
      readonly text: string;
      readonly reading?: Reading;
      readonly files?: readonly string[];
    }
  | { readonly ok: false; readonly text: string; readonly error?: Error };
