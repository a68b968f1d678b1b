export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** Header names as sent or received, values as byte strings (latin1), in order, repetitions included. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** A request that has been received completely. */
export interface HttpRequest {
  /** `"GET"`, `"POST"`, any token. */
  readonly method: string;
  /** The request target as received, latin1. */
  readonly target: string;
  readonly headers: HeaderList;
  readonly body: Buffer;
  readonly remote: SocketAddress;
  readonly local: SocketAddress;
  /** The listener's address as configured (`*:2081`), which the logs show in place of the bound one. */
  readonly listener?: string;
  /** `"1.1"`, `"1.0"`. */
  readonly httpVersion: string;
  /** The authenticated user, a byte string; undefined when nobody is (3/3-api/apis-ec-httpsrv-request-username-get). */
  readonly username?: string;
  /** The common name of an authenticated peer certificate, a byte string (3/3-api/apis-ec-httpsrv-request-subject-cn-get). */
  readonly subjectCn?: string;
  /** Of an HTTPS connection. */
  readonly tls?: HttpTls;
}

export interface HttpTls {
  /** `TLSv1.3` */
  readonly protocol: string;
  /** `TLS_AES_256_GCM_SHA384` */
  readonly cipher: string;
  /** The client showed a certificate, and the listener's authorities vouch for it. */
  readonly verified: boolean;
}

/** What goes back to the client, ready to be written. */
export interface HttpResponseData {
  /** 100 to 999. */
  readonly status: number;
  /** The reason phrase, latin1, free of control characters; may be empty. */
  readonly statusText: string;
  readonly headers: HeaderList;
  readonly body: Buffer;
  /** The handler set nothing at all. */
  readonly defaultResponse: boolean;
}
