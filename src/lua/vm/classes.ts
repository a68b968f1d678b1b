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
  length?(object: O): number;
}

/** Makes the metatable that gives objects of a class their methods and fields. */
export function classMetatable(vm: LuaVM, cls: UserdataClass): LuaTable {
  const methods = new Map<string, TValue>();
  const index = hostFunction(([object, key], call) => {
    if (typeof key === 'string') {
      let method = methods.get(key);
      if (!method) {
        const found = cls.method(key);
        if (found) methods.set(key, (method = new TValue(T.hostFunction, hostFunction(found))));
      }
      if (method) return vm.functionFor(method);
    }
    return cls.get(object as object, key, call);
  });
  const metatable = vm.newTable();
  const add = (name: string, f: HostFunction) =>
    metatable.set(name, vm.functionFor(new TValue(T.hostFunction, f)));
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
  if (cls.length)
    add(
      '__len',
      hostFunction(([object]) => cls.length!(object as object)),
    );
  return metatable;
}
