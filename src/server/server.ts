import type { LuaFrame } from '../support/frames';
import { VirtualClock } from './clock';
import { Diagnostics, StrictPolicy, type StrictOption } from './diagnostics';
import { readDomainsOption, type DomainsOption } from './domain-fixtures';
import { DomainViews } from './domain-view';
import { DomainTable } from './domains';
import { Journal } from './journal';
import { Logs } from './logs';
import { Random } from './random';
import { RULES, type Rule, type RuleCode } from './rules';
import { SpoolIds } from './spool-ids';

export interface ServerOptions {
  /** Start of the virtual clock. */
  readonly now: Date;
  readonly seed: number;
  readonly strict?: StrictOption;
  readonly domains?: DomainsOption;
}

/** The state of one simulated mail server. Configuration generations come and go over it. */
export class ServerState {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly logs: Logs;
  readonly journal = new Journal();
  readonly diagnostics = new Diagnostics();
  readonly strict: StrictPolicy;
  readonly domains: DomainTable;
  readonly domainViews: DomainViews;

  constructor(options: ServerOptions) {
    this.clock = new VirtualClock(options.now.getTime());
    this.random = new Random(options.seed);
    this.logs = new Logs(this.clock);
    this.strict = new StrictPolicy(options.strict);
    this.domains = new DomainTable(this.clock, new SpoolIds(this.random.fork('spool ids')));
    this.domainViews = new DomainViews(this.domains);
    for (const [name, contents] of readDomainsOption(options.domains ?? [])) this.domains.add(name, contents);
  }

  /**
   * Records that a rule was broken, unless the rule is off. Answers whether that is an error here: rules about
   * crashes and violations are, as far as `strict` says so; the others only warn.
   */
  report(code: RuleCode, message: string, frames: readonly LuaFrame[] = []): boolean {
    const level = this.strict.severityOf(code);
    if (level === 'off') return false;
    const rule: Rule = RULES[code];
    const isError = level === 'error' && rule.severity !== 'warning';
    const severity = isError ? rule.severity : 'warning';
    this.diagnostics.add({ code, severity, message, frames, doc: rule.doc, at: this.clock.now() });
    return isError;
  }
}
