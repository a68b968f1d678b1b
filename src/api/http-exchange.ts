/** Requests of scripts to HTTP servers, as libcurl makes them: `msys.http.client` and `curl`. */
import { callerOf, type HostCall } from '../lua';
import type { HeaderList } from '../server/http/messages';
import type { UpstreamOutcome } from '../server/upstreams/outcome';
import type { SentRequest } from '../server/upstreams/upstreams';
import type { Runtime } from './runtime';
import { pause } from './sleep';

/** Codes of libcurl with their texts, by the names that the package `curl` gives them. */
export const CURL_ERRORS = {
  UNSUPPORTED_PROTOCOL: { code: 1, text: 'Unsupported protocol' },
  URL_MALFORMAT: { code: 3, text: 'URL using bad/illegal format or missing URL' },
  COULDNT_CONNECT: { code: 7, text: "Couldn't connect to server" },
  HTTP_RETURNED_ERROR: { code: 22, text: 'HTTP response code said error' },
  WRITE_ERROR: { code: 23, text: 'Failed writing received data to disk/application' },
  OPERATION_TIMEOUTED: { code: 28, text: 'Timeout was reached' },
  ABORTED_BY_CALLBACK: { code: 42, text: 'Operation was aborted by an application callback' },
  BAD_FUNCTION_ARGUMENT: { code: 43, text: 'A libcurl function was given a bad argument' },
  TOO_MANY_REDIRECTS: { code: 47, text: 'Number of redirects hit maximum amount' },
  RECV_ERROR: { code: 56, text: 'Failure when receiving data from the peer' },
  FILESIZE_EXCEEDED: { code: 63, text: 'Maximum file size exceeded' },
} as const;

export type CurlError = (typeof CURL_ERRORS)[keyof typeof CURL_ERRORS];

export const FAILURES = {
  refused: CURL_ERRORS.COULDNT_CONNECT,
  timeout: CURL_ERRORS.OPERATION_TIMEOUTED,
  reset: CURL_ERRORS.RECV_ERROR,
} as const;

/** In seconds; undefined: as long as it takes. */
export interface TimeLimits {
  readonly total?: number;
  /** Until the server answers at all; 300. */
  readonly connect?: number;
}

/** Of libcurl. */
const CONNECT_TIMEOUT = 300;

/** `then` that does not make a promise of what is none. */
export function chain<A, B>(value: A | Promise<A>, next: (value: A) => B | Promise<B>): B | Promise<B> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Sends a request for a script, as a call of `name`; the script waits for the upstream's time. */
export function exchange(
  runtime: Runtime,
  request: SentRequest,
  limits: TimeLimits,
  name: string,
  call: HostCall,
): UpstreamOutcome | Promise<UpstreamOutcome> {
  const { upstreams } = runtime.server;
  const missing = upstreams.missing(request.url);
  if (missing !== undefined) runtime.server.report('UNCONFIGURED_UPSTREAM', missing, callerOf(call.L));
  return chain(upstreams.ask(request), (outcome) => {
    const limited = withinLimits(outcome, limits);
    if (limited.millis === 0) return limited;
    return chain(pause(runtime, limited.millis / 1000, name, call), () => limited);
  });
}

function withinLimits(outcome: UpstreamOutcome, { total = 0, connect = 0 }: TimeLimits): UpstreamOutcome {
  const whole = total > 0 ? total * 1000 : Infinity;
  const isSilent = outcome.millis === Infinity;
  const limit = isSilent ? Math.min(whole, (connect > 0 ? connect : CONNECT_TIMEOUT) * 1000) : whole;
  return outcome.millis >= limit ? { kind: 'timeout', millis: limit } : outcome;
}

/**
 * Headers with those that a script has as lines: `Name: value` in place of libcurl's own, `Name:` for none of that name,
 * `Name;` for one without a value. A line without either is none.
 */
export function withHeaderLines(own: HeaderList, lines: readonly string[]): HeaderList {
  const given = lines.flatMap((line) => {
    const [, name, mark, value = ''] = /^([^:;\s]+)\s*([:;])[ \t]*(.*?)[ \t]*$/s.exec(line) ?? [];
    if (name === undefined) return [];
    return [{ name, value: mark === ';' ? '' : value, isSent: mark === ';' ? value === '' : value !== '' }];
  });
  const named = new Set(given.map(({ name }) => name.toLowerCase()));
  return [
    ...own.filter(([name]) => !named.has(name.toLowerCase())),
    ...given.filter(({ isSent }) => isSent).map(({ name, value }): [string, string] => [name, value]),
  ];
}

export const basicAuthorization = (credentials: string): [string, string] => [
  'Authorization',
  `Basic ${Buffer.from(credentials, 'latin1').toString('base64')}`,
];
