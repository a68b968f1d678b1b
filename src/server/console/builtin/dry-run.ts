/** The preview of a command that would take messages out of their queues (4/console-commands/fail-domain-quiet). */
import { shownText } from '../../bytes';
import type { QueuedMessage } from '../../queues';
import type { CommandAnswer } from './command';
import { xmlOf } from './xml';

/** Messages that are listed; the others are only counted. */
const LISTED = 25;

/**
 * `effect`: what would be done with the messages. Over XML there are no lines for messages
 * (4/console-commands/reroute-queue).
 */
export function dryRun(
  command: string,
  scope: string,
  effect: string,
  messages: readonly QueuedMessage[],
): CommandAnswer {
  const listed = messages.slice(0, LISTED);
  const rest = messages.length - listed.length;
  const surplus = rest > 0 ? ` (Showing first ${LISTED}; ${rest} more not listed.)` : '';
  const summary = `[dry-run] ${scope}: ${messages.length} messages would be ${effect}.${surplus}\n`;
  return {
    text: `${listed.map(shown).map(line).join('')}${summary}`,
    data: { dryRun: true, messages: messages.map(shown) },
    xml: xmlOf(command, { DryRun: 1, MessagesMatched: messages.length }),
  };
}

/** Addresses as people read them. */
const shown = ({ id, domain, from, to }: QueuedMessage) => ({
  id,
  domain,
  from: shownText(from),
  to: shownText(to),
});

/** `  3A/0F-04217-1A3F9C2B  domain=relay.com from=<news@sender.com> to=<user@relay.com>` */
function line({ id, domain, from, to }: ReturnType<typeof shown>): string {
  return `  ${id}  domain=${domain} from=<${from}> to=<${to}>\n`;
}
