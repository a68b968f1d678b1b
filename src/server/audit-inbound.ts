/** What senders do, by address and time (4/modules/inbound-audit). */
import { AuditSeries, type SeriesType } from './audit-series';
import { contains, parseBlock } from './cidr-block';
import type { VirtualClock } from './clock';

export const AUDITED = ['connections', 'receptions', 'rejections'] as const;
export type Audited = (typeof AUDITED)[number];

const FAMILY_TYPES: readonly SeriesType[] = ['cidr', 'cidr_ipv6'];
const typeOf = (address: string): SeriesType => (address.includes(':') ? 'cidr_ipv6' : 'cidr');

/** The counts of one monitor, by what is counted and the family of addresses. */
class Monitor {
  readonly #series = new Map<string, AuditSeries>();

  constructor(
    readonly interval: number,
    readonly windows: number,
    clock: VirtualClock,
  ) {
    for (const what of AUDITED)
      for (const type of FAMILY_TYPES)
        this.#series.set(`${what} ${type}`, new AuditSeries({ type, interval, windows }, clock));
  }

  of(what: Audited, address: string): AuditSeries {
    return this.#series.get(`${what} ${typeOf(address)}`)!;
  }

  get addresses(): string[] {
    return [...this.#series.values()].flatMap((series) => series.keys);
  }
}

export class InboundAudit {
  readonly #monitors = new Map<string, Monitor>();

  constructor(private readonly clock: VirtualClock) {}

  /** The option `monitors` of the module: texts of the form `window-size,number-of-windows`. Throws Error for others. */
  configure(monitors: readonly string[]): void {
    for (const name of monitors) {
      const [, interval, windows] = /^(\d+),(\d+)$/.exec(name) ?? [];
      if (Number(interval ?? 0) === 0 || Number(windows ?? 0) === 0)
        throw new Error(`inbound_audit: '${name}' is no monitor of the form window-size,number-of-windows`);
    }
    for (const name of this.#monitors.keys()) if (!monitors.includes(name)) this.#monitors.delete(name);
    for (const name of monitors) {
      if (this.#monitors.has(name)) continue;
      const [interval, windows] = name.split(',').map(Number);
      this.#monitors.set(name, new Monitor(interval!, windows!, this.clock));
    }
  }

  /** As they are configured. */
  get monitors(): readonly { readonly name: string; readonly interval: number; readonly windows: number }[] {
    return [...this.#monitors].map(([name, { interval, windows }]) => ({ name, interval, windows }));
  }

  /** The addresses that something was recorded for. */
  get senders(): string[] {
    return [...new Set([...this.#monitors.values()].flatMap(({ addresses }) => addresses))];
  }

  has(monitor: string): boolean {
    return this.#monitors.has(monitor);
  }

  /** Notes one event of a sender. */
  record(what: Audited, address: string): void {
    for (const monitor of this.#monitors.values()) monitor.of(what, address).add(address, 1);
  }

  /** Events from an address or block in windows of a monitor that is configured. Throws SeriesError. */
  count(monitor: string, what: Audited, cidr: string, from: number, to: number): number {
    return this.#monitors.get(monitor)!.of(what, cidr).count(cidr, from, to);
  }
}

/** Services by the names under which sessions are counted (4/lua/ref-msys-audit-inbound-session-count). */
export const SERVICES = ['SMTP', 'ECStream', 'Control', 'ECmmove2', 'ECCluster', 'inbound_cidr'] as const;
export type Service = (typeof SERVICES)[number];

/** The sessions that are open now. */
export class InboundSessions {
  readonly #open = new Set<{ readonly service: Service; readonly address: string }>();

  /** All that are open. */
  get length(): number {
    return this.#open.size;
  }

  /** Notes a session; the function that it answers ends it. */
  open(service: Service, address: string): () => void {
    const session = { service, address };
    this.#open.add(session);
    return () => this.#open.delete(session);
  }

  /** Sessions of a service from an address or block; undefined when `cidr` is neither. */
  count(service: Service, cidr: string): number | undefined {
    const block = parseBlock(cidr);
    if (!block) return undefined;
    return [...this.#open].filter(({ service: of, address }) => {
      const from = parseBlock(address);
      return of === service && from && contains(block, from);
    }).length;
  }
}
