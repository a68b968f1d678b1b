/** Hooks that are told what happens to messages. */
import type { LogHooks } from '../../server/delivery/hooks';
import { noteResponseStatus } from '../../server/delivery/response-status';
import type { HookCallOf, HookEntries, HookEntry } from './entry';

const DISPOSE = 'generic_delivery_msg_dispose';

const logged = (name: string): HookEntry<HookCallOf<'logAttempt'>> => ({
  names: [name],
  make: (bridge) => async (message, record, now, note) => {
    const args = [bridge.message(message), bridge.record(record), bridge.time(now), ...bridge.counted(note)];
    await bridge.all(name, args, message);
  },
});

export const logHooks: HookEntries<LogHooks> = {
  logAttempt: logged('core_log_attempt_v1'),
  logDelivery: logged('core_log_delivery_v1'),
  logTransient: logged('core_log_transient_failure_v1'),
  logPermanent: logged('core_log_permanent_failure_v1'),

  dispose: {
    names: [DISPOSE],
    make: (bridge) => async (message, failure) => {
      noteResponseStatus(message, failure);
      await bridge.all(DISPOSE, [bridge.message(message)], message);
    },
  },
};
