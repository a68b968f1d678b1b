import type { LuaState } from '../vm/fengari';
import { vmOf } from './args';

/** Stands for the thread that entries run on of which the host does not say otherwise. */
const MAIN_THREAD = {};

/** The thread of the operating system that a script runs on. */
export function osThreadOf(L: LuaState): object {
  return vmOf(L).options.osThread?.(L.context) ?? MAIN_THREAD;
}
