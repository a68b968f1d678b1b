import type { HttpRequest, HttpResponseData } from '../../server/http/messages';
import { endpointName, type EndpointName, type EndpointRegistry } from '../../server/http/registry';
import type { ResponseOptions } from '../../server/http/response';
import { HttpSession } from '../../server/http/session';
import type { UrlOptions } from '../../server/http/url-details';
import { hasHeader } from './headers';
import { httpLogEntry, type HttpLogEntry } from './log-line';

/** Prepares the response in the session; what it throws goes to `onError`. */
export type Handler = (session: HttpSession) => void | Promise<void>;

export interface HttpRouterOptions extends ResponseOptions, UrlOptions {
  /** The endpoints of the running configuration generation. Throws when the server is down. */
  readonly registry: () => EndpointRegistry<Handler>;
  /** Milliseconds since 1970. */
  readonly clock: { now(): number };
  readonly log?: (entry: HttpLogEntry) => void;
  /**
   * Told of an error that a handler threw, with a session that has been set to an empty 500, to record it and,
   * possibly, prepare another response. What it throws itself is a crash of the server.
   */
  readonly onError?: (error: unknown, session: HttpSession) => void | Promise<void>;
  /** Told when `session.problems` is not empty after the handler; what it throws counts as the handler's error. */
  readonly onProblems?: (session: HttpSession) => void;
}

export interface RoutedResponse extends HttpResponseData {
  /** The endpoint that answered, undefined when there was none. */
  readonly handler: EndpointName | undefined;
}

/** The head of a request that is refused before its body has arrived. */
export type RequestHead = Omit<HttpRequest, 'body'>;

const REFUSALS = {
  400: 'Bad Request',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  431: 'Request Header Fields Too Large',
} as const;
export type Refusal = keyof typeof REFUSALS;

/** From request to response, with or without a socket: finds the endpoint, runs its handler, writes the log. */
export class HttpRouter {
  constructor(private readonly options: HttpRouterOptions) {}

  /**
   * Answers one complete request. Without a matching path and method the answer is a 404, without a handler's
   * result a 500. Rejects only when the server crashed: what `registry` or `onError` throws.
   */
  async handle(request: HttpRequest): Promise<RoutedResponse> {
    const from = this.options.clock.now();
    const session = new HttpSession(request, this.options);
    const endpoint = this.options.registry().match(request.method, session.url.path);
    const response = endpoint ? await this.run(endpoint.handler, session) : refusal(404, request);
    return { ...this.conclude(request, response, from), handler: endpoint && endpointName(endpoint) };
  }

  /** The answer to a request that reaches no handler. Without a head, because none could be read, nothing is logged. */
  refuse(status: Refusal, head?: RequestHead): HttpResponseData {
    const now = this.options.clock.now();
    return head ? this.conclude(head, refusal(status, head), now) : this.dated(refusal(status));
  }

  private async run(handler: Handler, session: HttpSession): Promise<HttpResponseData> {
    try {
      await handler(session);
      const response = session.finish(this.options);
      if (session.problems.length > 0) this.options.onProblems?.(session);
      return response;
    } catch (error) {
      session.reset();
      session.statusSet(500, 'Internal Server Error');
      await this.options.onError?.(error, session);
      return session.finish(this.options);
    }
  }

  private conclude(head: RequestHead, response: HttpResponseData, from: number): HttpResponseData {
    this.options.log?.(httpLogEntry(head, response, { from, to: this.options.clock.now() }));
    return this.dated(response);
  }

  private dated(response: HttpResponseData): HttpResponseData {
    if (hasHeader(response.headers, 'date')) return response;
    const date = new Date(this.options.clock.now()).toUTCString();
    return { ...response, headers: [...response.headers, ['Date', date]] };
  }
}

function refusal(status: Refusal, { method }: { readonly method?: string } = {}): HttpResponseData {
  const body = Buffer.from(`${REFUSALS[status]}\n`);
  return {
    status,
    statusText: REFUSALS[status],
    headers: [
      ['Content-Type', 'text/plain'],
      ['Content-Length', String(body.length)],
    ],
    body: method === 'HEAD' ? Buffer.alloc(0) : body,
    defaultResponse: false,
  };
}
