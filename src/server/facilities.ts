import { AuditSeriesTable } from './audit-series';
import { InboundAudit, InboundSessions } from './audit-inbound';
import type { DefinedCidr } from './cidrs';
import type { VirtualClock } from './clock';
import { Counters } from './counters';
import { FileSystems } from './file-systems';
import { GaugeCaches } from './gauges';
import { Locks } from './locks';
import type { SnmpTrap } from './snmp-traps';
import { ThreadPools } from './thread-pools';

/** What the scripts of a server share, across reloads too: counters, locks, pools and the like. */
export class Facilities {
  readonly counters: Counters;
  readonly gaugeCaches: GaugeCaches;
  readonly locks = new Locks();
  readonly threadPools: ThreadPools;
  /** `msys.shareSet`; keys and texts are byte strings. */
  readonly sharedValues = new Map<string, string | number | boolean>();
  /** By name. */
  readonly cidrs = new Map<string, DefinedCidr>();
  readonly auditSeries: AuditSeriesTable;
  readonly inboundAudit: InboundAudit;
  readonly inboundSessions = new InboundSessions();
  readonly fileSystems: FileSystems;
  /** What scripts had sent, in order. */
  readonly snmpTraps: SnmpTrap[] = [];

  constructor(clock: VirtualClock) {
    this.counters = new Counters(clock);
    this.gaugeCaches = new GaugeCaches(clock);
    this.threadPools = new ThreadPools(clock);
    this.auditSeries = new AuditSeriesTable(clock);
    this.inboundAudit = new InboundAudit(clock);
    this.fileSystems = new FileSystems(clock);
  }
}
