import { shownText } from '../bytes';
import type { ScheduledTimer } from '../clock';
import type { DomainRecord } from '../domain-record';
import type { QueuedMessage } from '../queues';
import type { RemoteBehaviour, RemotePlan } from '../remote';
import type { Attempt } from './attempts';
import { Connections } from './connections';
import { DeliveryGate, type Gate, type OpenGate } from './gate';
import type { Place } from './host-gate';
import { RESPONSES } from './responses';
import type { Route, RouteAnswer, RouteError } from './routes';
import type { DeliveryServices } from './services';
import { withinTurn } from './within-turn';

const SERVICE_CLOSING = 421;

/** Delivers the active messages of one domain, as the clock advances. */
export class DomainDelivery {
  readonly connections = new Connections();
  readonly #record: DomainRecord;
  readonly #services: DeliveryServices;
  readonly #gate: DeliveryGate;
  readonly #inFlight = new Set<ScheduledTimer>();
  #timer: ScheduledTimer | undefined;
  #failedLookup: (RouteError & { readonly at: number }) | undefined;
  #isRunning = false;
  #isStopped = false;

  constructor(record: DomainRecord, services: DeliveryServices) {
    this.#record = record;
    this.#services = services;
    this.#gate = new DeliveryGate(record, this.connections, services);
  }

  /** To be called when something may be deliverable that was not: schedules the work, now or when a limit ends. */
  wake(): void {
    if (this.#isRunning || this.#isStopped) return;
    const now = this.#services.clock.millis();
    if (this.#timer && this.#timer.at.getTime() <= now) return;
    this.#timer?.cancel();
    const at = this.#gate.nextOpening();
    this.#timer = at === undefined ? undefined : this.#schedule(Math.max(at, now), () => this.#run());
  }

  /** The address that a connection would be opened to now; undefined when there is none. */
  nextAddress(route: Route): string | undefined {
    return this.#gate.nextAddress(route);
  }

  /** To be called when what kept its hosts from being connected to may be over. */
  reopen(): void {
    this.#gate.reopen();
    this.wake();
  }

  /** Ends everything that is under way; messages that are being delivered are dropped with their domain. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    for (const timer of this.#inFlight) timer.cancel();
    this.#record.queue.trying.clear();
  }

  /** Fails the messages that are blackholed, in both queues. */
  async failBlackholed(): Promise<void> {
    const { domains, disposal, policy } = this.#services;
    const messages = [...this.#record.queue.entries()].map(([, message]) => message);
    for (const message of messages.filter((candidate) => policy.isBlackholed(policy.scopeOf(candidate))))
      if (domains.take(message)) await disposal.failed(this.#record, message, RESPONSES.blackholed);
  }

  #schedule(at: number, work: () => Promise<void>): ScheduledTimer {
    const { clock, policy } = this.#services;
    return clock.schedule(at, `delivery to ${this.#record.name}`, () => withinTurn(work(), policy.onError));
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let next = this.#next(); next && !this.#isStopped; next = this.#next())
        await this.#guard(next.message, this.#process(next.message, next.gate));
    } finally {
      this.#isRunning = false;
    }
    this.wake();
  }

  /** The first active message that may be delivered now. */
  #next(): { message: QueuedMessage; gate: Gate } | undefined {
    const { queue } = this.#record;
    const closed = new Set<string>();
    for (const message of queue.active) {
      if (closed.has(message.binding)) continue;
      const gate = this.#gate.of(message.binding);
      if (gate.state === 'open' || gate.state === 'blackhole') return { message, gate };
      closed.add(message.binding);
      if (closed.size === queue.activeCounts.size) return undefined;
    }
    return undefined;
  }

  async #process(message: QueuedMessage, gate: Gate): Promise<void> {
    const { clock, disposal, policy } = this.#services;
    const record = this.#record;
    record.queue.remove(message);
    record.queue.trying.add(message);
    if (gate.state !== 'open') {
      await disposal.failed(record, message, RESPONSES.blackholed);
      return;
    }
    const where = policy.scopeOf(message);
    const neverExpired = policy.settings.boolean('never_attempt_expired_messages', where);
    if (neverExpired && (await policy.isExpired(message, clock.now()))) {
      await disposal.failed(record, message, RESPONSES.expiredUntried);
      return;
    }
    const route = await this.#resolve(gate);
    if (route?.error !== undefined) await this.#lookupFailed(message, route.error);
    else if (!this.#isStopped) await this.#connect(message, gate, route);
  }

  /** Attempts the delivery, or puts the message back when no host may be connected to now. */
  async #connect(message: QueuedMessage, gate: OpenGate, route: Route | undefined): Promise<void> {
    const place = this.#gate.place(message, gate, route);
    if (place) {
      await this.#attempt(message, gate, place);
      return;
    }
    this.#record.queue.trying.delete(message);
    this.#record.queue.insert('active', message);
  }

