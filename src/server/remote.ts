import { UsageError } from '../support/errors';
import { checkedDomainKey, domainKey } from './domain-name';
import { durationMillis } from './duration';

/** An SMTP server that a far side is played by. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** Real milliseconds that each of its answers is waited for. */
  readonly timeout: number;
}

/** `port`, `host:port`, or the parts; the host is 127.0.0.1 unless said otherwise, the time-out 10 s. */
export type SmtpServerOption = number | string | (Partial<SmtpServer> & Pick<SmtpServer, 'port'>);

/** How the far side treats one attempt to deliver. */
export type RemoteBehaviour =
  | RemoteOutcome
  | { readonly kind: 'smtp'; readonly server: SmtpServer }
  /** The upstream of the request says it. */
  | { readonly kind: 'http' };

/** What becomes of a message that the far side has answered. */
export type DeliveryResult = 'delivered' | 'transient' | 'failed';

/** How an attempt has ended. */
export type RemoteOutcome =
  | {
      readonly kind: 'reply';
      readonly code: number;
      /** Code and text. */
      readonly text: string;
      /** Where in the dialogue it is said (4/4-log-formats-connection-stages). */
      readonly stage: number;
      /** Where the code does not say it, as it does in SMTP. */
      readonly result?: DeliveryResult;
    }
  | { readonly kind: 'refuse' | 'timeout' };

/** A message that the far side has taken. */
export interface RemoteDelivery {
  /** Virtual time. */
  readonly at: Date;
  /** The domain whose queue it came out of. */
  readonly domain: string;
  /** The domain whose far side it was: the gateway when there is one. */
  readonly remote: string;
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly binding: string;
  readonly size: number | undefined;
  /** Headers and body as far as they are known. */
  readonly raw: Buffer | undefined;
}

/** One attempt, successful or not. */
export interface RemoteAttempt extends Omit<RemoteDelivery, 'size' | 'raw'> {
  /** The far side's answer, or `refused`, `timed out`. */
  readonly outcome: string;
}

export interface ReplyOptions {
  /** 0 to 22 (4/4-log-formats-connection-stages); 5, after RCPT TO, for a refusal. */
  readonly stage?: number;
}

/** What can be scripted; each call answers the remote, so that calls can be chained. */
export interface RemoteScript {
  /** Takes messages. */
  accept(): Remote;
  /** Answers with a code of 2xx, 4xx or 5xx; the text may begin with an enhanced code: `4.2.2 over quota`. */
  reply(code: number, text?: string, options?: ReplyOptions): Remote;
  /** Connections fail at once. */
  refuse(): Remote;
  /** Connections fail after `connect_timeout`. */
  timeout(): Remote;
  /**
   * Hands messages over to a real SMTP server, whose answers count. Virtual time stands still meanwhile. Throws
   * UsageError for what is no address.
   */
  smtp(server: SmtpServerOption): Remote;
}

const CONFIRMATION = 9;
const AFTER_RCPT = 5;
const LAST_STAGE = 22;
const ACCEPT: RemoteOutcome = { kind: 'reply', code: 250, text: '250 2.0.0 OK', stage: CONFIRMATION };
const HTTP: RemoteBehaviour = { kind: 'http' };
/** Of the network for documentation (RFC 5737). */
const DEFAULT_ADDRESS = '192.0.2.1';

/** What happens to the scripts of all remotes, for the remote of one domain. */
interface RemoteBook {
  deliveries(domain: string): RemoteDelivery[];
  attempts(domain: string): RemoteAttempt[];
  scripted(): void;
}

/**
 * The far side of one domain, as tests script it. A behaviour holds from its call on, for all attempts; with `once` or
 * `times(n)` before it, it holds for that many attempts only, and several such are used up in their order first.
 */
export class Remote implements RemoteScript {
  readonly #book: RemoteBook;
  readonly #limited: RemoteBehaviour[] = [];
  #standing: RemoteBehaviour | undefined;
  #delay: number | undefined;
  #address: string | undefined;

  /** `domain`: in lower case, or `*`. */
  constructor(
    readonly domain: string,
    book: RemoteBook,
  ) {
    this.#book = book;
  }

  /** What the far side took, in order. */
  get deliveries(): readonly RemoteDelivery[] {
    return this.#book.deliveries(this.domain);
  }

  /** Every attempt that was made at it, in order. */
  get attempts(): readonly RemoteAttempt[] {
    return this.#book.attempts(this.domain);
  }

  accept(): this {
    return this.#stand(ACCEPT);
  }

  reply(code: number, text?: string, options?: ReplyOptions): this {
    return this.#stand(readReply(code, text, options));
  }

  refuse(): this {
    return this.#stand({ kind: 'refuse' });
  }

  timeout(): this {
    return this.#stand({ kind: 'timeout' });
  }

  smtp(server: SmtpServerOption): this {
    return this.#stand({ kind: 'smtp', server: readServer(server) });
  }

  /** How long one delivery takes: a duration as the clock takes it. */
  delay(duration: number | string): this {
    this.#delay = durationMillis(duration);
    return this;
  }

  /** The IP address in the logs, where no route gives one; 192.0.2.1. */
  address(ip: string): this {
    this.#address = ip;
    return this;
  }

  get once(): RemoteScript {
    return this.times(1);
  }

  /** Throws UsageError unless `count` is a positive integer. */
  times(count: number): RemoteScript {
    if (!Number.isSafeInteger(count) || count < 1)
      throw new UsageError(`remote.times: a positive integer expected, not ${String(count)}`);
    const add = (behaviour: RemoteBehaviour): Remote => {
      for (let i = 0; i < count; i++) this.#limited.push(behaviour);
      this.#book.scripted();
      return this;
    };
    return {
      accept: () => add(ACCEPT),
      reply: (code, text, options) => add(readReply(code, text, options)),
      refuse: () => add({ kind: 'refuse' }),
      timeout: () => add({ kind: 'timeout' }),
      smtp: (server) => add({ kind: 'smtp', server: readServer(server) }),
    };
  }

