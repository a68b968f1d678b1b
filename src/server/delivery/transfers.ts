import { shownText } from '../bytes';
import type { ScheduledTimer } from '../clock';
import type { DomainRecord } from '../domain-record';
import type { QueuedMessage } from '../queues';
import type { DeliveryResult, RemoteOutcome, RemotePlan } from '../remote';
import { NO_ADDITIONS, type Additions, type Attempt, type EndedAttempt } from './attempts';
import { additionsTo, type Refusal } from './additions';
import type { Connection, Connections } from './connections';
import type { DeliveryGate, OpenGate } from './gate';
import { ehloHostname } from './hostname';
import { HttpExchange } from './http-exchange';
import type { Place } from './host-gate';
import { RESPONSES } from './responses';
import type { DeliveryServices } from './services';
import { converse } from './smtp-conversation';

const SERVICE_CLOSING = 421;
const CONFIRMATION = 9;

/** What the messages of one domain go over, and who plans when. */
export interface TransferParts {
  readonly record: DomainRecord;
  readonly connections: Connections;
  readonly gate: DeliveryGate;
  readonly services: DeliveryServices;
  /** Does work at an instant, in milliseconds, unless the timer is cancelled before. */
  readonly schedule: (at: number, work: () => Promise<void>) => ScheduledTimer;
  /** Gives the message back to its queue when the work fails. */
  readonly guard: (message: QueuedMessage, work: Promise<void>) => Promise<void>;
  /** To be called when something may be deliverable that was not. */
  readonly wake: () => void;
}

/** Sends messages of one domain over its connections, and acts on how that ends. */
export class Transfers {
  readonly #parts: TransferParts;
  readonly #inFlight = new Set<ScheduledTimer>();
  readonly #abort = new AbortController();

  constructor(parts: TransferParts) {
    this.#parts = parts;
    parts.connections.onClosed = (connection) => this.#closed(connection);
  }

  /** Ends everything that is under way. */
  stop(): void {
    this.#abort.abort();
    for (const timer of this.#inFlight) timer.cancel();
  }

  /** Begins an attempt; resolves at its end, unless that takes virtual time. */
  async begin(message: QueuedMessage, { plan, remote }: OpenGate, place: Place): Promise<void> {
    const { connections, gate, record, services } = this.#parts;
    const { clock, policy } = services;
    const { behaviour } = plan;
    plan.use();
    const known = [...connections];
    const connection = gate.connection(message, behaviour, place);
    const isFirst = !known.includes(connection);
    const attempt: Attempt = { message, connection, isFirst, behaviour, remote, startedAt: clock.now() };
    connection.attempt = attempt;
    record.attempts++;
    await this.#countThrottles(attempt);
    await policy.hooks.logAttempt?.(message, record, clock.now(), '');
    if (behaviour.kind === 'http') {
      await this.#exchange(attempt);
      return;
    }
    if (behaviour.kind === 'reply') await this.#established(connection);
    const additions = await additionsTo(attempt, policy.hooks);
    if ('refusal' in additions) await this.#refused(attempt, additions);
    else if (behaviour.kind === 'smtp') await this.#converse(attempt, additions, behaviour.server);
    else await this.#await(attempt, additions, behaviour, this.#durationOf(message, plan));
  }

  async #countThrottles({ message: { binding }, isFirst }: Attempt): Promise<void> {
    const { record, services } = this.#parts;
    const { hooks } = services.policy;
    await hooks.messageThrottleUsed?.(record, binding);
    if (isFirst) await hooks.connectionThrottleUsed?.(record, binding);
  }

