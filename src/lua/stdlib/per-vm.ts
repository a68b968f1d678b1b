import type { LuaState } from '../vm/fengari';
import { vmOf } from './args';

/** Data of a library that every VM has for itself; made when it is first asked for. */
export function perVM<Data>(make: (L: LuaState) => Data): (L: LuaState) => Data {
  const all = new WeakMap<object, Data>();
  return (L) => {
    const vm = vmOf(L);
    let data = all.get(vm);
    if (data === undefined) all.set(vm, (data = make(L)));
    return data;
  };
}