  /** The behaviour at the next attempt, undefined when none has been scripted here. */
  get next(): RemoteBehaviour | undefined {
    return this.#limited[0] ?? this.#standing;
  }

  /** Counts an attempt against the limited behaviours. */
  use(): void {
    this.#limited.shift();
  }

  get delayMillis(): number | undefined {
    return this.#delay;
  }

  get ip(): string | undefined {
    return this.#address;
  }

  #stand(behaviour: RemoteBehaviour): this {
    this.#standing = behaviour;
    this.#book.scripted();
    return this;
  }
}

function readReply(code: number, text: string | undefined, options: ReplyOptions = {}): RemoteOutcome {
  const isReply = Number.isInteger(code) && ((code >= 200 && code < 300) || (code >= 400 && code < 600));
  if (!isReply) throw new UsageError(`remote.reply: a code of 2xx, 4xx or 5xx expected, not ${String(code)}`);
  if (text !== undefined && (typeof text !== 'string' || /[\r\n]/.test(text)))
    throw new UsageError(`remote.reply: a text of one line expected, not ${JSON.stringify(text)}`);
  const stage = options.stage ?? (code < 300 ? CONFIRMATION : AFTER_RCPT);
  if (!Number.isInteger(stage) || stage < 0 || stage > LAST_STAGE)
    throw new UsageError(`remote.reply: a stage from 0 to ${LAST_STAGE} expected, not ${String(stage)}`);
  return { kind: 'reply', code, text: text ? `${code} ${text}` : String(code), stage };
}

const LOOPBACK = '127.0.0.1';
const SMTP_TIMEOUT = 10_000;
const MAX_PORT = 65_535;

function readServer(option: unknown): SmtpServer {
  const { host = LOOPBACK, port, timeout = SMTP_TIMEOUT } = serverParts(option);
  const isNumber = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0;
  if (typeof host === 'string' && isNumber(port) && port <= MAX_PORT && isNumber(timeout))
    return { host, port, timeout };
  throw new UsageError(
    `remote.smtp: a port, 'host:port' or { host, port, timeout } expected, not ${JSON.stringify(option)}`,
  );
}

function serverParts(option: unknown): { host?: unknown; port?: unknown; timeout?: unknown } {
  if (typeof option === 'object' && option !== null) return option;
  if (typeof option !== 'string') return { port: option };
  const [, host, port] = /^(?:\[?(.+?)\]?:)?(\d{1,5})$/.exec(option) ?? [];
  return { host, port: Number(port) };
}

/** How the next attempt at a domain goes. */
export interface RemotePlan {
  readonly behaviour: RemoteBehaviour;
  /** Milliseconds that the dialogue takes. */
  readonly delay: number;
  readonly ip: string;
  /** Counts the attempt. */
  use(): void;
}

/**
 * The far sides of one server. Delivery to a domain begins when its remote, or that of `*`, is asked for. The remote
 * of `*` stands in for every domain whose own has nothing to say, and shows what happened at all of them.
 */
export class Remotes {
  readonly #remotes = new Map<string, Remote>();
  readonly #deliveries: RemoteDelivery[] = [];
  readonly #attempts: RemoteAttempt[] = [];
  readonly #book: RemoteBook = {
    deliveries: (domain) => ofRemote(this.#deliveries, domain),
    attempts: (domain) => ofRemote(this.#attempts, domain),
    scripted: () => {
      this.onScripted();
    },
  };
  /** Called when there is a new remote, or one has a new behaviour. */
  onScripted: () => void = () => undefined;

  /** The remote of a domain, or of `*`. Throws UsageError for what is no domain. */
  of(domain: string): Remote {
    const key = domain === '*' ? domain : checkedDomainKey(domain, 'remote');
    let remote = this.#remotes.get(key);
    if (!remote) {
      remote = new Remote(key, this.#book);
      this.#remotes.set(key, remote);
      this.onScripted();
    }
    return remote;
  }

  /** Undefined when there is no remote for the domain: nothing is delivered to it. */
  plan(domain: string): RemotePlan | undefined {
    const own = this.#remotes.get(domainKey(domain));
    const common = this.#remotes.get('*');
    const remote = own?.next ? own : common?.next ? common : (own ?? common);
    if (!remote) return undefined;
    return {
      behaviour: remote.next ?? ACCEPT,
      delay: own?.delayMillis ?? common?.delayMillis ?? 0,
      ip: own?.ip ?? common?.ip ?? DEFAULT_ADDRESS,
      use: () => {
        remote.use();
      },
    };
  }

  /**
   * The same for a domain whose messages go over HTTP: they go out whether or not there is a remote. One that is down has
   * its say, the replies of an SMTP server have none.
   */
  planHttp(domain: string): RemotePlan {
    const plan = this.plan(domain);
    if (plan && (plan.behaviour.kind === 'refuse' || plan.behaviour.kind === 'timeout')) return plan;
    return { behaviour: HTTP, delay: 0, ip: plan?.ip ?? DEFAULT_ADDRESS, use: () => undefined };
  }

  noteAttempt(attempt: RemoteAttempt): void {
    this.#attempts.push(attempt);
  }

  noteDelivery(delivery: RemoteDelivery): void {
    this.#deliveries.push(delivery);
  }
}

const ofRemote = <Entry extends { readonly remote: string }>(entries: Entry[], remote: string): Entry[] =>
  remote === '*' ? [...entries] : entries.filter((entry) => entry.remote === remote);
