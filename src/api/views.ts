/** Messages and domains as a test sees them, for doubles of functions that get them. */
import type { LuaValue } from '../lua';
import { DomainRecord } from '../server/domain-record';
import { Message } from '../server/messages/message';
import type { ServerState } from '../server/server';

/** The view of a message or domain; undefined for any other value. */
export function viewOf({ messageViews, domainViews }: ServerState, value: LuaValue): object | undefined {
  if (value instanceof Message) return messageViews.of(value);
  return value instanceof DomainRecord ? domainViews.of(value) : undefined;
}
