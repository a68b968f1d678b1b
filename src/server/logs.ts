import type { LuaFrame } from '../support/frames';
import type { VirtualClock } from './clock';
import type { Plain } from './plain';

/** One entry of a log: `text` in the product's exact layout without the line end, and the virtual time. */
export interface LogEntry {
  readonly text: string;
  readonly at: Date;
  /** The values that the text is made of, under names that depend on the log. */
  readonly [field: string]: unknown;
}

export interface PaniclogEntry extends LogEntry {
  /** Who speaks: `scriptlet` for Lua's `print`, `scriptlet-00147` and the like for the runtime. */
  readonly subsystem: string;
  /** As the console shows it (4/config/ref-debug-flags). */
  readonly level: PaniclogLevel;
  /** What is said, without time stamp and subsystem. */
  readonly message: string;
  /** Where in Lua, when it comes from there. */
  readonly frames?: readonly LuaFrame[];
}

export type PaniclogLevel = 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical';

export type LogName = 'paniclog' | 'mainlog' | 'rejectlog' | 'bouncelog' | 'httplog' | 'acctlog';

export type LogListener = (log: LogName, entry: LogEntry) => void;

/** The log files of one server, each an array that grows. */
export class Logs {
  readonly paniclog: PaniclogEntry[] = [];
  readonly mainlog: LogEntry[] = [];
  readonly rejectlog: LogEntry[] = [];
  readonly bouncelog: LogEntry[] = [];
  readonly httplog: LogEntry[] = [];
  readonly acctlog: LogEntry[] = [];

  /** `log_hires_timestamp`: microseconds in place of seconds (4/config/ref-log-hires-timestamp). */
  isHighResolution = false;

  readonly #clock: VirtualClock;
  readonly #listeners = new Set<LogListener>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Appends an entry whose complete text, time stamp included, the caller has laid out (4/4-log-formats). */
  write(
    log: Exclude<LogName, 'paniclog'>,
    text: string,
    fields: Readonly<Record<string, unknown>> = {},
  ): LogEntry {
    const entry: LogEntry = { ...fields, text, at: this.#clock.now() };
    this[log].push(entry);
    this.#announce(log, entry);
    return entry;
  }

  /** How lines of mainlog, bouncelog, rejectlog and paniclog begin. */
  timestamp(): number {
    return this.isHighResolution ? this.#clock.millis() * 1000 : this.#clock.seconds();
  }

  /**
   * Appends `<unix seconds>:<subsystem>: <message>`, one entry per call even if the message has several lines
   * (4/4-implementing-policy-scriptlets).
   */
  panic(
    subsystem: string,
    message: string,
    frames?: readonly LuaFrame[],
    level: PaniclogLevel = 'error',
  ): PaniclogEntry {
    const fields = { subsystem, level, message, ...(frames && { frames }) };
    return this.#panic(`${subsystem}: ${message}`, fields);
  }

  /** Appends a request as `Log_Requests_to_Paniclog` does, which names no subsystem (4/log-formats-paniclog). */
  panicAccess(message: string): PaniclogEntry {
    return this.#panic(message, { subsystem: 'http_listener', level: 'info', message });
  }

  #panic(
    spoken: string,
    fields: Pick<PaniclogEntry, 'subsystem' | 'level' | 'message' | 'frames'>,
  ): PaniclogEntry {
    const entry = { ...fields, text: `${this.timestamp()}:${spoken}`, at: this.#clock.now() };
    this.paniclog.push(entry);
    this.#announce('paniclog', entry);
    return entry;
  }

  /** Calls `listener` for each entry from now on; returns the function that stops it. */
  onEntry(listener: LogListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The texts of each log. */
  toJSON(): Record<LogName, Plain> {
    const texts = (log: readonly LogEntry[]) => log.map((entry) => entry.text);
    return {
      paniclog: texts(this.paniclog),
      mainlog: texts(this.mainlog),
      rejectlog: texts(this.rejectlog),
      bouncelog: texts(this.bouncelog),
      httplog: texts(this.httplog),
      acctlog: texts(this.acctlog),
    };
  }

  #announce(log: LogName, entry: LogEntry): void {
    for (const listener of this.#listeners) listener(log, entry);
  }
}
