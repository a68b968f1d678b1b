/** Commands about domains, queues and the messages in them. */
import { bindingSummaryCommand } from './binding-summary';
import type { BuiltinCommand } from './command';
import { delayCommand } from './delay';
import { domainCommand } from './domain';
import { failCommands } from './fail';
import { flushCommands } from './flush';
import { mailqCommand } from './mailq';
import { messageViewCommands } from './messages-show';
import { messageCommands } from './messages';
import { domainListCommands } from './queues';
import { rebindCommand } from './rebind';
import { rerouteCommand } from './reroute';
import { summaryCommands } from './summary';
import { traceCommands } from './trace';

export const queueCommands: readonly BuiltinCommand[] = [
  ...summaryCommands,
  bindingSummaryCommand,
  ...domainListCommands,
  domainCommand,
  mailqCommand,
  ...messageViewCommands,
  ...messageCommands,
  delayCommand,
  ...flushCommands,
  ...failCommands,
  rerouteCommand,
  rebindCommand,
  ...traceCommands,
];
