import type { RegexTester } from '../auth/authorization';
import { byteString } from '../bytes';
import type { Message } from '../messages/message';
import type { ReceptionServices } from './services';

/**
 * Drops the context variables that are not to be kept with the message, but for those of the server's own
 * (4/config/ref-exclude-vctx-mess, 4/config/ref-exclude-vctx-conn).
 */
export function excludeContext(
  message: Message,
  { delivery, options }: Pick<ReceptionServices, 'delivery' | 'options'>,
): void {
  const { policy } = delivery;
  const where = policy.scopeOf(message);
  const { message: own, connection } = message.context;
  exclude(own, policy.settings.list('exclude_vctx_mess', where), options.matches);
  exclude(connection, policy.settings.list('exclude_vctx_conn', where), options.matches);
}

function exclude(dictionary: Map<string, string>, patterns: readonly string[], matches: RegexTester): void {
  if (patterns.length === 0) return;
  for (const key of [...dictionary.keys()])
    if (!key.startsWith('#') && patterns.some((pattern) => matches(byteString(pattern), key)))
      dictionary.delete(key);
}
