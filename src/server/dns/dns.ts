import type { VirtualClock } from '../clock';
import { DnsCache } from './cache';
import { readDnsOption } from './fixtures';
import { Resolver } from './resolver';
import { RouteCache } from './route-cache';
import { SimulatedDns } from './simulated-dns';
import { Zone } from './zone';

/** The DNS of one simulated server: what it knows, who asks it, and the two caches that keep its answers. */
export class Dns {
  readonly zone = new Zone();
  readonly resolver: Resolver;
  /** Of policy: `msys.dnsLookup`. */
  readonly cache: DnsCache;
  /** Of the delivery side. */
  readonly routes: RouteCache;
  /** `mta.dns`. */
  readonly simulated: SimulatedDns;
  #isConfigured: boolean;

  /** `option` is the option `dns`; throws as `readDnsOption` does. */
  constructor(clock: VirtualClock, option: unknown) {
    this.#isConfigured = option !== undefined;
    if (this.#isConfigured) readDnsOption(option, this.zone);
    this.resolver = new Resolver(this.zone, clock);
    this.cache = new DnsCache(this.resolver, clock);
    this.routes = new RouteCache(this.resolver, clock);
    this.simulated = new SimulatedDns(this, () => {
      this.#isConfigured = true;
    });
  }

  /** False while the test has said nothing about the DNS: every name is unknown then. */
  get isConfigured(): boolean {
    return this.#isConfigured;
  }
}
