/** What the modules of the running generation have to say about queues and delivery (3/3-api/hooks-core). */
import type { DeliveryHooks, QueueHooks } from '../../server/delivery/hooks';
import type { Generation } from '../generation';
import { HookBridge } from './bridge';
import { connectionHooks } from './connection';
import { httpHooks } from './http';
import { logHooks } from './log';
import { queueHooks } from './queue';
import { reportHooks } from './report';

const ENTRIES = { ...queueHooks, ...connectionHooks, ...httpHooks, ...reportHooks, ...logHooks };
const SET_BINDING = 'validate_set_binding';

/**
 * Members are there as long as a module provides one of their hooks. `setBinding` runs the phase of that name for a
 * message anew.
 */
export function deliveryHooks(
  generation: () => Generation | undefined,
  setBinding: NonNullable<QueueHooks['setBinding']>,
): DeliveryHooks {
  const hooks: DeliveryHooks = {};
  const provided = (names: readonly string[]) => {
    const running = generation();
    return running && names.some((name) => running.hooks.has(name)) ? running : undefined;
  };
  for (const [member, { names, make }] of Object.entries(ENTRIES))
    Object.defineProperty(hooks, member, {
      get: () => {
        const running = provided(names);
        return running && make(new HookBridge(running));
      },
    });
  Object.defineProperty(hooks, 'setBinding', {
    get: () => (provided([SET_BINDING]) ? setBinding : undefined),
  });
  return hooks;
}
