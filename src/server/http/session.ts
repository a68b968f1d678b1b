import { isFieldName, isFieldValue, quoteField, stripControls } from './field-syntax';
import type { HttpRequest, HttpResponseData } from './messages';
import { Payload, type PayloadSource } from './payload';
import { composeResponse, HELPER_REASONS, type ResponseDraft, type ResponseOptions } from './response';
import { Suspension } from './suspension';
import { parseUrl, type UrlDetails, type UrlOptions } from './url-details';

export interface ContentType {
  readonly type: string;
  readonly charset: string | undefined;
}

/** A response while a handler works on it. */
type Draft = Omit<ResponseDraft, 'payload'> & { readonly payload: Payload };

/** A status line of this length still passes the clients' usual limits on the size of the head. */
const LONGEST_REASON = 8000;

/**
 * One request and the response being prepared for it: the state behind the product's `ec_httpsrv_session`.
 *
 * The response methods have the effects of the C functions `ec_httpsrv_response_*`. What no client could read, or
 * what would break the framing of the connection, is noted in `problems` and left out of the response.
 *
 * Source: `3/3-api/structs-ec-httpsrv-session`, `3/3-api/apis-ec-httpsrv-response-*`.
 */
export class HttpSession {
  /** One sentence for each thing the handler set that cannot be sent as it is. */
  readonly problems: string[] = [];
  readonly suspension = new Suspension();
  /** The closure that the handler stored with the request: an object of the script's. */
  context: unknown;
  private draft: Draft = emptyDraft();
  private isFlushed = false;
  private isFinished = false;
  private parsedUrl: UrlDetails | undefined;

  constructor(
    readonly request: HttpRequest,
    private readonly urlOptions: UrlOptions = {},
  ) {}

  /** The same object for the whole request. */
  get url(): UrlDetails {
    return (this.parsedUrl ??= parseUrl(this.request.target, this.urlOptions));
  }

  /** The value of a request header, names compared without case; repeated headers are joined with a comma. */
  requestHeader(name: string): string | undefined {
    const wanted = name.toLowerCase();
    const values = this.request.headers.filter(([key]) => key.toLowerCase() === wanted);
    return values.length === 0 ? undefined : values.map(([, value]) => value).join(', ');
  }

  /** The media type and the charset parameter of the request's Content-Type, undefined without that header. */
  requestContentType(): ContentType | undefined {
    const header = this.requestHeader('content-type');
    if (header === undefined) return undefined;
    const charset = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(header);
    return { type: header.replace(/;[^]*$/, '').trim(), charset: charset?.[1] ?? charset?.[2] };
  }

  /** The response has been composed: whoever still holds the session holds freed memory in production. */
  get isComplete(): boolean {
    return this.isFinished;
  }

  /** The status line only. */
  statusSet(code: number, message: string): void {
    if (this.comesTooLate(`the status ${code}`)) return;
    const valid = Number.isInteger(code) && code >= 100 && code <= 999;
    if (!valid) this.problems.push(`${code} is not an HTTP status code (100 to 999); 500 is sent instead`);
    this.draft.status = { code: valid ? code : 500, reason: this.reasonPhrase(message) };
    this.draft.message = undefined;
  }

  /**
   * The status line and, when given, the Content-Type. Whether `message` also becomes the body is the option
   * `statusMessageAsBody` of `finish`.
   */
  statusSetStd(code: number, message: string, mimetype?: string): void {
    this.statusSet(code, message);
    if (this.isFlushed) return;
    this.draft.message = Buffer.from(message, 'latin1');
    if (mimetype !== undefined) this.headerSet('Content-Type', mimetype);
  }

  /** 200 `OK` */
  statusOk(type?: string): void {
    this.helperStatus(200, type);
  }

  /** 403 `DENIED` */
  statusDenied(type?: string): void {
    this.helperStatus(403, type);
  }

  /** 404 `NOT FOUND` */
  statusNotFound(type?: string): void {
    this.helperStatus(404, type);
  }

  /** 500 `ERROR` */
  statusError(type?: string): void {
    this.helperStatus(500, type);
  }

  /** Sets a header in place of one of the same name, names compared without case. */
  headerSet(name: string, value: string): void {
    if (this.comesTooLate(`the header ${quoteField(name)}`)) return;
    if (!isFieldName(name)) {
      this.problems.push(`${quoteField(name)} is not a valid header name; the header is not sent`);
    } else if (!isFieldValue(value)) {
      this.problems.push(
        `the value ${quoteField(value)} of the header ${name} holds a control character; the header is not sent`,
      );
    } else {
      this.draft.headers.set(name.toLowerCase(), [name, value]);
    }
  }

  /** Adds to the payload, whatever set it. */
  append(bytes: Buffer): void {
    this.draft.payload.append(bytes);
  }

  /**
   * Puts a payload in place of the current one: `response_string`, `response_json`, `response_xml`. A source is
   * read when the response is sent: `response_io`.
   */
  setPayload(content: Buffer | PayloadSource): void {
    this.draft.payload.set(content);
  }

  /** Sends what was prepared so far: status, headers and payload stay as they are. */
  flush(): void {
    this.draft.payload.flush(this.problems);
    this.isFlushed = true;
  }

  /** Forgets everything that was prepared; the problems remain on record. */
  reset(): void {
    this.draft = emptyDraft();
    this.isFlushed = false;
  }

  /**
   * The response as prepared so far, or the default response when nothing was. The request is complete with it.
   * May add to `problems`.
   */
  finish(options: ResponseOptions = {}): HttpResponseData {
    this.isFinished = true;
    const { payload, ...draft } = this.draft;
    const content = payload.isEmpty ? undefined : [payload.read(this.problems)];
    const { response, problems } = composeResponse(
      { ...draft, payload: content },
      this.request.method,
      options,
    );
    this.problems.push(...problems);
    return response;
  }

  private comesTooLate(what: string): boolean {
    if (this.isFlushed) this.problems.push(`${what} was set after response_flush had sent the head`);
    return this.isFlushed;
  }

  private helperStatus(code: keyof typeof HELPER_REASONS, type: string | undefined): void {
    this.statusSet(code, HELPER_REASONS[code]);
    if (type !== undefined) this.headerSet('Content-Type', type);
  }

  private reasonPhrase(message: string): string {
    const reason = stripControls(message);
    if (reason.length <= LONGEST_REASON) return reason;
    this.problems.push(
      `the status line's text has ${reason.length} bytes, more than clients accept; it is cut at ${LONGEST_REASON}`,
    );
    return reason.slice(0, LONGEST_REASON);
  }
}

function emptyDraft(): Draft {
  return { status: undefined, message: undefined, headers: new Map(), payload: new Payload() };
}
