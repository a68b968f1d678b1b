import type { HttpRequest, HttpResponseData } from '../../server/http/messages';
import type { EndpointName, EndpointRegistry } from '../../server/http/registry';
import type { ResponseOptions } from '../../server/http/response';
import type { HttpSession } from '../../server/http/session';
import type { UrlOptions } from '../../server/http/url-details';
import { Authentication, type AuthenticationOptions, type RequestHead } from './authentication';
import { dated, HttpExchange } from './exchange';
import type { HttpLogEntry } from './log-line';
import { refusal, type Refusal } from './refusal';
import { DEFAULT_HTTP_SETTINGS, type HttpSettings } from './settings';

/** Prepares the response in the session; what it throws goes to `onError`. */
export type Handler = (session: HttpSession) => void | Promise<void>;

export interface HttpRouterOptions extends ResponseOptions, UrlOptions {
  /** The endpoints of the running configuration generation. Throws when the server is down. */
  readonly registry: () => EndpointRegistry<Handler>;
  /** Milliseconds since 1970. */
  readonly clock: { now(): number };
  /** Without it nobody gets in where authentication is enabled. */
  readonly authentication?: AuthenticationOptions;
  /** Writes a line of the httplog. */
  readonly log?: (entry: HttpLogEntry) => void;
  /** Whether the httplog is written (the module `http_logger`), looked at for each request; true when left out. */
  readonly httplog?: boolean;
  /** Writes to the paniclog what `Log_Requests_to_Paniclog` asks for: the line behind its time stamp. */
  readonly paniclog?: (message: string) => void;
  /**
   * Told of an error that a handler threw, or the authentication, with a session that has been set to an empty 500,
   * to record it and, possibly, prepare another response. What it throws itself is a crash of the server.
   */
  readonly onError?: (error: unknown, session: HttpSession) => void | Promise<void>;
  /** Told when `session.problems` is not empty after the handler; what it throws counts as the handler's error. */
  readonly onProblems?: (session: HttpSession) => void;
}

export interface RoutedResponse extends HttpResponseData {
  /** The endpoint that answered, undefined when there was none. */
  readonly handler: EndpointName | undefined;
}

/** What all listeners share: from request to response, with or without a socket. */
export class HttpRouter {
  private readonly authentication: Authentication | undefined;

  constructor(private readonly options: HttpRouterOptions) {
    this.authentication = options.authentication && new Authentication(options.authentication, options.clock);
  }

  /**
   * Answers one complete request as a listener with these settings would: access control, size, endpoint, log.
   * Without a matching path and method the answer is a 404, without a handler's result a 500. Rejects only when the
   * server crashed: what `registry` or `onError` throws.
   */
  async handle(
    request: HttpRequest,
    settings: HttpSettings = DEFAULT_HTTP_SETTINGS,
  ): Promise<RoutedResponse> {
    const exchange = this.open(request, settings);
    const refused = await exchange.admit();
    if (refused) return refused;
    if (request.body.length > (settings.maxRequestSize ?? Infinity)) return exchange.refuse(413);
    return exchange.answer(request.body);
  }

  /** Begins the exchange for a request whose body may still be on its way. Throws when the server is down. */
  open(head: RequestHead, settings: HttpSettings): HttpExchange {
    this.options.registry();
    return new HttpExchange(this.options, this.authentication, head, settings);
  }

  /** The answer to what could not be read as a request. Nothing is logged. */
  refuse(status: Refusal): HttpResponseData {
    return dated(refusal(status), this.options.clock);
  }
}
