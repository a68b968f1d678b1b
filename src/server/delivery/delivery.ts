import { Bindings, type Binding } from '../bindings';
import type { VirtualClock } from '../clock';
import { DomainTable } from '../domains';
import type { Logs } from '../logs';
import type { QueuedMessage } from '../queues';
import type { Random } from '../random';
import type { Remotes } from '../remote';
import type { SpoolIds } from '../spool-ids';
import { DeliveryEngine } from './engine';
import { QueueOperations } from './operations';
import type { RuleCode } from '../rules';
import { Upstreams } from '../upstreams/upstreams';
import { DeliveryPolicy } from './policy';
import type { DeliveryStatistics } from './statistics';

/** What delivery is given by the server. */
export interface DeliveryOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly logs: Logs;
  /** Of messages, batches and connections. */
  readonly ids: SpoolIds;
  /** The option of the same name. */
  readonly bindings?: unknown;
  /** HTTP servers; none. */
  readonly upstreams?: Upstreams;
  readonly report?: (code: RuleCode, message: string) => void;
}

/** Bindings, queues and delivery of one server, put together. */
export class Delivery {
  /** Configuration and hooks: assign `settings` and `hooks`, then call `settingsChanged`. */
  readonly policy = new DeliveryPolicy();
  readonly bindings: Bindings;
  readonly domains: DomainTable;
  readonly engine: DeliveryEngine;
  readonly operations: QueueOperations;
  readonly #random: Random;

  /** Throws UsageError for bindings of another shape. */
  constructor({ clock, random, logs, ids, bindings: option, ...options }: DeliveryOptions) {
    const { policy } = this;
    const bindings = (this.bindings = new Bindings(option));
    const domains = (this.domains = new DomainTable(clock, ids, { policy, bindings }));
    const { upstreams = new Upstreams(clock), report = () => undefined } = options;
    const parts = { clock, domains, policy, bindings, logs, connectionIds: ids, upstreams, report };
    this.engine = new DeliveryEngine(parts);
    const { disposal } = this.engine;
    this.operations = new QueueOperations({ clock, domains, bindings, policy, disposal });
    this.#random = random.fork('binding groups');
  }

  get remotes(): Remotes {
    return this.engine.remotes;
  }

  get statistics(): DeliveryStatistics {
    return this.engine.statistics;
  }

  /** To be called after a change of the configuration; see `DeliveryEngine.settingsChanged`. */
  settingsChanged(): Promise<void> {
    return this.engine.settingsChanged();
  }

  /**
   * The binding of a group for a message: what `core_binding_group_choose_binding` says, or a random one that is not
   * suspended. Undefined when there is no such group.
   */
  async chooseBinding(group: string, message: QueuedMessage): Promise<Binding | undefined> {
    const chosen = await this.policy.hooks.chooseBinding?.(group, message);
    const binding = chosen === undefined ? undefined : this.bindings.get(chosen);
    if (binding) return binding;
    return this.bindings.choose(group, this.#random, ({ name }) =>
      this.policy.isSuspended({ domain: message.domain, binding: name, group }),
    );
  }
}
