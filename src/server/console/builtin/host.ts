import type { ConfigManager } from '../../config/manager';
import type { VirtualFiles } from '../../files/virtual-files';
import type { BuiltinCommands } from './dispatch';

/** What built-in commands ask of the rest of the simulator; the middle floor provides it. */
export interface ConsoleHost {
  /** Of the product whose API is offered: `5.3`. */
  readonly version: string;
  /** Of what answers: the simulator. */
  readonly buildDate: string;
  /** What `uname -a` would say. */
  readonly platform: string;
  readonly processId: number;
  readonly builtins: BuiltinCommands;
  /** The running configuration and its transactions. */
  readonly config: ConfigManager;
  readonly files: VirtualFiles;
  /** Open inbound connections, the oldest first. */
  readonly connections: readonly ConnectionFacts[];
  /** Loaded modules in the order of the configuration. */
  readonly modules: readonly ModuleFacts[];
  /** Callouts and hooks with at least one provider. */
  readonly hooks: readonly HookFacts[];
  /** Prefixes that scripts registered. */
  readonly scriptCommands: readonly string[];
  /** Ends the server after the answer; the control hooks run first. */
  shutdown(): Promise<void>;
  /** `reopen logs`: calls the hook core_log_reopen. */
  reopenLogs(): Promise<void>;
}

/** A line of `show inbound`. */
export interface ConnectionFacts {
  /** The number of its event in the product; here of the connection. */
  readonly id: number;
  /** `SMTP`, `HTTP`, … as `count` and `ac:inbound_session_count` name it. */
  readonly service: string;
  /** The product's function that waits for it, `esmtp_message_factory`. */
  readonly handler: string;
  /** An IP address. */
  readonly peer: string;
  readonly port: number;
  readonly state: string;
  /** Since the state was entered. */
  readonly forMillis: number;
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
