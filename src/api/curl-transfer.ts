/** What `c:perform()` does: requests, redirects, callbacks (4/lua/ref-curl-c-perform). */
import { LuaRaise, type HostCall, type LuaFunction, type LuaValue } from '../lua';
import { valuesOf, type ReceivedResponse } from '../server/upstreams/outcome';
import { requestUrl, takeCredentials } from '../server/upstreams/upstreams';
import { NO_TRANSFER, type CurlHandle } from './curl-handle';
import { chain, CURL_ERRORS, exchange, FAILURES, type CurlError } from './http-exchange';
import type { Runtime } from './runtime';

/** Undefined: all went well. */
export type TransferResult = CurlError | undefined;

/** What a callback is given at a time (CURL_MAX_WRITE_SIZE). */
const CHUNK = 16_384;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** That keep method and body. */
const STRICT_REDIRECTS: readonly number[] = [307, 308];
/** What libcurl does not limit ends here all the same. */
const MAX_REDIRECTS = 50;

interface Hop {
  readonly url: URL;
  readonly credentials: string | undefined;
  readonly method: string;
  readonly body: Buffer | undefined;
}

export class CurlTransfer {
  #redirects = 0;
  #headerSize = 0;
  readonly #startedAt: number;

  constructor(
    private readonly runtime: Runtime,
    private readonly handle: CurlHandle,
    private readonly call: HostCall,
  ) {
    this.#startedAt = runtime.server.clock.millis();
  }

  run(): TransferResult | Promise<TransferResult> {
    const { handle } = this;
    handle.info = NO_TRANSFER;
    const url = requestUrl(handle.text('URL') ?? '');
    if (!url) return CURL_ERRORS.URL_MALFORMAT;
    if (!/^https?:$/.test(url.protocol)) return CURL_ERRORS.UNSUPPORTED_PROTOCOL;
    const port = handle.number('PORT');
    if (port > 0) url.port = String(port);
    const credentials = takeCredentials(url) ?? handle.text('USERPWD');
    if (this.#progress(0, 0, 0) !== 0) return CURL_ERRORS.ABORTED_BY_CALLBACK;
    const body = handle.sendsBody ? this.#body() : undefined;
    return this.#hop({ url, credentials, method: handle.method, body });
  }

  #hop(hop: Hop): TransferResult | Promise<TransferResult> {
    const { handle, runtime, call } = this;
    const { url, credentials, method, body } = hop;
    const headers = handle.headers(url, credentials, body);
    const limits = { total: handle.number('TIMEOUT'), connect: handle.number('CONNECTTIMEOUT') };
    const request = { method, url: new URL(url), headers, body: body ?? Buffer.alloc(0) };
    return chain(exchange(runtime, request, limits, 'c:perform', call), (outcome) => {
      if (outcome.kind !== 'response') return FAILURES[outcome.kind];
      return this.#received(hop, outcome);
    });
  }

