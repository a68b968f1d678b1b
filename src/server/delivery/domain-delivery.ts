import { UsageError } from '../../support/errors';
import type { ScheduledTimer } from '../clock';
import type { DomainRecord } from '../domain-record';
import type { QueuedMessage } from '../queues';
import { Connections } from './connections';
import { DeliveryGate, type Gate, type OpenGate } from './gate';
import { RESPONSES } from './responses';
import type { Route, RouteAnswer, RouteError } from './routes';
import type { DeliveryServices } from './services';
import { Transfers } from './transfers';
import { withinTurn } from './within-turn';

interface Candidate {
  readonly message: QueuedMessage;
  readonly gate: Gate;
  /** It was in a module's hands, and in no queue. */
  readonly wasTaken?: boolean;
}

/** Delivers the active messages of one domain, as the clock advances. */
export class DomainDelivery {
  readonly connections = new Connections();
  readonly #record: DomainRecord;
  readonly #services: DeliveryServices;
  readonly #gate: DeliveryGate;
  readonly #transfers: Transfers;
  #timer: ScheduledTimer | undefined;
  #failedLookup: (RouteError & { readonly at: number }) | undefined;
  #isRunning = false;
  #isStopped = false;

  constructor(record: DomainRecord, services: DeliveryServices) {
    this.#record = record;
    this.#services = services;
    const { connections } = this;
    const gate = (this.#gate = new DeliveryGate(record, connections, services));
    this.#transfers = new Transfers({
      record,
      connections,
      gate,
      services,
      schedule: (at, work) => this.#schedule(at, work),
      guard: (message, work) => this.#guard(message, work),
      wake: () => this.wake(),
    });
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
    this.#transfers.stop();
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
      for (let next = await this.#next(); next && !this.#isStopped; next = await this.#next())
        await this.#guard(next.message, this.#process(next));
    } finally {
      this.#isRunning = false;
    }
    this.wake();
  }

  /** What is delivered next: the first active message that may be, or what a module puts in its place. */
  async #next(): Promise<Candidate | undefined> {
    const { nextActive } = this.#services.policy.hooks;
    const first = this.#firstActive();
    if (!nextActive || first?.gate.state === 'blackhole') return first;
    for (const binding of first ? [first.message.binding] : this.#idleBindings()) {
      const gate = first?.gate ?? this.#gate.of(binding);
      if (gate.state !== 'open') continue;
      const connection = this.connections.idle(binding);
      const message = await nextActive({ record: this.#record, binding, connection });
      if (message) return { message, gate, wasTaken: this.#wasTaken(message) };
    }
    return first;
  }

  #idleBindings(): Set<string> {
    return new Set([...this.connections].filter(({ idleSince }) => idleSince).map(({ binding }) => binding));
  }

  /** A message that is neither in this queue nor in a module's hands is none that could be delivered. */
  #wasTaken({ id }: QueuedMessage): boolean {
    if (this.#services.domains.taken.delete(id)) return true;
    const { name, queue } = this.#record;
    if (queue.active.some((message) => message.id === id)) return false;
    throw new UsageError(
      `core_mailq_get_next_active: message ${id} is not in the active queue of ${name}, and no module has taken it`,
    );
  }

  /** The first active message that may be delivered now. */
  #firstActive(): Candidate | undefined {
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

  async #process({ message, gate, wasTaken = false }: Candidate): Promise<void> {
    const { clock, disposal, policy } = this.#services;
    const record = this.#record;
    // Somebody may have been faster while a hook was asked.
    if (!wasTaken && !record.queue.active.includes(message)) return;
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
    const place = await this.#gate.place(message, gate, route);
    if (place && !this.#isStopped) {
      await this.#transfers.begin(message, gate, place);
      return;
    }
    this.#record.queue.trying.delete(message);
    if (!this.#isStopped) this.#record.queue.insert('active', message);
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
