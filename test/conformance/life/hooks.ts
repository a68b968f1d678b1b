/** The catalogue of hooks (section 7): each is a key that a module may have, with the documented arguments. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Momentum } from '../../../src';
import { prototypesOf } from './modules';
import { expectReachable, type Row } from './start';

interface HookRow {
  readonly id: string;
  /** The number of arguments after self; null when it is not documented. */
  readonly keys: Readonly<Record<string, number | null>>;
  /** Those of the keys whose result counts for nothing. */
  readonly void: readonly string[];
  /** Constants that the documentation names as results or arguments. */
  readonly constants: readonly string[];
}

const TABLE = JSON.parse(
  readFileSync(path.resolve(__dirname, '../rows/life-hooks.json'), 'utf8'),
) as HookRow[];

export function hooks(row: Row): void {
  for (const { id, keys, void: voids, constants } of TABLE)
    row(id, async () => {
      await expectReachable(keys);
      const mta = await Momentum.start();
      const prototypes = await prototypesOf(mta);
      for (const [key, count] of Object.entries(keys)) {
        const { returns, types } = prototypes.get(key)!;
        if (count !== null) expect([key, types.length]).toEqual([key, count]);
        expect([key, /^(?:void|nothing|ignored)$/.test(returns)]).toEqual([key, voids.includes(key)]);
      }
      for (const name of constants) expect(await mta.eval(`type(${name})`)).toEqual(['number']);
    });
}