  #received(hop: Hop, response: ReceivedResponse): TransferResult | Promise<TransferResult> {
    const { handle } = this;
    const { status, headers } = response;
    const block = [
      `HTTP/1.1 ${status} ${response.reason}`,
      ...headers.map(([name, value]) => `${name}: ${value}`),
      '',
    ].map((line) => `${line}\r\n`);
    this.#headerSize += block.join('').length;
    this.#note(hop, response, 0);
    for (const line of block) if (!this.#give('HEADER', line)) return CURL_ERRORS.WRITE_ERROR;
    if (handle.isOn('HEADER') && !block.every((line) => this.#give('WRITE', line)))
      return CURL_ERRORS.WRITE_ERROR;
    const next = handle.isOn('FOLLOWLOCATION') ? this.#redirected(hop, response) : undefined;
    if (next) return 'code' in next ? next : this.#hop(next);
    if (handle.isOn('FAILONERROR') && status >= 400) return CURL_ERRORS.HTTP_RETURNED_ERROR;
    return this.#download(hop, response);
  }

  #redirected(hop: Hop, { status, headers }: ReceivedResponse): Hop | CurlError | undefined {
    const { handle } = this;
    const [location] = valuesOf(headers, 'location');
    if (location === undefined || !REDIRECTS.includes(status)) return undefined;
    const allowed = handle.number('MAXREDIRS', -1);
    if (this.#redirects >= (allowed < 0 ? MAX_REDIRECTS : allowed)) return CURL_ERRORS.TOO_MANY_REDIRECTS;
    if (!URL.canParse(location, hop.url.href)) return CURL_ERRORS.URL_MALFORMAT;
    this.#redirects++;
    const url = new URL(location, hop.url);
    url.hash = '';
    if (!/^https?:$/.test(url.protocol)) return CURL_ERRORS.UNSUPPORTED_PROTOCOL;
    if (handle.isOn('AUTOREFERER')) handle.set('REFERER', hop.url.href);
    const isKnownHost = url.hostname === hop.url.hostname || handle.isOn('UNRESTRICTED_AUTH');
    const credentials = takeCredentials(url) ?? (isKnownHost ? hop.credentials : undefined);
    const keeps = STRICT_REDIRECTS.includes(status) || !handle.sendsBody;
    return keeps
      ? { ...hop, url, credentials }
      : { url, credentials, method: handle.methodAfterPost, body: undefined };
  }

  #download(hop: Hop, response: ReceivedResponse): TransferResult {
    const { handle } = this;
    const { length } = response.body;
    const limit = handle.number('MAXFILESIZE');
    if (limit > 0 && length > limit) return CURL_ERRORS.FILESIZE_EXCEEDED;
    const body = handle.isHead ? '' : response.body.toString('latin1');
    for (let at = 0; at < body.length; at += CHUNK)
      if (!this.#give('WRITE', body.slice(at, at + CHUNK))) return CURL_ERRORS.WRITE_ERROR;
    this.#note(hop, response, body.length);
    const isStopped = this.#progress(length, body.length, hop.body?.length ?? 0) !== 0;
    return isStopped ? CURL_ERRORS.ABORTED_BY_CALLBACK : undefined;
  }

  #note({ url, body }: Hop, { status, headers }: ReceivedResponse, downloaded: number): void {
    this.handle.info = {
      effectiveUrl: url.href,
      status,
      contentType: valuesOf(headers, 'content-type')[0],
      redirects: this.#redirects,
      headerSize: this.#headerSize,
      uploaded: body?.length ?? 0,
      downloaded,
      announced: Number(valuesOf(headers, 'content-length')[0] ?? -1),
      seconds: (this.runtime.server.clock.millis() - this.#startedAt) / 1000,
    };
  }

  /** What is sent: `POSTFIELDS`, or what the callback reads. */
  #body(): Buffer {
    const { handle } = this;
    const fields = handle.postFields;
    if (fields !== undefined) return Buffer.from(fields, 'latin1');
    const reader = handle.callback('READ');
    if (!reader) return Buffer.alloc(0);
    const size = handle.number('INFILESIZE', -1);
    let left = size < 0 ? Infinity : size;
    let text = '';
    while (left > 0) {
      const wanted = Math.min(CHUNK, left);
      const [read] = this.#callback(reader.fn, [reader.data, wanted]);
      const piece = typeof read === 'string' || typeof read === 'number' ? String(read) : '';
      if (piece === '') break;
      text += piece.slice(0, wanted);
      left -= Math.min(piece.length, wanted);
    }
    return Buffer.from(text, 'latin1');
  }

  /** Gives a piece to a callback; whether it has taken all of it. */
  #give(kind: 'WRITE' | 'HEADER', piece: string): boolean {
    const callback = this.handle.callback(kind);
    if (!callback) return true;
    const [taken] = this.#callback(callback.fn, [callback.data, piece]);
    return Math.trunc(Number(taken ?? 0)) === piece.length;
  }

  /** A number other than 0 ends the transfer. It is called once `NOPROGRESS` is false. */
  #progress(total: number, now: number, sent: number): number {
    const { handle } = this;
    const callback = handle.isOff('NOPROGRESS') ? handle.callback('PROGRESS') : undefined;
    if (!callback) return 0;
    const [result] = this.#callback(callback.fn, [callback.data, total, now, sent, sent]);
    return typeof result === 'number' ? Math.trunc(result) : 0;
  }

  /** C calls Lua back: nothing can wait there. */
  #callback(fn: LuaFunction, args: readonly LuaValue[]): LuaValue[] {
    try {
      return this.runtime.vm.callSync(fn, args, this.call.context);
    } catch (error) {
      // What Lua raises, and what may not be caught, has a class of its own; this is a call that would have to wait.
      if (error instanceof Error && error.constructor === Error)
        throw new LuaRaise('attempt to yield across metamethod/C-call boundary');
      throw error;
    }
  }
}
