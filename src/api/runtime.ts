import type { HostCall, HostResult, LuaFunction, LuaTable, LuaVM, LuaValue } from '../lua';
import type { HttpSession } from '../server/http/session';
import type { EndpointRegistry } from '../server/http/registry';
import type { ConfigAnswer } from '../server/config/commands';
import type { CommandRegistry } from '../server/console/commands';
import type { PolicySubject } from '../server/reception/policy';
import type { ServerState } from '../server/server';
import type { Background } from './background';

/** What the registrations of one configuration generation are made into. */
export interface Registrations {
  readonly endpoints: EndpointRegistry<(session: HttpSession) => Promise<void>>;
  readonly commands: CommandRegistry<LuaFunction>;
  readonly modules: RegisteredModule[];
}

export interface RegisteredModule {
  readonly name: string;
  readonly table: LuaTable;
  /** The callouts and hooks among its keys. */
  readonly callouts: readonly string[];
  /** The script stanza whose chunk registered it, undefined when it came later. */
  readonly script: string | undefined;
}

/** What an implementation of the product's API sees: the server, and the generation its caller belongs to. */
export interface Runtime {
  readonly server: ServerState;
  readonly vm: LuaVM;
  readonly registrations: Registrations;
  /** What is simulated, by qualified name. */
  readonly implementations: ApiTable;
  /** Test doubles by qualified name. */
  readonly fakes: ReadonlyMap<string, FakeFunction>;
  /** The console command `config` for scripts, the action as the first word; undefined without a configuration. */
  readonly config?: { run(words: readonly string[]): ConfigAnswer | Promise<ConfigAnswer> };
  /** What goes on beside the entries that somebody waits for: timers, work in thread pools. */
  readonly background: Background;
  /** Runs a handler of this generation for a request; H6 and H7 apply. */
  handleRequest(handler: LuaFunction, session: HttpSession): Promise<void>;
}

/** `(…args) => result`; arguments and results as `mta.eval` gives them. */
export type FakeFunction = (...args: unknown[]) => unknown;

/** What an entry into Lua is for; every product call made in it can tell. */
export interface EntryContext {
  readonly phase:
    'chunk' | 'init' | 'rsrc_setup' | 'deinit' | 'http' | 'console' | 'eval' | 'hook' | 'timer' | 'pool';
  /** The callout or hook that is being called, in phase `hook`. */
  readonly hook?: string;
  /** The script stanza that is being loaded. */
  readonly script?: string;
  /** Takes what `print` prints while a console command runs. */
  readonly output?: string[];
  /** The thread of the operating system; undefined is the scheduler's. */
  readonly thread?: object;
  /** The entry that waits for this one. */
  readonly caller?: EntryContext;
  /** IP address of the connected peer, for functions that take it when they are given none. */
  readonly peer?: string;
  /** The session that the entry belongs to: `_TLS` lasts as long (4/lua/ref-msys-runinpool). */
  readonly session?: object;
  /** What the running callout is about, for functions that are not given it: `msys.expandMacro`. */
  readonly subject?: Pick<PolicySubject, 'session' | 'message'>;
}

export type ApiImplementation = (
  runtime: Runtime,
  args: LuaValue[],
  call: HostCall,
) => HostResult | Promise<HostResult>;

/** Implementations by the qualified names of the catalogue. */
export type ApiTable = Readonly<Record<string, ApiImplementation>>;

export function contextOf(call: HostCall): EntryContext | undefined {
  return call.context as EntryContext | undefined;
}
