/**
 * The scripts of a configuration: a Lua state, the modules in it and what they registered. A reload makes a new one;
 * a change of options keeps it and has the endpoints registered anew (4/hooks/config-rsrc-setup).
 */
import { catalogue } from '../catalogue';
import { IMPLEMENTATIONS } from '../api/implementations';
import { Background, waitsFor } from '../api/background';
import { registerStatistics } from '../api/gc-stats';
import { Namespaces } from '../api/namespaces';
import type { EntryContext, FakeFunction, RegisteredModule, Runtime } from '../api/runtime';
import {
  LuaFunction,
  LuaVM,
  toDisplay,
  type LuaLimits,
  type LuaOptions,
  type LuaValue,
  type ModuleSearch,
  type Source,
} from '../lua';
import { isRuntimePackage } from '../lua/packages';
import type { HttpSession } from '../server/http/session';
import type { ServerState } from '../server/server';
import { FramedError, MomentumCrash, StrictViolation } from '../support/errors';
import { HANDLER_ASYNC, HANDLER_DONE, httpSession } from '../api/httpsrv-objects';
import { ConfigHeader, configHeader } from '../api/config-objects';
import { bindObject } from '../api/objects';
import { describeHostError } from './describe-host-error';
import { describeResult } from './describe-result';
import { freshSelf, Hooks } from './hooks';
import { Registered } from './registered';
import { ModuleFinder } from './scripts';

const SUSPENDED =
  'a call that waits was made inside pcall or xpcall. Here the script goes on; a coroutine of Lua 5.1 cannot be suspended there.';

/** What packages of the product's do when they are loaded, besides having functions. */
const PACKAGE_SETUPS: Readonly<Record<string, typeof registerStatistics | undefined>> = {
  'msys.gc_stats': registerStatistics,
};

export interface GenerationOptions {
  readonly roots: readonly string[];
  readonly limits?: Partial<LuaLimits>;
  readonly fakes: ReadonlyMap<string, FakeFunction>;
  readonly system: ScriptSystem;
  /** What `msys.config` works on; none in a server without a configuration. */
  readonly config?: Runtime['config'];
  /** The content of a source that is in memory, if it is. */
  readonly memory: (file: string) => Buffer | undefined;
  /** Takes the error of what nobody waits for: hooks, timers. Throws when it ends the server. */
  readonly onError: (error: unknown) => void;
  /** Told of what ended the server while nobody waited for it; `onError` has thrown it. */
  readonly onCrash?: (error: unknown) => void;
}

/** What scripts find around them: it outlives generations. */
export type ScriptSystem = Pick<LuaOptions, 'files' | 'processes' | 'environment' | 'cpuTime' | 'timezone'>;

export class Generation {
  readonly registered = new Registered();
  readonly vm: LuaVM;
  readonly runtime: Runtime;
  readonly hooks: Hooks;
  readonly background: Background;
  /** Told of every source that a script requires, before it runs. */
  onSource: ((source: Source) => void) | undefined;
  private readonly namespaces: Namespaces;
  readonly finder: ModuleFinder;

  constructor(
    readonly server: ServerState,
    options: GenerationOptions,
  ) {
    server.scriptFiles.clear();
    this.finder = new ModuleFinder(options.roots, (file) => {
      server.scriptFiles.add(file);
      return options.memory(file);
    });
    this.background = new Background(server.clock, (error) => this.backgroundFailed(error, options));
    this.vm = new LuaVM({
      ...options.system,
      limits: options.limits,
      retains: true,
      print: (text, context) => this.print(text, context as EntryContext | undefined),
      isFatal: (error) => error instanceof MomentumCrash,
      onSuspendInProtectedCall: (frames) => server.report('SUSPENDED_IN_PCALL', SUSPENDED, frames),
      onHostError: (error, frames) => {
        // What the simulator throws at Lua has been reported where it was found.
        if (!(error instanceof FramedError)) server.report('HOST_ERROR', describeHostError(error), frames);
      },
      onEntryEnd: (context) => this.background.entryEnded(context),
      osThread: (context) => (context as EntryContext | undefined)?.thread,
      session: (context) => (context as EntryContext | undefined)?.session,
      waitsFor: (context, other) => waitsFor(context as EntryContext, other as EntryContext),
      now: () => server.clock.seconds(),
      random: () => server.random.float(),
      findModule: (name) => this.findModule(name),
    });
    this.runtime = {
      server,
      vm: this.vm,
      registrations: this.registered,
      implementations: IMPLEMENTATIONS,
      fakes: options.fakes,
      config: options.config,
      background: this.background,
      handleRequest: (handler, session) => this.handleRequest(handler, session),
    };
    this.hooks = new Hooks(this.vm, this.modules, options.onError);
    this.namespaces = new Namespaces(this.runtime);
    this.vm.globals.set('msys', this.namespaces.table('msys'));
  }

