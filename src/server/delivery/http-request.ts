/** The request of a delivery over HTTP (3/3-api/structs-http-session, 3/3-api/httpclnt). All texts are byte strings. */
import { isFieldName, isFieldValue, quoteField, stripControls } from '../http/field-syntax';
import type { HeaderList } from '../http/messages';

/** What goes over the connection. */
export interface WireRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers: HeaderList;
  readonly body: Buffer;
  /** `Content-Length` says more than there is: the server waits for the rest. */
  readonly isIncomplete: boolean;
}

/** What `http_request_finalize` has built. */
interface Built {
  readonly headers: HeaderList;
  readonly body: string;
  readonly data: string;
}

/** `HTTP_INTERNAL_OK` */
const OK = 0;

export class DeliveryRequest {
  body: string | undefined;
  #headers: [string, string][] = [];
  #built: Built | undefined;
  #isChanged = false;

  constructor(
    readonly method: string,
    /** `1.1` */
    readonly version: string,
    readonly uri: string,
  ) {}

  /** The whole request as it has been built: request line, headers, body. */
  get data(): string | undefined {
    return this.#built?.data;
  }

  get headers(): HeaderList {
    return this.#headers;
  }

  /** `http_request_add_header`: 1 when it replaced headers of that name, 0 when it appended one. */
  addHeader(name: string, value: string, replaces: boolean): 0 | 1 {
    const isReplaced = replaces && this.deleteHeader(name) === 1;
    this.#headers.push([name, value]);
    this.#isChanged = true;
    return isReplaced ? 1 : 0;
  }

  /** `http_request_delete_header`: 1 when there was such a header. */
  deleteHeader(name: string): 0 | 1 {
    const others = this.#headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
    const isDeleted = others.length < this.#headers.length;
    this.#headers = others;
    this.#isChanged ||= isDeleted;
    return isDeleted ? 1 : 0;
  }

  setBody(body: string): void {
    this.body = body;
    this.#isChanged = true;
  }

  /** `http_request_finalize`: builds the request, anew with `update`; without it, answers the length of one that is there. */
  finalize(update: boolean): number {
    if (this.#built && !update) return this.#built.data.length;
    const { body = '' } = this;
    const headers: HeaderList = this.#headers.map(([name, value]) => [name, value]);
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const data = `${this.method} ${this.uri} HTTP/${this.version}\r\n${lines}\r\n${body}`;
    this.#built = { headers, body, data };
    this.#isChanged = false;
    return OK;
  }

  /** What is sent. */
  wire(): WireRequest {
    const { headers, body } = this.#content;
    const announced = announcedLength(headers) ?? 0;
    return {
      method: this.method,
      uri: this.uri,
      headers: headers
        .filter(([name]) => isFieldName(name))
        .map(([name, value]) => [name, stripControls(value)]),
      body: Buffer.from(body.slice(0, announced), 'latin1'),
      isIncomplete: announced > body.length,
    };
  }

  /** Why it does not arrive as its module wants it. */
  problems(): string[] {
    const { headers, body } = this.#content;
    const problems: string[] = [];
    if (this.#isChanged)
      problems.push(
        'it was changed after it had been built: call sess:request_finalize(1), or the changes are lost',
      );
    const announced = announcedLength(headers);
    if (announced === undefined && body !== '')
      problems.push(
        `it has a body of ${body.length} bytes and no Content-Length: the server takes none of it`,
      );
    if (announced !== undefined && announced !== body.length)
      problems.push(`its Content-Length is ${announced}, and its body has ${body.length} bytes`);
    for (const [name, value] of headers)
      if (!isFieldName(name) || !isFieldValue(value))
        problems.push(`the header ${quoteField(`${name}: ${value}`)} breaks it`);
    return problems;
  }

  get #content(): Pick<Built, 'headers' | 'body'> {
    return this.#built ?? { headers: [], body: '' };
  }
}

function announcedLength(headers: HeaderList): number | undefined {
  const value = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1].trim();
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
