/** Delivers one message over HTTP (3/3-api/custom-channels-overview, 3/3-push/push-generic-delivery-lua). */
import { byteString, shownText } from '../bytes';
import type { DomainRecord } from '../domain-record';
import type { DeliveryResult, RemoteOutcome } from '../remote';
import type { UpstreamOutcome } from '../upstreams/outcome';
import type { Attempt } from './attempts';
import type { DialogueLine } from './dialogue';
import { DeliveryRequest } from './http-request';
import { DeliveryResponse, HttpDeliverySession } from './http-session';
import { httpTarget, httpUrl, type HttpTarget } from './http-target';
import { noteResponseStatus, responseStatus } from './response-status';
import { RESPONSES } from './responses';
import type { DeliveryServices } from './services';

/** "Reading confirmation" (4/4-log-formats-connection-stages). */
const STAGE = 9;
const REFUSED: RemoteOutcome = { kind: 'refuse' };

export interface HttpConclusion {
  readonly behaviour: RemoteOutcome;
  readonly dialogue: readonly DialogueLine[];
  /** The connection is not used again. */
  readonly closes: boolean;
}

export class HttpExchange {
  readonly #services: DeliveryServices;
  readonly #session: HttpDeliverySession;
  readonly #target: HttpTarget;
  #outcome: UpstreamOutcome = { kind: 'refused', millis: 0 };

  constructor({ message, connection }: Attempt, record: DomainRecord, services: DeliveryServices) {
    this.#services = services;
    this.#target = httpTarget(services.policy, message, connection);
    this.#session = new HttpDeliverySession(record, message, connection, this.#newRequest(message));
    this.#build();
  }

  /** Whether a connection comes about. */
  get isReachable(): boolean {
    const { upstreams, report } = this.#services;
    const url = this.#url;
    const missing = url && upstreams.missing(url);
    if (missing !== undefined) report('UNCONFIGURED_UPSTREAM', missing);
    return url !== undefined && upstreams.accepts(url);
  }

  /** Lets modules change the request, and sends it; answers the milliseconds that the answer takes. */
  async send(): Promise<number> {
    const { policy, report, upstreams } = this.#services;
    const { request, message } = this.#session;
    await policy.hooks.httpRequest?.(this.#session);
    for (const problem of request.problems())
      report(
        'REQUEST_PROBLEM',
        `the HTTP request for message ${message.id} to ${message.domain}: ${problem}`,
      );
    const { method, headers, body, isIncomplete } = request.wire();
    const url = this.#url;
    if (url) {
      const missing = upstreams.missing(url);
      if (missing !== undefined) report('UNCONFIGURED_UPSTREAM', missing);
      this.#outcome = await upstreams.ask({ method, url, headers, body });
    }
    const timeout = policy.number('delivery_response_timeout', policy.scopeOf(message));
    if (isIncomplete || this.#outcome.millis >= timeout) this.#outcome = { kind: 'timeout', millis: timeout };
    return this.#outcome.millis;
  }

  /** Lets modules look at the answer, and says what becomes of the message. */
  async conclude(): Promise<HttpConclusion> {
    const { message, request } = this.#session;
    const outcome = this.#outcome;
    const said: DialogueLine = {
      direction: '>',
      text: shownText(`${request.method} ${request.uri} HTTP/${request.version}`),
    };
    if (outcome.kind === 'refused') return { behaviour: REFUSED, dialogue: [said], closes: true };
    if (outcome.kind !== 'response') {
      const text = outcome.kind === 'reset' ? RESPONSES.closedByRemote : RESPONSES.noHttpResponse;
      noteResponseStatus(message, text);
      const silence: DialogueLine = { direction: '=', text };
      return { behaviour: reply(text, 'transient'), dialogue: [said, silence], closes: true };
    }
    const response = new DeliveryResponse(outcome);
    const line = shownText(`${response.status} ${response.reason}`).trimEnd();
    noteResponseStatus(message, line);
    this.#session.response = response;
    await this.#services.policy.hooks.httpResponse?.(this.#session);
    const { status, detail } = responseStatus(message);
    const result = resultOf(status);
    const text = status === '' ? line : shownText(`${status} ${detail}`).trimEnd();
    if (result === 'delivered') noteResponseStatus(message, undefined);
    const heard: DialogueLine = { direction: '<', text: `HTTP/1.1 ${line}` };
    return { behaviour: reply(text, result), dialogue: [said, heard], closes: response.closes };
  }

  get #url(): URL | undefined {
    const { request } = this.#session;
    const { headers } = request.wire();
    const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
    return httpUrl(this.#target, host, shownText(request.uri));
  }

  #newRequest(message: Attempt['message']): DeliveryRequest {
    const { policy } = this.#services;
    const where = policy.scopeOf(message);
    const option = (name: string) => {
      const text = policy.settings.text(name, where);
      return text ? byteString(text) : undefined;
    };
    const request = new DeliveryRequest(
      (option('http_method') ?? 'POST').toUpperCase(),
      option('http_version') ?? '1.1',
      option('http_uri') ?? '/',
    );
    const host = option('http_host');
    const credentials = option('http_basic_auth');
    if (host !== undefined) request.addHeader('Host', host, true);
    if (credentials !== undefined)
      request.addHeader(
        'Authorization',
        `Basic ${Buffer.from(credentials, 'latin1').toString('base64')}`,
        true,
      );
    return request;
  }

  /** The message itself is what a request carries, unless a module puts something else in its place. */
  #build(): void {
    const { message, request, connection } = this.#session;
    const body = message.raw?.toString('latin1') ?? '';
    request.setBody(body);
    request.addHeader('Content-Type', 'message/rfc822', true);
    request.addHeader('Content-Length', String(body.length), true);
    request.finalize(true);
    const context = message.context.message;
    context.set('DLV_Source_Addr', message.from);
    context.set('DLV_Dest_Addr', message.to);
    context.set('DLV_Msg_Length', String(request.data?.length ?? 0));
    context.set('DLV_Remote_IP_Address', connection.ip);
  }
}

function reply(text: string, result: DeliveryResult): RemoteOutcome {
  return { kind: 'reply', code: Number.parseInt(text, 10) || 0, text, stage: STAGE, result };
}

const SUCCESS = 200;
const NO_SUCCESS = 300;
/** From here on, codes are those of the product's own problems too, which pass (3/3-api/custom-channels-custom-routines). */
const PASSING = 500;

/** What a status means for a message; none is a success. */
function resultOf(status: string): DeliveryResult {
  if (status === '') return 'delivered';
  const code = Number(status);
  if (code >= SUCCESS && code < NO_SUCCESS) return 'delivered';
  return code < PASSING ? 'failed' : 'transient';
}