  get modules(): readonly RegisteredModule[] {
    return this.registered.modules;
  }

  /** The endpoints that serve. */
  get endpoints() {
    return this.registered.running.endpoints;
  }

  /** The console commands that serve. */
  get commands() {
    return this.registered.running.commands;
  }

  run(f: LuaFunction, args: readonly LuaValue[], context: EntryContext): Promise<LuaValue[]> {
    return this.vm.call(f, args, context);
  }

  /** Calls a lifecycle callout of a module, when it has it. */
  async callout(
    module: RegisteredModule,
    name: 'init' | 'rsrc_setup' | 'deinit',
  ): Promise<LuaValue[] | undefined> {
    const f = module.table.index(name);
    return f instanceof LuaFunction ? this.run(f, [module.table], { phase: name }) : undefined;
  }

  /** `rsrc_setup` under the name of its hook, with the transaction; its result is void (4/hooks/config-rsrc-setup). */
  async setupHook(module: RegisteredModule): Promise<void> {
    const hook = 'config_rsrc_setup';
    const f = module.table.index(hook);
    if (!(f instanceof LuaFunction)) return;
    const transaction = bindObject(this.runtime, configHeader, new ConfigHeader(''));
    await this.run(f, [freshSelf(this.vm, module), transaction], { phase: 'rsrc_setup', hook });
  }

  private backgroundFailed(error: unknown, { onError, onCrash }: GenerationOptions): void {
    try {
      onError(error);
    } catch (crash) {
      onCrash?.(crash);
    }
  }

  private findModule(name: string): ModuleSearch {
    const found = this.finder.find(name);
    if (found === 'product')
      return isRuntimePackage(name) ? { tried: [] } : { loader: this.productPackage(name) };
    if ('source' in found) this.onSource?.(found.source);
    return found;
  }

  /** What `require` of a package of the product's answers: its namespace, or true when it has none of its own. */
  productPackage(name: string): LuaFunction {
    return this.vm.hostFunction((_args, call) => {
      PACKAGE_SETUPS[name]?.(this.runtime, call);
      if (!catalogue.isNamespace(name)) return true;
      const table = this.namespaces.table(name);
      // Packages outside of `msys` are globals, too: `xml`.
      if (!name.includes('.')) this.vm.globals.set(name, table);
      return table;
    });
  }

  private print(text: string, context: EntryContext | undefined): void {
    if (context?.output) context.output.push(`${text}\n`);
    else this.server.logs.panic('scriptlet', toDisplay(text));
  }

  /** Runs an HTTP handler, again each time that it suspended its session and the session was resumed. */
  private async handleRequest(handler: LuaFunction, session: HttpSession): Promise<void> {
    const args = [bindObject(this.runtime, httpSession, session)];
    let isResumed: boolean;
    try {
      do {
        const [result] = await this.run(handler, args, { phase: 'http', session });
        const isWaiting = this.checkHandlerResult(result, session);
        isResumed = isWaiting && (await this.server.suspendedSessions.isResumed(session));
      } while (isResumed);
    } finally {
      this.vm.endSession(session);
    }
  }

  /** Whether the request waits; a result besides DONE, nothing, and ASYNC once suspended is worth a report (H7). */
  private checkHandlerResult(result: LuaValue, { suspension, request, url }: HttpSession): boolean {
    const handler = `the handler of ${request.method} ${url.path}`;
    if (result === HANDLER_ASYNC) {
      if (suspension.isSuspended) return true;
      const text = `${handler} returned msys.httpsrv.ASYNC without session:session_suspend(): nothing can resume the request.`;
      if (this.server.report('ASYNC_NOT_SUSPENDED', text))
        throw new StrictViolation('ASYNC_NOT_SUSPENDED', text);
    } else if (suspension.isSuspended) {
      const text = `${handler} suspended the session and returned ${describeResult(result)}, not msys.httpsrv.ASYNC: the request is complete.`;
      this.server.report('HANDLER_RESULT', text);
    } else if (result !== undefined && result !== HANDLER_DONE) {
      const text = `${handler} returned ${describeResult(result)}; msys.httpsrv.DONE or nothing is expected.`;
      this.server.report('HANDLER_RESULT', text);
    }
    return false;
  }
}
