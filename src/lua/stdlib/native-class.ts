import { stringValue, T, Table, TValue, Udata, type LuaState } from '../vm/fengari';
import { allocate, COST } from '../vm/budget';
import { argAt, fill, prepare, wrongType, type Library, type Prepared } from './args';
import { perVM } from './per-vm';
import { rawSet } from '../vm/tables';

/**
 * A class of userdata of the standard library. As in the product, one table holds the methods and the
 * metamethods, and is its own `__index`.
 */
export class NativeClass<Data extends object> {
  readonly #contents: Prepared;
  readonly #metatable = perVM((L) => this.#makeMetatable(L));

  /** `name` is the one that complaints about arguments give (`FILE*`). */
  constructor(
    readonly name: string,
    contents: Library,
  ) {
    this.#contents = prepare({ ...contents, __gc: () => 0 });
  }

  create(L: LuaState, data: Data): TValue {
    allocate(L, COST.userdata);
    const udata = new Udata(L, 0);
    udata.data = data;
    udata.metatable = this.#metatable(L);
    return new TValue(T.userdata, udata);
  }

  /** The data of a value of this class, undefined for any other. */
  dataOf(L: LuaState, value: TValue): Data | undefined {
    const udata = value.type === T.userdata ? (value.value as Udata) : undefined;
    return udata && udata.metatable === this.#metatable(L) ? (udata.data as Data) : undefined;
  }

  check(L: LuaState, at: number): Data {
    return this.dataOf(L, argAt(L, at)) ?? wrongType(L, at, this.name);
  }

  #makeMetatable(L: LuaState): Table {
    const metatable = fill(new Table(L), this.#contents);
    rawSet(L, metatable, stringValue('__index'), new TValue(T.table, metatable));
    return metatable;
  }
}
