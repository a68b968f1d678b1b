import type { RegexTester } from '../auth/authorization';
import type { VirtualClock } from '../clock';
import type { Delivery } from '../delivery/delivery';
import type { Facilities } from '../facilities';
import type { Logs } from '../logs';
import type { Messages } from '../messages/messages';
import type { MessageContext } from '../queues';
import type { SpoolIds } from '../spool-ids';
import type { ContextOrder } from './rejection-line';

/** What the server gives to reception. */
export interface ReceptionServices {
  readonly clock: VirtualClock;
  readonly ids: SpoolIds;
  readonly logs: Logs;
  readonly delivery: Delivery;
  readonly messages: Messages;
  readonly facilities: Facilities;
  readonly options: ReceptionOptions;
}

/** Choices that the product leaves open (the option `reception` of `Momentum.start`), and what the loggers' configuration says. */
export interface ReceptionOptions {
  /** `log_rejections` of ec_logger (4/modules/ec-logger). */
  logsRejections: () => boolean;
  /** Perl-compatible regular expressions of the configuration, over byte strings. */
  matches: RegexTester;
  contextOrder: ContextOrder;
  acceptedText: string;
  /** What a test has given every session and every message from outside. */
  context: MessageContext;
}
