import type { RegisteredModule } from '../api/runtime';
import type { LuaTable, LuaVM } from '../lua';
import type { ValidationContext } from '../server/reception/validation-context';
import { freshSelf } from './hooks';

/**
 * What modules find as `self` in callouts with a validation context: a table for each session and module, in which they
 * keep what they like from phase to phase (4/lua/ref-msys-runinpool). It shows the module's own table.
 */
export class SessionTables {
  readonly #tables = new WeakMap<ValidationContext, Map<RegisteredModule, LuaTable>>();

  constructor(private readonly vm: LuaVM) {}

  of(vctx: ValidationContext, module: RegisteredModule): LuaTable {
    let tables = this.#tables.get(vctx);
    if (!tables) this.#tables.set(vctx, (tables = new Map<RegisteredModule, LuaTable>()));
    let table = tables.get(module);
    if (!table) tables.set(module, (table = freshSelf(this.vm, module)));
    return table;
  }

  /** Whether something of the module has run. */
  has(vctx: ValidationContext, module: RegisteredModule): boolean {
    return this.#tables.get(vctx)?.has(module) ?? false;
  }

  drop(vctx: ValidationContext): void {
    this.#tables.delete(vctx);
  }
}
