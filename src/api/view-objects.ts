/** The way back: what a test's views of messages and domains are for scripts. */
import type { LuaValue } from '../lua';
import { domainRecord } from './domain-objects';
import { ecMessage } from './message';
import { bindObject } from './objects';
import type { Runtime } from './runtime';

/** The object that a view of this server shows; undefined for any other value. */
export function objectOf(runtime: Runtime, value: unknown): LuaValue {
  if (typeof value !== 'object' || value === null) return undefined;
  const { messageViews, domainViews } = runtime.server;
  const message = messageViews.messageOf(value);
  if (message) return bindObject(runtime, ecMessage, message);
  const record = domainViews.recordOf(value);
  return record && bindObject(runtime, domainRecord, record);
}
