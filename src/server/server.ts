import type { LuaFrame } from '../support/frames';
import { Authorization } from './auth/authorization';
import type { BindingsOption } from './bindings';
import { byteString } from './bytes';
import { Caches } from './caches';
import { VirtualClock } from './clock';
import { DataSources } from './datasources/data-sources';
import { Delivery } from './delivery/delivery';
import { Diagnostics, StrictPolicy, type StrictOption } from './diagnostics';
import { readDomainsOption, type DomainsOption } from './domain-fixtures';
import { Dns } from './dns/dns';
import type { DnsOption } from './dns/fixtures';
import { DomainViews } from './domain-view';
import type { DomainTable } from './domains';
import { Facilities } from './facilities';
import { SuspendedSessions } from './http/suspended-sessions';
import { Journal } from './journal';
import { Messages } from './messages/messages';
import { MessageViews } from './messages/message-views';
import { Heartbeats } from './heartbeats';
import { Jlogs } from './io/jlogs';
import { Logs } from './logs';
import { Random } from './random';
import { Reception } from './reception/reception';
import { RULES, type Rule, type RuleCode } from './rules';
import { Schedule } from './schedule';
import { SmtpTraces } from './smtp-traces';
import { SpoolIds } from './spool-ids';
import type { UpstreamsOption } from './upstreams/fixtures';
import { Upstreams } from './upstreams/upstreams';

export interface ServerOptions {
  /** Start of the virtual clock. */
  readonly now: Date;
  readonly seed: number;
  readonly strict?: StrictOption;
  readonly domains?: DomainsOption;
  readonly bindings?: BindingsOption;
  readonly dns?: DnsOption;
  readonly upstreams?: UpstreamsOption;
}

/** The state of one simulated mail server. Configuration generations come and go over it. */
export class ServerState {
  readonly clock: VirtualClock;
  readonly random: Random;
  /** Of messages, batches and connections. */
  readonly ids: SpoolIds;
  /** What reception created. */
  readonly messages = new Messages();
  readonly messageViews: MessageViews;
  readonly reception: Reception;
  readonly logs: Logs;
  /** Of the logs. */
  readonly heartbeats: Heartbeats;
  /** What scripts wrote to `jlog://`. */
  readonly jlogs: Jlogs;
  readonly journal = new Journal();
  readonly diagnostics = new Diagnostics();
  readonly strict: StrictPolicy;
  /** Bindings, queues and what becomes of the messages in them. */
  readonly delivery: Delivery;
  readonly domains: DomainTable;
  readonly domainViews: DomainViews;
  readonly dns: Dns;
  /** HTTP servers that are called: by scripts, and by deliveries over HTTP. */
  readonly upstreams: Upstreams;
  readonly facilities: Facilities;
  readonly caches: Caches;
  /** What `msys.db` queries. */
  readonly dataSources: DataSources;
  /** Console commands that run by themselves. */
  readonly schedule: Schedule;
  /** What the console command `trace smtp` has added. */
  readonly smtpTraces: SmtpTraces;
  /** HTTP requests whose handlers wait to be invoked again. */
  readonly suspendedSessions = new SuspendedSessions();
  /** Where the scripts of the latest load were looked for, found or not; absolute paths. */
  readonly scriptFiles = new Set<string>();
  /** The stanza `Authorization` of the running configuration. */
  readonly authorization = new Authorization();

  constructor(options: ServerOptions) {
    this.clock = new VirtualClock(options.now.getTime());
    this.random = new Random(options.seed);
    this.ids = new SpoolIds(this.random.fork('spool ids'), this.clock);
    this.logs = new Logs(this.clock);
    this.heartbeats = new Heartbeats(this.clock, this.logs);
    this.jlogs = new Jlogs(this.clock);
    this.messageViews = new MessageViews(this.messages, this.logs);
    this.strict = new StrictPolicy(options.strict);
    this.facilities = new Facilities(this.clock);
    this.caches = new Caches(this.clock);
    this.dataSources = new DataSources(this);
    this.schedule = new Schedule(this.clock, this.logs);
    this.dns = new Dns(this.clock, options.dns);
    this.upstreams = new Upstreams(this.clock, options.upstreams);
    const { clock, random, logs, ids, upstreams } = this;
    const report = (code: RuleCode, message: string) => this.report(code, message);
    this.delivery = new Delivery({ ...options, clock, random, logs, ids, upstreams, report });
    const { messages, facilities, delivery } = this;
    this.reception = new Reception({ clock, ids, logs, delivery, messages, facilities });
    this.delivery.engine.routes = (domain, gateway) =>
      this.dns.isConfigured ? this.dns.routes.lookup(byteString(domain), gateway) : undefined;
    this.smtpTraces = new SmtpTraces(this.delivery.engine, this.delivery.policy, this.clock);
    this.domains = this.delivery.domains;
    this.domainViews = new DomainViews(this.domains);
    for (const [name, contents] of readDomainsOption(options.domains ?? [])) this.domains.add(name, contents);
  }

  /**
   * Records that a rule was broken, unless the rule is off. Answers whether that is an error here: rules about
   * crashes and violations are, as far as `strict` says so; the others only warn, unless `strict` names them.
   */
  report(code: RuleCode, message: string, frames: readonly LuaFrame[] = []): boolean {
    const level = this.strict.severityOf(code);
    if (level === 'off') return false;
    const rule: Rule = RULES[code];
    const strictest =
      rule.severity === 'warning' && this.strict.makesError(code) ? 'violation' : rule.severity;
    const isError = level === 'error' && strictest !== 'warning';
    const severity = isError ? strictest : 'warning';
    this.diagnostics.add({ code, severity, message, frames, doc: rule.doc, at: this.clock.now() });
    return isError;
  }
}
