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
