/** Calls what modules provide under the name of a callout or hook of the system (3/3-api/arch-primary-apis). */
import { catalogue } from '../catalogue';
import { LuaFunction, type LuaTable, type LuaValue, type LuaVM } from '../lua';
import type { EntryContext, RegisteredModule } from '../api/runtime';

/** What a provider answered. */
export interface HookAnswer {
  readonly module: RegisteredModule;
  readonly results: readonly LuaValue[];
}

export interface HookCall {
  /** The C arguments after the closure. */
  readonly args: readonly LuaValue[];
  readonly context?: Partial<EntryContext>;
  /** What the provider finds as `self`; a fresh table over the module's when left out (L11). */
  readonly self?: (module: RegisteredModule) => LuaTable;
}

export class Hooks {
  constructor(
    private readonly vm: LuaVM,
    private readonly modules: readonly RegisteredModule[],
    /** Takes a provider's error; its answer then counts as none. Throws what must end the server. */
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Whether a module has the callout: what would be its arguments need not be made otherwise. */
  has(name: string): boolean {
    return this.modules.some(({ callouts }) => callouts.includes(name));
  }

  /** The modules that have the callout, in the order of their registration. */
  providers(name: string): RegisteredModule[] {
    return this.modules.filter(({ table }) => table.index(name) instanceof LuaFunction);
  }

  /**
   * Calls the providers of a hook in order, until one's answer ends the round: a number other than 0, or true, of a
   * hook that returns something. Answers the one that ended it, or else nothing.
   */
  async run(name: string, call: HookCall): Promise<HookAnswer | undefined> {
    const isVoid = /^(?:void|nothing|ignored)/.test(catalogue.callout(name)?.returns ?? '');
    return this.until(name, call, ([result]) => !isVoid && ends(result));
  }

  /** The same for a hook with a rule of its own about which results end the round. */
  async until(
    name: string,
    call: HookCall,
    isEnd: (results: readonly LuaValue[]) => boolean,
  ): Promise<HookAnswer | undefined> {
    for (const module of this.providers(name)) {
      const answer = await this.answer(module, name, call);
      if (answer && isEnd(answer.results)) return answer;
    }
    return undefined;
  }

  /** Calls all providers, whatever they answer. */
  async all(name: string, call: HookCall): Promise<HookAnswer[]> {
    const answers: HookAnswer[] = [];
    for (const module of this.providers(name)) {
      const answer = await this.answer(module, name, call);
      if (answer) answers.push(answer);
    }
    return answers;
  }

  /** Calls one provider; its error counts as no answer. */
  async answer(module: RegisteredModule, name: string, call: HookCall): Promise<HookAnswer | undefined> {
    try {
      return { module, results: await this.call(module, name, call) };
    } catch (error) {
      this.onError(error);
      return undefined;
    }
  }

  /** Calls one provider; rejects with its error. */
  call(module: RegisteredModule, name: string, { args, context, self }: HookCall): Promise<LuaValue[]> {
    const f = module.table.index(name) as LuaFunction;
    const own = self ? self(module) : freshSelf(this.vm, module);
    return this.vm.call(f, [own, ...args], { ...context, phase: 'hook', hook: name });
  }
}

const ends = (result: LuaValue) => result === true || (typeof result === 'number' && result !== 0);

/** An empty table that shows the module's: what is kept in it is gone with the call (L11). */
export function freshSelf(vm: LuaVM, module: RegisteredModule): LuaTable {
  const metatable = vm.newTable();
  metatable.set('__index', module.table);
  const self = vm.newTable();
  self.setMetatable(metatable);
  return self;
}
