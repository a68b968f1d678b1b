import { T, TValue, type HostFunction } from './fengari';
import { hostFunction, type HostCall, type HostImplementation } from './host';
import type { LuaVM } from './state';
import type { LuaTable, LuaValue } from './values';

/**
 * A class of userdata: what the product calls `msys.core:_domain_record` and the like.
 * `get` and `set` serve the fields, `method` finds a method once per name.
 */
export interface UserdataClass<O extends object = object> {
  readonly name: string;
  method(name: string): HostImplementation | undefined;
  /** The value of a field, or throws; asked when there is no such method. */
  get(object: O, key: LuaValue, call: HostCall): LuaValue;
  set?(object: O, key: LuaValue, value: LuaValue, call: HostCall): void;
  tostring?(object: O): string;
  /** The result of `..`; one of the operands is an object of the class. */
  concat?(left: LuaValue, right: LuaValue): string;
  length?(object: O): number;
}

/** Names that are a metatable's business and no member of an object. */
const isMetaName = (key: string) => key.startsWith('__');

/**
 * Gives the metatable of a class what objects of the class need. Whatever else scripts put into it is a member of all
 * of them, before those of the class.
 */
export function fillClassMetatable(vm: LuaVM, cls: UserdataClass, metatable: LuaTable): void {
  const methods = new Map<string, TValue>();
  const own = new Set<string>();
  const index = hostFunction(([object, key], call) => {
    if (typeof key === 'string') {
      const added =
        metatable.table.strong.size > own.size && !isMetaName(key) ? metatable.get(key) : undefined;
      if (added !== undefined) return added;
      let method = methods.get(key);
      if (!method) {
        const found = cls.method(key);
        if (found) methods.set(key, (method = new TValue(T.hostFunction, hostFunction(found))));
      }
      if (method) return vm.functionFor(method);
    }
    return cls.get(object as object, key, call);
  });
  const add = (name: string, f: HostFunction) => {
    own.add(name);
    if (metatable.get(name) === undefined) metatable.set(name, vm.functionFor(new TValue(T.hostFunction, f)));
  };
  add('__index', index);
  add(
    '__newindex',
    hostFunction(([object, key, value], call) => {
      if (!cls.set) throw new Error(`field '${String(key)}' of ${cls.name} is read-only`);
      cls.set(object as object, key, value, call);
      return undefined;
    }),
  );
  add(
    '__tostring',
    hostFunction(([object]) => cls.tostring?.(object as object) ?? `userdata: ${cls.name}`),
  );
  if (cls.concat)
    add(
      '__concat',
      hostFunction(([left, right]) => cls.concat!(left, right)),
    );
  if (cls.length)
    add(
      '__len',
      hostFunction(([object]) => cls.length!(object as object)),
    );
}
