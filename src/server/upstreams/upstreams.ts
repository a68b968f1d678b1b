import { UsageError } from '../../support/errors';
import { shownText, textOfBytes } from '../bytes';
import type { VirtualClock } from '../clock';
import type { HeaderList } from '../http/messages';
import { percentDecode } from '../http/percent';
import {
  checkAnswer,
  checkFixture,
  readBase,
  type UpstreamAnswer,
  type UpstreamBase,
  type UpstreamError,
  type UpstreamFixture,
  type UpstreamRequest,
} from './fixtures';
import { outcomeOf, type UpstreamOutcome } from './outcome';

/** A request as it is sent: byte strings. */
export interface SentRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** A request that was made, and what came of it. */
export interface UpstreamCall extends UpstreamRequest {
  /** Virtual time. */
  readonly at: Date;
  /** The status of the response; undefined as long as it takes, and without one. */
  readonly status?: number;
  readonly error?: UpstreamError;
  /** What the upstream's function threw. */
  readonly thrown?: unknown;
}

interface Upstream extends UpstreamBase {
  readonly fixture: UpstreamFixture;
}

type Recorded = { -readonly [Member in keyof UpstreamCall]: UpstreamCall[Member] };

/** Requests that are remembered for the test, the newest ones. */
const REMEMBERED = 10_000;
const REFUSED: UpstreamOutcome = { kind: 'refused', millis: 0 };

/**
 * The HTTP servers that the product and its scripts call, as the test plays them: no request leaves the process. A
 * request goes to the upstream with the longest base URL that fits; without one the connection is refused.
 */
export class Upstreams {
  readonly #clock: VirtualClock;
  readonly #requests: Recorded[] = [];
  #upstreams: Upstream[] = [];
  readonly #missing = new Set<string>();
  /** Called when there is a new upstream. */
  onChanged: () => void = () => undefined;

  /** `option` is the option `upstreams`. Throws UsageError for anything else. */
  constructor(clock: VirtualClock, option: unknown = {}) {
    this.#clock = clock;
    if (typeof option !== 'object' || option === null || Array.isArray(option))
      throw new UsageError(
        "option upstreams: an object { 'http://api.test': (request) => ({ status, headers, body }) } expected",
      );
    for (const [base, fixture] of Object.entries(option)) this.#add(base, fixture, 'option upstreams');
  }

  /** What was asked, in order: the newest 10,000 at least. */
  get requests(): readonly UpstreamCall[] {
    return this.#requests;
  }

  /**
   * Puts a server behind a base URL, in place of the one that is there. Throws UsageError for what is no base URL, no
   * function and no answer.
   */
  set(base: string, fixture: UpstreamFixture): void {
    this.#add(base, fixture, 'upstreams.set');
    this.onChanged();
  }

  /** Takes a server away: connections to it are refused. False when there was none. */
  remove(base: string): boolean {
    const { origin, path } = readBase(base, 'upstreams.remove');
    const before = this.#upstreams.length;
    this.#upstreams = this.#upstreams.filter((other) => other.origin !== origin || other.path !== path);
    return this.#upstreams.length < before;
  }

  /** Whether there is a server for the URL that accepts connections. */
  accepts(url: URL): boolean {
    const fixture = this.#find(url)?.fixture;
    return fixture !== undefined && !('error' in fixture && fixture.error === 'refused');
  }

  /** What to warn of before a request that has no server; undefined when it has one, and once it has been said. */
  missing(url: URL): string | undefined {
    const shown = `${url.origin}${url.pathname}`;
    if (this.#find(url) || this.#missing.has(shown)) return undefined;
    this.#missing.add(shown);
    const known = this.#upstreams.map(({ origin, path }) => `${origin}${path}`).join(', ');
    return `there is no upstream for ${shown}: the connection is refused. The option upstreams, or mta.upstreams.set, says what answers; there is ${known || 'none'}.`;
  }

  /**
   * What becomes of a request; a promise where the upstream gives one. Throws UsageError, or rejects with it, for an
   * answer that no server could give.
   */
  ask(sent: SentRequest): UpstreamOutcome | Promise<UpstreamOutcome> {
    const call = this.#record(sent);
    const upstream = this.#find(sent.url);
    if (!upstream) return settle(call, REFUSED);
    const where = `upstream ${upstream.origin}${upstream.path}`;
    const failed = (thrown: unknown): UpstreamOutcome => {
      call.thrown = thrown;
      return settle(call, { kind: 'reset', millis: 0 });
    };
    const answered = (answer: UpstreamAnswer) => settle(call, outcomeOf(checkAnswer(answer, where), where));
    let answer: UpstreamAnswer | Promise<UpstreamAnswer>;
    try {
      answer = typeof upstream.fixture === 'function' ? upstream.fixture({ ...call }) : upstream.fixture;
    } catch (error) {
      return failed(error);
    }
    if (!(answer instanceof Promise)) return answered(answer);
    const outcome = answer.then(answered, failed);
    // Virtual time stands still while the test makes up its mind.
    this.#clock.hold(outcome);
    return outcome;
  }

  #add(base: string, fixture: unknown, where: string): void {
    const { origin, path } = readBase(base, where);
    const checked = checkFixture(fixture, `${where}, ${base}`);
    const others = this.#upstreams.filter((other) => other.origin !== origin || other.path !== path);
    this.#upstreams = [...others, { origin, path, fixture: checked }].sort(
      (one, other) => other.path.length - one.path.length,
    );
  }

  #find({ origin, pathname }: URL): Upstream | undefined {
    return this.#upstreams.find(
      (upstream) =>
        upstream.origin === origin &&
        (pathname === upstream.path || pathname.startsWith(`${upstream.path}/`)),
    );
  }

  #record({ method, url, headers, body }: SentRequest): Recorded {
    const shown = new Map<string, string>();
    for (const [name, value] of headers) {
      const key = name.toLowerCase();
      const before = shown.get(key);
      shown.set(key, before === undefined ? shownText(value) : `${before}, ${shownText(value)}`);
    }
    const call: Recorded = {
      method,
      url: url.href,
      headers: Object.fromEntries(shown),
      body: textOfBytes(body),
      raw: body,
      at: this.#clock.now(),
    };
    this.#requests.push(call);
    if (this.#requests.length >= 2 * REMEMBERED) this.#requests.splice(0, REMEMBERED);
    return call;
  }
}

/** `mta.upstreams`: what tests see of them. */
export type SimulatedUpstreams = Pick<Upstreams, 'requests' | 'set' | 'remove'>;

function settle(call: Recorded, outcome: UpstreamOutcome): UpstreamOutcome {
  if (outcome.kind === 'response') call.status = outcome.status;
  else call.error = outcome.kind;
  return outcome;
}

/**
 * The URL of a request, without user, password and fragment. A text without a scheme is a host and what follows.
 * Undefined for what is no URL. `text` is a byte string.
 */
export function requestUrl(text: string): URL | undefined {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const shown = shownText(full);
  if (text === '' || !URL.canParse(shown)) return undefined;
  const url = new URL(shown);
  url.hash = '';
  return url;
}

/** User and password that a URL has, as byte strings `user:password`; they are taken out of it. */
export function takeCredentials(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  const credentials = `${percentDecode(url.username)}:${percentDecode(url.password)}`;
  url.username = url.password = '';
  return credentials;
}
