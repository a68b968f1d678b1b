import type { QueuedMessage } from '../queues';
import { physicalHeaderLines } from './message-headers';

/** Which queued messages an operation is for; members that are left out do not matter. */
export interface MessageFilter {
  /** The routing domain, in whatever case. */
  readonly domain?: string;
  readonly binding?: string;
  /**
   * Exactly this value in the message's context; the connection's is looked at when the message's lacks the key
   * (4/console-commands/fail-domain-quiet).
   */
  readonly meta?: { readonly key: string; readonly value: string };
  /** A header of which one physical line is exactly this. */
  readonly header?: { readonly name: string; readonly line: string };
}

/** Whether binding, context and headers of a message are as the filter says; its domain is the caller's business. */
export function matches({ binding, meta, header }: MessageFilter, message: QueuedMessage): boolean {
  if (binding !== undefined && message.binding !== binding) return false;
  if (meta && contextValue(message, meta.key) !== meta.value) return false;
  return !header || physicalHeaderLines(message.raw, header.name).includes(header.line);
}

function contextValue({ context }: QueuedMessage, key: string): string | undefined {
  return context.message.has(key) ? context.message.get(key) : context.connection.get(key);
}
