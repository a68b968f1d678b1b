import type { LuaState } from '../vm/fengari';
import { vmOf } from './args';

/** Data of a library that every VM has for itself; made when it is first asked for. */
export function perVM<Data extends object>(make: (L: LuaState) => Data): (L: LuaState) => Data {
  return (L) => {
    const { libraryData } = vmOf(L);
    let data = libraryData.get(make) as Data | undefined;
    if (!data) libraryData.set(make, (data = make(L)));
    return data;
  };
}
