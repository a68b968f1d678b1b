import type { DomainRecord } from '../domain-record';
import type { QueuedMessage } from '../queues';
import { valuesOf, type ReceivedResponse } from '../upstreams/outcome';
import type { Connection } from './connections';
import type { DeliveryRequest } from './http-request';

/** The answer to a request: what `http_response` has of it (3/3-api/structs-http-session). Byte strings. */
export class DeliveryResponse {
  /** Status line, headers, and the body if there is one. */
  readonly data: string;
  /** Where the body begins in it. */
  readonly payloadOffset: number;

  constructor(private readonly received: ReceivedResponse) {
    const { status, reason, headers } = received;
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const head = `${this.version} ${status} ${reason}\r\n${lines}\r\n`;
    this.payloadOffset = head.length;
    this.data = head + this.body;
  }

  get version(): string {
    return 'HTTP/1.1';
  }

  get status(): string {
    return String(this.received.status);
  }

  get reason(): string {
    return this.received.reason;
  }

  get body(): string {
    return this.received.body.toString('latin1');
  }

  /** -1: chunked. */
  get contentLength(): number {
    return Number(valuesOf(this.received.headers, 'content-length')[0] ?? -1);
  }

  /** The server closes the connection after it. */
  get closes(): boolean {
    return valuesOf(this.received.headers, 'connection').some((value) => /\bclose\b/i.test(value));
  }
}

/** One message on its way over HTTP: the product's `http_session` (3/3-api/structs-http-session). */
export class HttpDeliverySession {
  response: DeliveryResponse | undefined;

  constructor(
    readonly record: DomainRecord,
    readonly message: QueuedMessage,
    readonly connection: Connection,
    readonly request: DeliveryRequest,
  ) {}
}
