/** Choices about the logs of messages. */
import { Momentum } from '../../../src';
import type { TestRow } from './support';

/** How many lines mainlog, rejectlog and bouncelog have after an hour. */
async function afterAnHour(loggers: string): Promise<number[]> {
  const mta = await Momentum.start({ config: { text: loggers } });
  expect(await mta.clock.advance('1h')).toEqual([]);
  expect(mta.clock.pending).toEqual([]);
  await mta.clock.runAll();
  const counts = [mta.mainlog, mta.rejectlog, mta.bouncelog].map(({ length }) => length);
  await mta.stop();
  return counts;
}

export function logChoices(row: TestRow): void {
  row('M120', async () => {
    for (const heartbeat of ['', 'heartbeat = 0'])
      expect(await afterAnHour(`ec_logger "a" { ${heartbeat} }\nbounce_logger "b" { ${heartbeat} }`)).toEqual(
        [0, 0, 0],
      );
    expect(await afterAnHour('ec_logger "a" { heartbeat = 60 }\nbounce_logger "b" { }')).toEqual([60, 60, 0]);
    expect(await afterAnHour('bounce_logger "b" { heartbeat = 600 }')).toEqual([0, 0, 6]);
    expect(await afterAnHour('ec_logger "a" { heartbeat = 60 enabled = false }')).toEqual([0, 0, 0]);
  });
}
