import type { VirtualClock } from '../server/clock';

const TICK_MILLIS = 200;

/** Makes a server's clock, frozen by itself, live through time as it passes; returns the function that stops that. */
export function followRealTime(clock: VirtualClock): () => void {
  let last = performance.now();
  let isAdvancing = false;
  const tick = setInterval(() => {
    if (isAdvancing) return;
    isAdvancing = true;
    const now = performance.now();
    const passed = Math.floor(now - last);
    last += passed;
    void clock.advance(passed).finally(() => (isAdvancing = false));
  }, TICK_MILLIS);
  return () => clearInterval(tick);
}