  async #established(connection: Connection): Promise<void> {
    if (connection.isEstablished) return;
    connection.isEstablished = true;
    const { record, services } = this.#parts;
    const { clock, policy } = services;
    await policy.hooks.connectionOpened?.({ record, binding: connection.binding, connection }, clock.now());
  }

  /** A hook has refused: the far side is not told of the message. */
  #refused(attempt: Attempt, { refusal, stage, ...additions }: Refusal): Promise<void> {
    return this.#finish({
      ...attempt,
      additions,
      behaviour: { kind: 'reply', code: 451, text: refusal, stage },
    });
  }

  async #await(attempt: Attempt, additions: Additions, behaviour: RemoteOutcome, millis: number) {
    const ended: EndedAttempt = { ...attempt, additions, behaviour };
    await this.#after(millis, attempt.message, () => this.#finish(ended));
  }

  /** Does the rest of an attempt once its virtual time is over. */
  async #after(millis: number, message: QueuedMessage, work: () => Promise<void>): Promise<void> {
    const { guard, schedule, services, wake } = this.#parts;
    if (millis === 0) {
      await work();
      return;
    }
    const timer = schedule(services.clock.millis() + millis, async () => {
      this.#inFlight.delete(timer);
      await guard(message, work());
      wake();
    });
    this.#inFlight.add(timer);
  }

  /** The request goes to the upstream, and its answer is the far side's. */
  async #exchange(attempt: Attempt): Promise<void> {
    const { connections, record, services } = this.#parts;
    const { connection, message } = attempt;
    const ended = { ...attempt, additions: NO_ADDITIONS, protocol: 'http' } as const;
    const exchange = new HttpExchange(attempt, record, services);
    if (!exchange.isReachable) {
      await this.#finish({ ...ended, behaviour: { kind: 'refuse' } });
      return;
    }
    await this.#established(connection);
    const millis = await exchange.send();
    if (this.#abort.signal.aborted) return;
    await this.#after(millis, message, async () => {
      const { behaviour, dialogue, closes } = await exchange.conclude();
      await this.#finish({ ...ended, behaviour, dialogue });
      if (closes) connections.close(connection);
    });
  }

  /** Virtual time stands still while the real server is spoken to. */
  async #converse(
    attempt: Attempt,
    additions: Additions,
    server: Parameters<typeof converse>[0],
  ): Promise<void> {
    const { connections, services } = this.#parts;
    const { message, connection } = attempt;
    const { clock, policy } = services;
    const where = policy.scopeOf(message);
    const raw = additions.raw ?? message.raw ?? Buffer.from('\r\n');
    const tls = policy.settings.text('tls', where)?.toLowerCase();
    const conversation = converse(
      server,
      { from: message.from, to: message.to, raw, ...additions },
      {
        hostname: ehloHostname(policy, message),
        tls: tls === 'required' || tls === 'ifavailable' ? tls : 'no',
        verifies: policy.settings.text('tls_verify', where)?.toLowerCase() !== 'no',
        servername: connection.host ?? message.domain,
      },
      this.#abort.signal,
    );
    clock.hold(conversation);
    const { behaviour, dialogue } = await conversation;
    if (this.#abort.signal.aborted) return;
    if (behaviour.kind === 'reply') await this.#established(connection);
    await this.#finish({ ...attempt, additions, behaviour, dialogue });
    connections.close(connection);
  }

  #durationOf(message: QueuedMessage, { behaviour, delay }: RemotePlan): number {
    if (behaviour.kind === 'reply') return delay;
    const { policy } = this.#parts.services;
    return behaviour.kind === 'timeout'
      ? policy.number('connect_timeout', policy.scopeOf(message)) * 1000
      : 0;
  }

  async #finish(attempt: EndedAttempt): Promise<void> {
    const { connections, gate, services } = this.#parts;
    const { behaviour, connection } = attempt;
    connection.attempt = undefined;
    if (behaviour.kind !== 'reply') {
      connections.close(connection);
      await this.#connectionFailed(attempt, behaviour.kind);
      return;
    }
    if (behaviour.code === SERVICE_CLOSING) connections.close(connection);
    else this.#rest(connection);
    gate.connected();
    await this.#answered(attempt, behaviour);
    if (attempt.protocol === 'http') return;
    const subject = { message: attempt.message, connection };
    if (await services.policy.hooks.closesSession?.(subject)) connections.close(connection);
  }

  /** The connection waits for its next message; somebody who wants to know of its end is told in time. */
  #rest(connection: Connection): void {
    const { connections, record, schedule, services } = this.#parts;
    const { clock, policy } = services;
    connection.idleSince = clock.now();
    if (!policy.hooks.connectionClosed) return;
    const { binding } = connection;
    const idleMillis = () => policy.number('idle_timeout', { domain: record.name, binding }) * 1000;
    const timer = schedule(clock.millis() + idleMillis(), () => {
      this.#inFlight.delete(timer);
      connections.expire(clock.millis(), idleMillis);
      return Promise.resolve();
    });
    this.#inFlight.add(timer);
  }

  async #answered(attempt: EndedAttempt, outcome: RemoteOutcome & { kind: 'reply' }): Promise<void> {
    const { record, services } = this.#parts;
    const { code, text, stage } = outcome;
    const { message } = attempt;
    const trace = traceOf(attempt, stage);
    this.#note(attempt, text);
    const result = outcome.result ?? resultOf(code);
    if (result === 'failed') await services.disposal.failed(record, message, text, { trace });
    else if (result === 'transient') await services.disposal.transient(record, message, trace, text);
    else {
      this.#noteDelivery(attempt);
      await services.disposal.delivered(record, message, { ...trace, stage: CONFIRMATION }, text);
    }
  }

  #noteDelivery({ message, remote, additions }: EndedAttempt): void {
    const { record, services } = this.#parts;
    const { id, from, to, binding } = message;
    const raw = additions.raw ?? message.raw;
    services.remotes.noteDelivery({
      at: services.clock.now(),
      domain: record.name,
      remote,
      id,
      from: shownText(from),
      to: shownText(to),
      binding,
      size: additions.raw?.length ?? message.size,
      raw,
    });
  }

  async #connectionFailed(attempt: EndedAttempt, kind: 'refuse' | 'timeout'): Promise<void> {
    const { gate, record, services } = this.#parts;
    const { clock, disposal, domains, policy } = services;
    const { connection, message } = attempt;
    const isRefused = kind === 'refuse';
    const note = isRefused ? RESPONSES.noHosts : RESPONSES.connectTimedOut;
    const configured = policy.number('host_failure_retry', policy.scopeOf(message));
    const retryAfter = await policy.hooks.hostFailureRetry?.(configured);
    gate.failed(retryAfter);
    this.#note({ ...attempt, retryAfter }, isRefused ? 'refused' : 'timed out');
    const subject = { record, binding: connection.binding, connection };
    await policy.hooks.connectionFailed?.(subject, kind, clock.now());
    await disposal.transient(record, message, traceOf(attempt, 0), note);
    const limit = policy.number('mx_failures_to_delay', policy.scope({ domain: record.name }));
    const isDelayed = limit > 0 && gate.haveAllFailed(limit) && record.active > 0;
    if (isDelayed && domains.has(record)) domains.delayDomain(record, RESPONSES.noMxReached);
  }

  #closed(connection: Connection): void {
    const { record, services } = this.#parts;
    const { policy } = services;
    if (!connection.isEstablished || !policy.hooks.connectionClosed) return;
    const subject = { record, binding: connection.binding, connection };
    void Promise.resolve(policy.hooks.connectionClosed(subject)).catch(policy.onError);
  }

  #note(attempt: EndedAttempt, outcome: string): void {
    const { clock, remotes, attemptListeners } = this.#parts.services;
    const { message, remote } = attempt;
    for (const listener of attemptListeners) listener(attempt, clock.now());
    const { id, from, to, binding, domain } = message;
    const envelope = { from: shownText(from), to: shownText(to) };
    remotes.noteAttempt({ at: clock.now(), domain, remote, id, ...envelope, binding, outcome });
  }
}

/** In SMTP. */
const resultOf = (code: number): DeliveryResult =>
  code >= 500 ? 'failed' : code >= 400 ? 'transient' : 'delivered';

function traceOf({ connection: { id, ip, host } }: Attempt, stage: number) {
  return { connectionId: id, ip, stage, ...(host !== undefined && { host }) };
}
