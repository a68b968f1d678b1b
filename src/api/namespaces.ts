/** The tables `msys`, `msys.core`, …: filled on first access, as the product fills them. */
import { catalogue, type ApiEntry } from '../catalogue';
import { callerOf, LuaTable, toDisplay, type HostCall, type LuaValue } from '../lua';
import { UnknownApi } from '../support/errors';
import { bind } from './binding';
import type { Runtime } from './runtime';

/** The namespace tables of one Lua state. */
export class Namespaces {
  private readonly tables = new Map<string, LuaTable>();

  constructor(private readonly runtime: Runtime) {}

  /** The table of a namespace (`msys.core`), made when first asked for. */
  table(name: string): LuaTable {
    let table = this.tables.get(name);
    if (!table) {
      table = this.runtime.vm.newTable();
      const metatable = this.runtime.vm.newTable();
      metatable.set(
        '__index',
        this.runtime.vm.hostFunction(([self, key], call) => this.member(name, self as LuaTable, key, call)),
      );
      table.setMetatable(metatable);
      this.tables.set(name, table);
    }
    return table;
  }

  private member(namespace: string, self: LuaTable, key: LuaValue, call: HostCall): LuaValue {
    if (typeof key !== 'string') return undefined;
    const name = `${namespace}.${key}`;
    const value = this.resolve(name);
    if (value === undefined) {
      this.unknown(name, call);
      return;
    }
    self.set(key, value);
    return value;
  }

  private resolve(name: string): LuaValue {
    const { vm, fakes } = this.runtime;
    const entry = catalogue.find(name);
    if (entry && (entry.kind === 'constant' || entry.kind === 'property'))
      return constantOf(entry.name, entry.value);
    if (entry) return vm.hostFunction(bind(this.runtime, entry, this.runtime.implementations[name]));
    if (catalogue.isNamespace(name)) return this.table(name);
    return fakes.has(name) ? vm.hostFunction(bind(this.runtime, inventedEntry(name), undefined)) : undefined;
  }

  private unknown(name: string, call: HostCall): undefined {
    const frames = callerOf(call.L);
    const { text, nearest } = unknownApi(toDisplay(name));
    if (this.runtime.server.report('UNKNOWN_API', text, frames))
      throw new UnknownApi(name, nearest, text, frames);
    return undefined;
  }
}

/** The entry of a function that only a test knows. */
function inventedEntry(name: string): ApiEntry {
  return {
    name,
    member: name,
    kind: 'function',
    namespace: '',
    params: [],
    returns: [],
    phases: undefined,
    requires: [],
    signature: name,
    source: 'inferred',
  };
}

/** What to say about a name that the product does not have. */
export function unknownApi(name: string): { text: string; nearest: string | undefined } {
  const nearest = catalogue.nearest(name);
  const text = `${name} is not in Momentum's API${nearest ? `; did you mean ${nearest}?` : '.'} In production it is nil, and using it fails.`;
  return { text, nearest };
}

/** Constants without a documented number get one of their own: only the name can be compared. */
const invented = new Map<string, number>();
/** Chosen by the simulator, for constants that are compared with C's plain 0 and 1. */
const CHOSEN: Readonly<Record<string, number>> = { 'msys.httpsrv.DONE': 0, 'msys.httpsrv.ASYNC': 1 };

function constantOf(name: string, documented: number | undefined): number {
  const chosen = documented ?? CHOSEN[name];
  if (chosen !== undefined) return chosen;
  let number = invented.get(name);
  if (number === undefined) invented.set(name, (number = 0x7000 + invented.size));
  return number;
}
