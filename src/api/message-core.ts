import type { Message } from '../server/messages/message';
import { ecMessage } from './message';
import { bindObject } from './objects';
import type { ApiImplementation, ApiTable } from './runtime';

/** Another message with the same content, envelope, context and binding; a snapshot has the same id, too. */
const copying =
  (isSnapshot: boolean): ApiImplementation =>
  (runtime, [given]) => {
    const message = given as Message;
    const copy = message.copy(isSnapshot ? message.id : runtime.server.ids.next());
    return bindObject(runtime, ecMessage, copy);
  };

/** The context's, which scripts may set, before that of the connection (3/3-api/apis-ec-message-get-pathway). */
export function pathwayOf({ context, origin }: Message): string | undefined {
  return context.message.get('pathway') ?? context.connection.get('pathway') ?? origin.pathway;
}

/** C functions on a message as a whole (3/3-api/ec-message). */
const FUNCTIONS: ApiTable = {
  copy: copying(false),
  snapshot: copying(true),
  get_pathway: (_runtime, [message]) => pathwayOf(message as Message),
  // Scripts run one at a time between the points at which they wait: there is nobody to lock out.
  lock: () => undefined,
  unlock: () => undefined,
  // Messages live as long as somebody knows them.
  addref: (_runtime, [message]) => message,
  free: () => undefined,
  // The dictionaries are in memory already.
  context_discard: () => undefined,
};

export const messageCore: ApiTable = Object.fromEntries(
  Object.entries(FUNCTIONS).flatMap(([name, implementation]) => [
    [`msg:${name}`, implementation],
    [`msys.core.ec_message_${name}`, implementation],
  ]),
);
