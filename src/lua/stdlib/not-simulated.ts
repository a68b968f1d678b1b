import type { HostFunction, LuaState } from '../vm/fengari';
import { libraryError } from './args';

/**
 * A function that the product's library has and that would leave the simulation (files, processes, waiting).
 * `check` complains about wrong arguments first, as the real one does.
 */
export function notSimulated(name: string, check?: (L: LuaState) => unknown): HostFunction {
  return (L) => {
    check?.(L);
    return libraryError(L, `${name} is not simulated`);
  };
}
