import type { VirtualClock } from '../clock';
import { failedAnswer, type DnsAnswer, type DnsStatus } from './answer';
import { dnsName, displayed, nameProblem } from './names';
import type { RecordType } from './records';
import { DnsStatistics } from './statistics';
import type { Zone } from './zone';

/** `options timeout:5` and `attempts:2`, the resolver's defaults (4/config/ref-resolv-conf). */
const TIMEOUT_MILLIS = 5000 * 2;

const MAX_QUERIES = 100_000;

/** Who asks: scripts and policy through the DNS cache, or the delivery side through the route cache. */
export type DnsCaller = 'policy' | 'routes';

/** A question that reached the name servers. */
export interface DnsQuery {
  /** In lower case, without the dot at the end. */
  readonly name: string;
  readonly type: RecordType;
  readonly by: DnsCaller;
  /** The name server that was asked for by name. */
  readonly server?: string;
  /** Virtual time. */
  readonly at: Date;
  /** Undefined while the answer is outstanding. */
  readonly status: DnsStatus | undefined;
}

/** Asks the zone. What takes time takes virtual time: the promise then resolves while the clock is advanced. */
export class Resolver {
  readonly statistics = new DnsStatistics();
  readonly #queries: DnsQuery[] = [];

  constructor(
    private readonly zone: Zone,
    private readonly clock: VirtualClock,
  ) {}

  /** The questions so far, in order: the latest 100,000. */
  get queries(): readonly DnsQuery[] {
    return this.#queries;
  }

  /** `name` is a byte string; one that no question can hold is answered at once, without a question. */
  query(name: string, type: RecordType, by: DnsCaller, server?: string): DnsAnswer | Promise<DnsAnswer> {
    const key = dnsName(name);
    if (nameProblem(key)) return failedAnswer('BADNAME');
    const query: { -readonly [Member in keyof DnsQuery]: DnsQuery[Member] } = {
      name: displayed(key),
      type,
      by,
      at: this.clock.now(),
      status: undefined,
      ...(server !== undefined && { server }),
    };
    if (this.#queries.push(query) > MAX_QUERIES) this.#queries.shift();
    this.statistics.sent(type);
    const { answer, millis } = this.#ask(key, type);
    const settle = () => {
      query.status = answer.status;
      this.statistics.received(type, answer, millis);
      return answer;
    };
    if (millis === 0) return settle();
    return new Promise((resolve) => {
      this.clock.schedule(this.clock.millis() + millis, `DNS ${type} ${query.name}`, () => resolve(settle()));
    });
  }

  #ask(key: string, type: RecordType): { answer: DnsAnswer; millis: number } {
    const answer = this.zone.answer(key, type);
    const millis = this.zone.delayOf(key, type);
    if (answer.status !== 'TIMEOUT' && millis < TIMEOUT_MILLIS) return { answer, millis };
    return { answer: failedAnswer('TIMEOUT'), millis: TIMEOUT_MILLIS };
  }
}
