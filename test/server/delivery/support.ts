import { VirtualClock } from '../../../src/server/clock';
import { Delivery } from '../../../src/server/delivery/delivery';
import { PlainDeliverySettings, type DeliveryScope } from '../../../src/server/delivery/settings';
import { Logs } from '../../../src/server/logs';
import { Random } from '../../../src/server/random';
import { SpoolIds } from '../../../src/server/spool-ids';

export const START = Date.UTC(2026, 0, 1);

type Value = string | number | boolean;

/** Queues and delivery of a server of their own. `options`: configuration options, in the global scope. */
export function newDelivery(
  options: Readonly<Record<string, Value>> = {},
  bindings: unknown = ['gold', { name: 'silver', group: 'metals' }],
) {
  const clock = new VirtualClock(START);
  const logs = new Logs(clock);
  const random = new Random(1);
  const ids = new SpoolIds(random.fork('spool ids'), clock);
  const delivery = new Delivery({ clock, logs, random, ids, bindings });
  const settings = new PlainDeliverySettings();
  delivery.policy.settings = settings;
  for (const [option, value] of Object.entries(options)) settings.set(option, value);
  const { domains, remotes, operations, policy, engine } = delivery;
  return {
    ...{ clock, logs, delivery, domains, remotes, operations, policy, engine, settings },
    /** Changes an option while the server runs. */
    set: (option: string, value: Value, scope?: DeliveryScope) => {
      settings.set(option, value, scope);
      return delivery.settingsChanged();
    },
    /** Seconds since the start. */
    now: () => (clock.millis() - START) / 1000,
    /** `type text` of the mainlog's lines, or the type alone. */
    mainlog: () => logs.mainlog.map((entry) => [entry.type, entry.note].filter(Boolean).join(' ')),
  };
}
