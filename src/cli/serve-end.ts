import type { Momentum } from '../momentum';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const LOOK_MILLIS = 100;

/**
 * Resolves to the exit status when a signal comes or the console's `shutdown` has ended the server: 0, when the server
 * went down: 1. From then on signals do what they do by default, so that a second one ends the process at once.
 */
export function untilEnd(mta: Momentum): Promise<number> {
  return new Promise((resolve) => {
    const end = (status: number) => {
      for (const signal of SIGNALS) process.off(signal, interrupted);
      clearInterval(look);
      resolve(status);
    };
    const interrupted = () => end(0);
    for (const signal of SIGNALS) process.on(signal, interrupted);
    mta.diagnostics.onAdd(({ severity }) => {
      // A turn later: whoever caused the crash first sees the connection break.
      if (severity === 'crash') setImmediate(() => end(1));
    });
    // Nobody is told when the server ends by itself.
    const look = setInterval(() => {
      if (!isServing(mta)) end(mta.crashed ? 1 : 0);
    }, LOOK_MILLIS).unref();
  });
}

/** Everything that needs a running server throws without one. */
function isServing(mta: Momentum): boolean {
  try {
    return mta.endpoints.length >= 0;
  } catch {
    return false;
  }
}
