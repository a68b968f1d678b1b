import type { ServerState } from '../../server';
import type { CommandAnswer } from './command';

/** The answer about a message that is in no queue. */
export function notFound({ domains }: ServerState, id: string): CommandAnswer {
  const isUnderWay = [...domains].some(({ queue }) => [...queue.trying].some((message) => message.id === id));
  const reason = isUnderWay ? 'is being delivered right now' : 'not found';
  return { text: `Message ${id} ${reason}.\n`, status: 'FAILED' };
}
