/** The catalogue of hooks (section 7): each is a key that a module may have, with the documented arguments. */
import { Momentum } from '../../../src';
import { deliveryHooks } from './hooks-delivery';
import { logHooks } from './hooks-logs';
import { queueHooks } from './hooks-queues';
import { receptionHooks } from './hooks-reception';
import { reportHooks } from './hooks-reports';
import { expectArguments, story, TABLE } from './hook-story';
import { prototypesOf } from './modules';
import { expectReachable, type Row } from './start';

/** What the hooks that the simulator calls are good for, by row. */
const EFFECTS: Readonly<Record<string, (() => Promise<void>) | undefined>> = {
  ...queueHooks,
  ...logHooks,
  ...receptionHooks,
  ...deliveryHooks,
  ...reportHooks,
};

export function hooks(row: Row): void {
  for (const { id, keys, void: voids, constants } of TABLE)
    row(id, async () => {
      const mta = await Momentum.start();
      const prototypes = await prototypesOf(mta);
      for (const [key, count] of Object.entries(keys)) {
        const { returns, types } = prototypes.get(key)!;
        if (count !== null) expect([key, types.length]).toEqual([key, count]);
        expect([key, /^(?:void|nothing|ignored)$/.test(returns)]).toEqual([key, voids.includes(key)]);
      }
      for (const name of constants) expect(await mta.eval(`type(${name})`)).toEqual(['number']);
      const effect = EFFECTS[id];
      if (effect) await expectCalled(Object.keys(keys));
      await (effect?.() ?? expectReachable(keys));
    });
}

/** The server's client says no XCLIENT. */
const NEVER_CALLED = ['core_smtp_client_xclient_args'];

async function expectCalled(keys: readonly string[]): Promise<void> {
  const calls = await story();
  for (const key of keys.filter((one) => !NEVER_CALLED.includes(one))) {
    expect([...calls.keys()]).toContain(key);
    await expectArguments(key, calls.get(key)!);
  }
}
