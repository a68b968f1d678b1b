import type { VirtualClock } from '../clock';
import type { Logs } from '../logs';
import type { AttemptTrace, QueuedMessage } from '../queues';
import { classifyBounce } from './bounce-classes';
import {
  bounceFields,
  deliveryFields,
  failureFields,
  lineOf,
  receptionFields,
  type LogFields,
} from './log-lines';
import type { DeliveryPolicy } from './policy';

type Log = 'mainlog' | 'bouncelog';

/** Writes what happens to messages into mainlog and bouncelog. */
export class DeliveryLog {
  readonly #logs: Logs;
  readonly #clock: VirtualClock;
  readonly #policy: DeliveryPolicy;
  /** Whether lines of a type are written: `log_deliveries` and the like of the loggers' stanzas. */
  writes: (log: Log, type: string) => boolean = () => true;

  constructor(logs: Logs, clock: VirtualClock, policy: DeliveryPolicy) {
    this.#logs = logs;
    this.#clock = clock;
    this.#policy = policy;
  }

  /** `R`; the fields of `from` are those of `receptionFields`. */
  reception(message: QueuedMessage, from: Parameters<typeof receptionFields>[2]): void {
    this.#write('mainlog', receptionFields(message, this.#clock.now(), from));
  }

  /** `D` */
  delivery(message: QueuedMessage, trace: AttemptTrace): void {
    this.#write('mainlog', deliveryFields(message, this.#clock.now(), trace));
  }

  /** `T` in both logs (4/modules/bounce-logger: log_transient_failures is on by default). */
  transient(message: QueuedMessage, trace: AttemptTrace, note: string): Promise<void> {
    return this.#failure('T', 'T', message, trace, note);
  }

  /** `P` in the mainlog, `B` in the bouncelog. */
  permanent(message: QueuedMessage, trace: AttemptTrace, note: string): Promise<void> {
    return this.#failure('P', 'B', message, trace, note);
  }

  async #failure(
    main: 'T' | 'P',
    bounce: 'T' | 'B',
    message: QueuedMessage,
    trace: AttemptTrace,
    note: string,
  ): Promise<void> {
    const now = this.#clock.now();
    const { classifyBounce: asked } = this.#policy.hooks;
    const classification = (await asked?.(note, message.domain)) ?? classifyBounce(note);
    this.#write('mainlog', failureFields(main, message, now, trace, note));
    this.#write('bouncelog', bounceFields(bounce, message, now, trace, note, classification));
  }

  #write(log: Log, fields: LogFields): void {
    if (!this.writes(log, String(fields.type))) return;
    this.#logs.write(log, lineOf({ ...fields, time: this.#logs.timestamp() }), fields);
  }
}