  /** The route of the far side's domain; a failure to find it is the same for all messages of one instant. */
  async #resolve({ gateway }: OpenGate): Promise<RouteAnswer | undefined> {
    const { clock, policy, routes } = this.#services;
    const record = this.#record;
    // The record keeps the way of the domain, which a binding may have its own gateway instead of.
    if (gateway !== policy.gateway({ domain: record.name })) return routes.resolve(record.name, gateway);
    if (record.route && record.expiry && record.expiry > clock.now()) return record.route;
    if (this.#failedLookup?.at === clock.millis()) return this.#failedLookup;
    const answer = await routes.resolve(record.name);
    if (answer?.error !== undefined) {
      record.dnsFailures++;
      this.#failedLookup = { at: clock.millis(), error: answer.error };
    } else if (answer) {
      record.route = answer;
      record.expiry = new Date(clock.millis() + answer.ttl * 1000);
      record.dnsFailures = 0;
    }
    return answer;
  }

  async #lookupFailed(message: QueuedMessage, note: string): Promise<void> {
    const { connectionIds, disposal } = this.#services;
    const trace = { connectionId: connectionIds.next(), ip: '', stage: 0 };
    if (note.startsWith('5')) await disposal.failed(this.#record, message, note, { trace });
    else await disposal.transient(this.#record, message, trace, note);
  }

  async #attempt(message: QueuedMessage, { plan, remote }: OpenGate, place: Place): Promise<void> {
    const { clock, policy } = this.#services;
    const { behaviour } = plan;
    plan.use();
    const known = [...this.connections];
    const connection = this.#gate.connection(message, behaviour, place);
    const isFirst = !known.includes(connection);
    const attempt = { message, connection, isFirst, behaviour, remote, startedAt: clock.now() };
    connection.attempt = attempt;
    this.#record.attempts++;
    await policy.hooks.logAttempt?.(message, this.#record, clock.now(), '');
    const duration = this.#durationOf(message, plan);
    if (duration === 0) {
      await this.#finish(attempt);
      return;
    }
    const timer = this.#schedule(clock.millis() + duration, async () => {
      this.#inFlight.delete(timer);
      await this.#guard(message, this.#finish(attempt));
      this.wake();
    });
    this.#inFlight.add(timer);
  }

  #durationOf(message: QueuedMessage, { behaviour, delay }: RemotePlan): number {
    if (behaviour.kind === 'reply') return delay;
    const { policy } = this.#services;
    return behaviour.kind === 'timeout'
      ? policy.number('connect_timeout', policy.scopeOf(message)) * 1000
      : 0;
  }

  async #finish(attempt: Attempt): Promise<void> {
    const { behaviour, connection } = attempt;
    connection.attempt = undefined;
    if (behaviour.kind !== 'reply') {
      this.connections.close(connection);
      await this.#connectionFailed(attempt, behaviour.kind);
      return;
    }
    if (behaviour.code === SERVICE_CLOSING) this.connections.close(connection);
    else connection.idleSince = this.#services.clock.now();
    this.#gate.connected();
    await this.#answered(attempt, behaviour);
  }

  async #answered(
    attempt: Attempt,
    { code, text, stage }: RemoteBehaviour & { kind: 'reply' },
  ): Promise<void> {
    const { clock, disposal, remotes } = this.#services;
    const { message } = attempt;
    const record = this.#record;
    const trace = this.#trace(attempt, stage);
    this.#note(attempt, text);
    if (code >= 500) await disposal.failed(record, message, text, { trace });
    else if (code >= 400) await disposal.transient(record, message, trace, text);
    else {
      const { id, from, to, binding, size, raw } = message;
      const { remote } = attempt;
      remotes.noteDelivery({
        at: clock.now(),
        domain: record.name,
        remote,
        id,
        from: shownText(from),
        to: shownText(to),
        binding,
        size,
        raw,
      });
      await disposal.delivered(record, message, trace, text);
    }
  }

  async #connectionFailed(attempt: Attempt, kind: 'refuse' | 'timeout'): Promise<void> {
    const { disposal, domains, policy } = this.#services;
    const record = this.#record;
    const isRefused = kind === 'refuse';
    const note = isRefused ? RESPONSES.noHosts : RESPONSES.connectTimedOut;
    this.#gate.failed();
    this.#note(attempt, isRefused ? 'refused' : 'timed out');
    await disposal.transient(record, attempt.message, this.#trace(attempt, 0), note);
    const limit = policy.number('mx_failures_to_delay', policy.scope({ domain: record.name }));
    const isDelayed = limit > 0 && this.#gate.haveAllFailed(limit) && record.active > 0;
    if (isDelayed && domains.has(record)) domains.delayDomain(record, RESPONSES.noMxReached);
  }

  #trace({ connection }: Attempt, stage: number) {
    return { connectionId: connection.id, ip: connection.ip, stage };
  }

  #note(attempt: Attempt, outcome: string): void {
    const { clock, remotes, attemptListeners } = this.#services;
    const { message, remote } = attempt;
    for (const listener of attemptListeners) listener(attempt, clock.now());
    const { id, from, to, binding, domain } = message;
    const envelope = { from: shownText(from), to: shownText(to) };
    remotes.noteAttempt({ at: clock.now(), domain, remote, id, ...envelope, binding, outcome });
  }

  /** A hook's error goes on; the message that it was about is not lost for it. */
  async #guard(message: QueuedMessage, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const isPending = this.#record.queue.trying.delete(message);
      if (isPending && !this.#isStopped) this.#record.queue.insert('active', message);
      throw error;
    }
  }
}
