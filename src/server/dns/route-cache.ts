import type { VirtualClock } from '../clock';
import { dnsName } from './names';
import type { Resolver } from './resolver';
import { resolveRoutes, type RouteAnswer, type RouteSettings } from './routes';

export interface CachedRoutes {
  readonly answer: RouteAnswer;
  readonly expiry: Date;
}

/** Where mail for each domain goes, as long as the DNS lets it stand: the DNS part of the route cache. */
export class RouteCache {
  /** The options in force for a domain; the configuration provides them. */
  settings: (domain: string) => RouteSettings = () => ({});
  readonly #known = new Map<string, CachedRoutes>();
  readonly #underway = new Map<string, Promise<RouteAnswer>>();
  readonly #failures = new Map<string, number>();

  constructor(
    private readonly resolver: Resolver,
    private readonly clock: VirtualClock,
  ) {}

  /**
   * The routes of a domain (a byte string), or of a gateway in place of what its options say: those that are known, or
   * else resolved now.
   */
  lookup(domain: string, gateway?: string): RouteAnswer | Promise<RouteAnswer> {
    const name = dnsName(domain);
    const key = gateway === undefined ? name : `${name} ${gateway}`;
    return this.#peek(key)?.answer ?? this.#underway.get(key) ?? this.#resolve(name, key, { gateway });
  }

  /** Resolves a domain anew; until the answer is there, the old one stands. */
  refresh(domain: string): RouteAnswer | Promise<RouteAnswer> {
    const key = dnsName(domain);
    return this.#underway.get(key) ?? this.#resolve(key, key);
  }

  /** What is known now, without asking. */
  peek(domain: string): CachedRoutes | undefined {
    return this.#peek(dnsName(domain));
  }

  #peek(key: string): CachedRoutes | undefined {
    const known = this.#known.get(key);
    if (!known || known.expiry > this.clock.now()) return known;
    this.#known.delete(key);
    return undefined;
  }

  /** Lookups of a domain that failed in a row. */
  failures(domain: string): number {
    return this.#failures.get(dnsName(domain)) ?? 0;
  }

  forget(domain: string): void {
    this.#known.delete(dnsName(domain));
    this.#failures.delete(dnsName(domain));
  }

  #resolve(name: string, key: string, { gateway }: RouteSettings = {}): RouteAnswer | Promise<RouteAnswer> {
    const own = this.settings(name);
    const settings = gateway === undefined ? own : { ...own, gateway };
    const answer = resolveRoutes(this.resolver, name, settings, this.#failures.get(key));
    if (!(answer instanceof Promise)) return this.#keep(key, answer);
    const promise = answer
      .then((arrived) => this.#keep(key, arrived))
      .finally(() => this.#underway.delete(key));
    this.#underway.set(key, promise);
    return promise;
  }

  #keep(key: string, answer: RouteAnswer): RouteAnswer {
    const mayPass =
      answer.error !== undefined && (answer.status === 'SERVFAIL' || answer.status === 'TIMEOUT');
    if (mayPass) this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1);
    else this.#failures.delete(key);
    if (answer.ttl > 0) {
      const expiry = new Date(this.clock.millis() + answer.ttl * 1000);
      this.#known.set(key, { answer, expiry });
    } else if (!mayPass) this.#known.delete(key);
    return answer;
  }
}
