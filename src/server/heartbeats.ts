import type { VirtualClock } from './clock';
import type { Logs } from './logs';

export type HeartbeatLog = 'mainlog' | 'rejectlog' | 'bouncelog';

/**
 * The type of the entry, and what follows the time stamp (4/log-formats-mainlog, 4/log-formats-rejectlog,
 * 4/log-formats-bouncelog). The rejectlog has no types.
 */
const LINES: Readonly<Record<HeartbeatLog, { readonly type?: string; readonly text: string }>> = {
  mainlog: { type: 'M', text: '@@@@M' },
  rejectlog: { text: ': Marker 1' },
  bouncelog: { type: 'M1', text: '@@@@M1' },
};

/** Lines which say that the server is active and may log further data. */
export class Heartbeats {
  readonly #running = new Map<HeartbeatLog, { readonly seconds: number; readonly stop: () => void }>();

  constructor(
    private readonly clock: VirtualClock,
    private readonly logs: Logs,
  ) {}

  /** Seconds from one line to the next; with 0 there are none. A change begins to count from now on. */
  set(log: HeartbeatLog, seconds: number): void {
    const running = this.#running.get(log);
    if (running?.seconds === seconds) return;
    running?.stop();
    this.#running.delete(log);
    if (!(seconds > 0)) return;
    const { text, ...fields } = LINES[log];
    const stop = this.clock.every(seconds * 1000, () => {
      this.logs.write(log, `${this.logs.timestamp()}${text}`, fields);
    });
    this.#running.set(log, { seconds, stop });
  }
}
