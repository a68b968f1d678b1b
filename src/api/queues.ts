import { toDisplay, type LuaValue } from '../lua';
import type { DomainRecord } from '../server/domain-record';
import type { MailQueue } from '../server/queues';
import type { ServerState } from '../server/server';
import { RESPONSES } from '../server/delivery/responses';
import { coreConstant } from './constants';
import { SchedulerInstance, schedulerInstance } from './httpsrv-objects';
import { bindObject } from './objects';
import type { ApiTable, Runtime } from './runtime';
import { text } from './values';

const queue = (value: LuaValue) => value as MailQueue;

/** The domains of one server share its only event loop. */
const schedulers = new WeakMap<ServerState, SchedulerInstance>();

function schedulerOf(server: ServerState): SchedulerInstance {
  const known = schedulers.get(server) ?? new SchedulerInstance('master');
  schedulers.set(server, known);
  return known;
}

async function purge(runtime: Runtime, [dr, slot, note, quiet]: LuaValue[]): Promise<LuaValue> {
  const { bindings, operations } = runtime.server.delivery;
  const binding = bindings.bySlot(slot as number);
  if (!binding) return 0;
  const failed = await operations.fail(
    { domain: (dr as DomainRecord).name, binding: binding.name },
    {
      note: note === undefined ? RESPONSES.domainLookupFailed : toDisplay(text(note)),
      quiet: quiet === coreConstant(runtime, 'EM_FAILED_QUIET'),
    },
  );
  return failed.length;
}

/** `msys.core`: mail queues (3/3-api/3-api-mailq). */
export const queues: ApiTable = {
  'msys.core.mail_queue_size': (_runtime, [mq]) => queue(mq).size,
  'msys.core.mail_queue_delayed_size': (_runtime, [mq]) => queue(mq).delayed.length,
  'msys.core.mail_queue_purge_domain_binding': (runtime, args) => purge(runtime, args),
  // Messages are queued at once: none is ever on its way there.
  'msys.core.ec_mailq_get_pending_enqueues': () => 0,
  'msys.core.scheduler_for_domain': (runtime) =>
    bindObject(runtime, schedulerInstance, schedulerOf(runtime.server)),
};
