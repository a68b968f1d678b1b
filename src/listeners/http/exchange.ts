import type { HeaderList, HttpRequest, HttpResponseData } from '../../server/http/messages';
import { endpointName, type EndpointName } from '../../server/http/registry';
import { HttpSession } from '../../server/http/session';
import { checkAccess, type AccessVerdict } from './access';
import type { Authentication, RequestHead } from './authentication';
import { hasHeader } from './headers';
import { accessLine, httpLogEntry } from './log-line';
import { refusal, type Refusal } from './refusal';
import type { Handler, HttpRouterOptions, RoutedResponse } from './router';
import type { HttpSettings } from './settings';

/**
 * One request and its response. `admit` first, then one of `answer` and `refuse`, unless it was refused already.
 *
 * Source: `3/3-rest/rest-http-listener`; a handler is looked up for a request that has been authenticated
 * (`3/3-api/apis-ec-httpsrv-register`).
 */
export class HttpExchange {
  private readonly from: number;
  private username: string | undefined;

  constructor(
    private readonly options: HttpRouterOptions,
    private readonly authentication: Authentication | undefined,
    private readonly head: RequestHead,
    private readonly settings: HttpSettings,
  ) {
    this.from = options.clock.now();
  }

  /** Access control: resolves to the refusal, or undefined when the request may go on. Rejects when it crashes. */
  async admit(): Promise<RoutedResponse | undefined> {
    let verdict: AccessVerdict;
    try {
      verdict = await checkAccess(this.head, this.settings, this.authentication);
    } catch (error) {
      const session = this.session(Buffer.alloc(0));
      return this.conclude(await this.failed(error, session));
    }
    if (verdict.status === 401) {
      return this.refuse(
        401,
        verdict.challenges.map((challenge) => ['WWW-Authenticate', challenge]),
      );
    }
    if (verdict.status !== 'granted') return this.refuse(verdict.status);
    this.username = verdict.username;
    return undefined;
  }

  /** Runs the handler of the endpoint, if there is one. Rejects when that crashes the server. */
  async answer(body: Buffer): Promise<RoutedResponse> {
    const session = this.session(body);
    const endpoint = this.options.registry().match(this.head.method, session.url.path);
    if (!endpoint) return this.refuse(404);
    return this.conclude(await this.run(endpoint.handler, session), endpointName(endpoint));
  }

  refuse(status: Refusal, headers: HeaderList = []): RoutedResponse {
    return this.conclude(refusal(status, this.head.method, headers));
  }

  private session(body: Buffer): HttpSession {
    const request: HttpRequest = { ...this.head, username: this.username, body };
    return new HttpSession(request, this.options);
  }

  private async run(handler: Handler, session: HttpSession): Promise<HttpResponseData> {
    try {
      await handler(session);
      const response = session.finish(this.options);
      if (session.problems.length > 0) this.options.onProblems?.(session);
      return response;
    } catch (error) {
      return this.failed(error, session);
    }
  }

  private async failed(error: unknown, session: HttpSession): Promise<HttpResponseData> {
    session.reset();
    session.statusSet(500, 'Internal Server Error');
    await this.options.onError?.(error, session);
    return session.finish(this.options);
  }

  private conclude(response: HttpResponseData, handler?: EndpointName): RoutedResponse {
    const { clock, log, httplog = true, paniclog } = this.options;
    const entry = httpLogEntry(this.head, response, { from: this.from, to: clock.now() });
    if (httplog) log?.(entry);
    if (this.settings.logRequestsToPaniclog) paniclog?.(accessLine(entry, this.head.remote.address));
    return { ...dated(response, clock), handler };
  }
}

export function dated(response: HttpResponseData, clock: { now(): number }): HttpResponseData {
  if (hasHeader(response.headers, 'date')) return response;
  return { ...response, headers: [...response.headers, ['Date', new Date(clock.now()).toUTCString()]] };
}
