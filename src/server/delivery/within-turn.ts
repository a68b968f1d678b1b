import { setImmediate } from 'node:timers';

// Taken when this file loads, from the module and not the global: a test runner's fake timers replace the global.
const onNextTurn = setImmediate;

/**
 * Resolves when the work is done, but in the next turn of the event loop at the latest: a hook that waits for virtual
 * time must not keep the clock, whose timer started the work, from going on. An error is this promise's own when it
 * comes in time; `onLateError` gets one that does not.
 */
export function withinTurn(work: Promise<void>, onLateError: (error: unknown) => void): Promise<void> {
  let isLate = false;
  const turn = new Promise<void>((resolve) => {
    onNextTurn(() => {
      isLate = true;
      resolve();
    });
  });
  const handled = work.catch((error: unknown) => {
    if (!isLate) throw error;
    onLateError(error);
  });
  return Promise.race([handled, turn]);
}
