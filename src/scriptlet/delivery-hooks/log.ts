/** Hooks that are told what happens to messages. */
import { byteString } from '../../server/bytes';
import type { LogHooks } from '../../server/delivery/hooks';
import type { HookCallOf, HookEntries, HookEntry } from './entry';

const DISPOSE = 'generic_delivery_msg_dispose';
/** Keys of the message context (3/3-push/push-generic-delivery-lua). */
const STATUS = 'DLV_Response_Status';
const STATUS_DETAIL = 'DLV_Response_Status_Detail';

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
      const context = message.context.message;
      const text = failure === undefined ? undefined : byteString(failure);
      if (text === undefined) {
        context.delete(STATUS);
        context.delete(STATUS_DETAIL);
      } else {
        context.set(STATUS, text.slice(0, 3));
        context.set(STATUS_DETAIL, text.slice(4));
      }
      await bridge.all(DISPOSE, [bridge.message(message)], message);
    },
  },
};
