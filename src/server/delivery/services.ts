import type { Bindings } from '../bindings';
import type { DomainRecord } from '../domain-record';
import type { Remotes } from '../remote';
import type { SpoolIds } from '../spool-ids';
import type { AttemptListener } from './attempts';
import type { BounceServices } from './bounces';
import type { Connection } from './connections';
import type { Disposal } from './disposal';
import type { Hosts } from './hosts';
import type { RuleCode } from '../rules';
import type { Upstreams } from '../upstreams/upstreams';
import type { RouteResolver } from './routes';
import type { Throttles } from './throttles';

/** What delivery works with; all domains share it. */
export interface DeliveryServices extends BounceServices {
  readonly bindings: Bindings;
  readonly remotes: Remotes;
  readonly upstreams: Upstreams;
  /** Records that a rule was broken. */
  readonly report: (code: RuleCode, message: string) => void;
  readonly disposal: Disposal;
  readonly throttles: Throttles;
  readonly hosts: Hosts;
  readonly connectionIds: SpoolIds;
  /** Those of all domains that are open. */
  readonly connections: () => Iterable<Connection>;
  /** Domains whose hosts have as many connections as they may: to be woken when one is done. */
  readonly waiting: Set<DomainRecord>;
  /** Connections opened so far. */
  readonly opened: { count: number };
  readonly attemptListeners: ReadonlySet<AttemptListener>;
  /** Asked before each attempt, unless the domain's route still stands. */
  readonly routes: { resolve: RouteResolver };
}
