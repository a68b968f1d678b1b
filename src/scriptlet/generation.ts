/**
 * The scripts of a configuration: a Lua state, the modules in it and what they registered. A reload makes a new one;
 * a change of options keeps it and has the endpoints registered anew (4/hooks/config-rsrc-setup).
 */
import { catalogue } from '../catalogue';
import { IMPLEMENTATIONS } from '../api/implementations';
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
import { FramedError, MomentumCrash } from '../support/errors';
import { bindObject, httpSession } from '../api/objects';
import { describeHostError } from './describe-host-error';
import { describeResult } from './describe-result';
import { Hooks } from './hooks';
import { Registered } from './registered';
import { ModuleFinder } from './scripts';

const SUSPENDED =
  'a call that waits was made inside pcall or xpcall. Here the script goes on; a coroutine of Lua 5.1 cannot be suspended there.';

export interface GenerationOptions {
  readonly roots: readonly string[];
  readonly limits?: Partial<LuaLimits>;
  readonly fakes: ReadonlyMap<string, FakeFunction>;
  readonly system: ScriptSystem;
  /** Takes the error of what nobody waits for: hooks, timers. Throws when it ends the server. */
  readonly onError: (error: unknown) => void;
}

/** What scripts find around them: it outlives generations. */
export type ScriptSystem = Pick<LuaOptions, 'files' | 'processes' | 'environment' | 'cpuTime' | 'timezone'>;

export class Generation {
  readonly registered = new Registered();
  readonly vm: LuaVM;
  readonly runtime: Runtime;
  readonly hooks: Hooks;
  /** Told of every source that a script requires, before it runs. */
  onSource: ((source: Source) => void) | undefined;
  private readonly namespaces: Namespaces;
  private readonly finder: ModuleFinder;

  constructor(
    readonly server: ServerState,
    options: GenerationOptions,
  ) {
    this.finder = new ModuleFinder(options.roots);
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

  private findModule(name: string): ModuleSearch {
    const found = this.finder.find(name);
    if (found === 'product')
      return isRuntimePackage(name) ? { tried: [] } : { loader: this.productPackage(name) };
    if ('source' in found) this.onSource?.(found.source);
    return found;
  }

  /** What `require` of a package of the product's answers: its namespace, or true when it has none of its own. */
  private productPackage(name: string): LuaFunction {
    return this.vm.hostFunction(() => (catalogue.isNamespace(name) ? this.namespaces.table(name) : true));
  }

  private print(text: string, context: EntryContext | undefined): void {
    if (context?.output) context.output.push(`${text}\n`);
    else this.server.logs.panic('scriptlet', toDisplay(text));
  }

  /** Runs an HTTP handler; what it returns besides DONE or nothing is worth a warning (H7). */
  private async handleRequest(handler: LuaFunction, session: HttpSession): Promise<void> {
    const [result] = await this.run(handler, [bindObject(this.runtime, httpSession, session)], {
      phase: 'http',
    });
    if (result === undefined || result === 0) return;
    const message = `the handler of ${session.request.method} ${session.url.path} returned ${describeResult(result)}; msys.httpsrv.DONE or nothing is expected.`;
    this.server.report('HANDLER_RESULT', message);
  }
}
