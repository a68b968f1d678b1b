/** Traces of outbound SMTP dialogues (4/console-commands/trace-smtp). The product's format is not documented. */
import type { VirtualClock } from './clock';
import type { EndedAttempt } from './delivery/attempts';
import type { DeliveryEngine } from './delivery/engine';
import { dialogueOf } from './delivery/dialogue';
import { ehloHostname } from './delivery/hostname';
import type { DeliveryPolicy } from './delivery/policy';
import type { ScriptFiles } from './files/script-files';

/** What matches every binding, or every domain. */
export const ANY = '*';

/** What a trace is written to. */
export interface TraceFile {
  append(text: string): void;
  /** Bytes in it. */
  readonly size: number;
}

export interface TraceRequest {
  /** A name, or `*`. */
  readonly binding: string;
  /** In lower case, or `*`. */
  readonly domain: string;
  readonly file: string;
}

export interface SmtpTrace extends TraceRequest {
  readonly id: number;
  /** Bytes in its file. */
  readonly size: number;
}

interface Tracer extends TraceRequest {
  readonly sink: TraceFile;
}

/** Opens a file to append to; it is made when it is not there. Throws FileError. `name` is a byte string. */
export function openTraceFile(files: ScriptFiles, name: string): TraceFile {
  const mode = { read: false, write: true, create: true, truncate: false, exclusive: false };
  const file = files.open(name, mode);
  return {
    append: (text) => file.write(Buffer.from(text), file.size()),
    get size() {
      return file.size();
    },
  };
}

export class SmtpTraces implements Iterable<SmtpTrace> {
  readonly #tracers = new Map<number, Tracer>();
  #lastId = 0;

  constructor(
    engine: DeliveryEngine,
    private readonly policy: DeliveryPolicy,
    private readonly clock: VirtualClock,
  ) {
    engine.onAttempt((attempt) => {
      if (attempt.protocol !== 'http') this.#note(attempt);
    });
  }

  add(request: TraceRequest, sink: TraceFile): SmtpTrace {
    const id = ++this.#lastId;
    this.#tracers.set(id, { ...request, sink });
    return { ...request, id, size: sink.size };
  }

  /** Answers whether there was such a trace. What it has written stays. */
  remove(id: number): boolean {
    return this.#tracers.delete(id);
  }

  *[Symbol.iterator](): Generator<SmtpTrace, void> {
    for (const [id, { binding, domain, file, sink }] of this.#tracers)
      yield { id, binding, domain, file, size: sink.size };
  }

  #note(attempt: EndedAttempt): void {
    const matching = [...this.#tracers.values()].filter((tracer) => matches(tracer, attempt));
    if (matching.length === 0) return;
    const text = this.#lines(attempt).join('');
    for (const { sink } of matching) sink.append(text);
  }

  /** `<time>:<connection>:<ip>: > MAIL FROM:<a@b>` */
  #lines(attempt: EndedAttempt): string[] {
    const { id, ip } = attempt.connection;
    const hostname = ehloHostname(this.policy, attempt.message);
    const head = `${this.clock.seconds()}:${id}:${ip}:`;
    return dialogueOf(attempt, hostname).map(({ direction, text }) => `${head} ${direction} ${text}\n`);
  }
}

function matches({ binding, domain }: TraceRequest, { message }: EndedAttempt): boolean {
  return [ANY, message.binding].includes(binding) && [ANY, message.domain].includes(domain);
}
