import type { RegisteredModule } from '../api/runtime';
import type { LuaTable, LuaVM } from '../lua';
import type { ValidationContext } from '../server/reception/validation-context';
import { freshSelf } from './hooks';

interface SessionTable {
  readonly table: LuaTable;
  /** What scripts keep in it is theirs until then. */
  readonly release: () => void;
}

/**
 * What modules find as `self` in callouts with a validation context: a table for each session and module, in which they
 * keep what they like from phase to phase (4/lua/ref-msys-runinpool). It shows the module's own table.
 */
export class SessionTables {
  /** Undefined for a module that has run without a table. */
  readonly #sessions = new WeakMap<ValidationContext, Map<RegisteredModule, SessionTable | undefined>>();

  constructor(private readonly vm: LuaVM) {}

  /** Has to be dropped at the end. */
  of(vctx: ValidationContext, module: RegisteredModule): LuaTable {
    const modules = this.#modules(vctx);
    let entry = modules.get(module);
    if (!entry) {
      const table = freshSelf(this.vm, module);
      modules.set(module, (entry = { table, release: this.vm.retain(table) }));
    }
    return entry.table;
  }

  /** Notes that something of the module has run. */
  note(vctx: ValidationContext, module: RegisteredModule): void {
    const modules = this.#modules(vctx);
    if (!modules.has(module)) modules.set(module, undefined);
  }

  /** Whether something of the module has run. */
  has(vctx: ValidationContext, module: RegisteredModule): boolean {
    return this.#sessions.get(vctx)?.has(module) ?? false;
  }

  drop(vctx: ValidationContext): void {
    for (const entry of this.#sessions.get(vctx)?.values() ?? []) entry?.release();
    this.#sessions.delete(vctx);
  }

  #modules(vctx: ValidationContext): Map<RegisteredModule, SessionTable | undefined> {
    let modules = this.#sessions.get(vctx);
    if (!modules) this.#sessions.set(vctx, (modules = new Map<RegisteredModule, SessionTable | undefined>()));
    return modules;
  }
}
