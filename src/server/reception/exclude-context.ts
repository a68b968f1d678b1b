import type { DeliveryPolicy } from '../delivery/policy';
import type { Message } from '../messages/message';

/**
 * Drops the context variables that are not to be kept with the message, but for those of the server's own
 * (4/config/ref-exclude-vctx-mess, 4/config/ref-exclude-vctx-conn).
 */
export function excludeContext(message: Message, policy: DeliveryPolicy): void {
  const where = policy.scopeOf(message);
  const { settings } = policy;
  exclude(message.context.message, settings.list('exclude_vctx_mess', where));
  exclude(message.context.connection, settings.list('exclude_vctx_conn', where));
}

function exclude(dictionary: Map<string, string>, patterns: readonly string[]): void {
  const regexes = patterns.flatMap(compiled);
  if (regexes.length === 0) return;
  for (const key of [...dictionary.keys()])
    if (!key.startsWith('#') && regexes.some((regex) => regex.test(key))) dictionary.delete(key);
}

/** What is no regular expression matches nothing. */
function compiled(pattern: string): RegExp[] {
  try {
    return [new RegExp(pattern)];
  } catch {
    return [];
  }
}
