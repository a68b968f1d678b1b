/** A curl object: its options, and the requests that they make. */
import type { LuaFunction, LuaValue } from '../lua';
import type { HeaderList } from '../server/http/messages';
import { basicAuthorization, withHeaderLines } from './http-exchange';

export type CurlValue = LuaValue | readonly string[];

/** What a transfer has told about itself. */
export interface TransferInfo {
  readonly effectiveUrl: string;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly redirects: number;
  readonly headerSize: number;
  readonly uploaded: number;
  readonly downloaded: number;
  /** -1 where the server has not said it. */
  readonly announced: number;
  /** Virtual seconds. */
  readonly seconds: number;
}

export const NO_TRANSFER: TransferInfo = {
  effectiveUrl: '',
  status: 0,
  contentType: undefined,
  redirects: 0,
  headerSize: 0,
  uploaded: 0,
  downloaded: 0,
  announced: -1,
  seconds: 0,
};

type Verb = 'GET' | 'POST' | 'PUT' | 'HEAD';

/** Options that choose the method: the last one counts. */
const VERBS: Readonly<Record<string, Verb>> = {
  HTTPGET: 'GET',
  POST: 'POST',
  POSTFIELDS: 'POST',
  PUT: 'PUT',
  UPLOAD: 'PUT',
  NOBODY: 'HEAD',
};

const FORM = 'application/x-www-form-urlencoded';
const IF_MODIFIED = 1;
const IF_UNMODIFIED = 2;

export class CurlHandle {
  isClosed = false;
  info = NO_TRANSFER;
  #verb: Verb = 'GET';
  readonly #values = new Map<string, CurlValue>();

  /** Back to the defaults. */
  reset(): void {
    this.#verb = 'GET';
    this.#values.clear();
    this.info = NO_TRANSFER;
  }

  set(name: string, value: CurlValue): void {
    const verb = VERBS[name];
    if (verb && value !== false) this.#verb = verb;
    else if (verb && verb === this.#verb && name !== 'HTTPGET') this.#verb = 'GET';
    if (value === undefined) this.#values.delete(name);
    else this.#values.set(name, value);
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  number(name: string, otherwise = 0): number {
    const value = this.#values.get(name) ?? this.#values.get(`${name}_LARGE`);
    return typeof value === 'number' ? value : otherwise;
  }

  isOn(name: string): boolean {
    return this.#values.get(name) === true;
  }

  /** Whether it has been set to false. */
  isOff(name: string): boolean {
    return this.#values.get(name) === false;
  }

  list(name: string): readonly string[] {
    return (this.#values.get(name) ?? []) as readonly string[];
  }

  /** The callback of a kind (`WRITE`), and what it gets first: the curl object unless something else has been set. */
  callback(kind: string): { readonly fn: LuaFunction; readonly data: LuaValue } | undefined {
    const fn = this.#values.get(`${kind}FUNCTION`) as LuaFunction | undefined;
    const data = this.#values.has(`${kind}DATA`) ? this.#values.get(`${kind}DATA`) : this;
    return fn && { fn, data };
  }

  get method(): string {
    return this.text('CUSTOMREQUEST') ?? this.#verb;
  }

  get sendsBody(): boolean {
    return this.#verb === 'POST' || this.#verb === 'PUT';
  }

  get isHead(): boolean {
    return this.#verb === 'HEAD';
  }

  /** After a redirect that makes a GET of a POST (RFC 9110, 15.4). */
  get methodAfterPost(): string {
    return this.text('CUSTOMREQUEST') ?? 'GET';
  }

  /** `POSTFIELDS`, as far as its size says. */
  get postFields(): string | undefined {
    const fields = this.#verb === 'POST' ? this.text('POSTFIELDS') : undefined;
    const size = this.number('POSTFIELDSIZE', -1);
    return size < 0 ? fields : fields?.slice(0, size);
  }

  /** `body`: undefined where none is sent. */
  headers(url: URL, credentials: string | undefined, body: Buffer | undefined): HeaderList {
    const own: [string, string][] = [['Host', url.host]];
    const add = (name: string, value: string | undefined) => {
      if (value !== undefined) own.push([name, value]);
    };
    if (credentials !== undefined) own.push(basicAuthorization(credentials));
    add('User-Agent', this.text('USERAGENT'));
    add('Range', this.#range);
    add('Referer', this.text('REFERER'));
    add('Cookie', this.text('COOKIE'));
    own.push(['Accept', '*/*']);
    add('Accept-Encoding', this.text('ENCODING'));
    if (body) own.push(['Content-Length', String(body.length)]);
    if (body && this.#verb === 'POST') own.push(['Content-Type', FORM]);
    this.#addCondition(own);
    return withHeaderLines(own, this.list('HTTPHEADER'));
  }

  get #range(): string | undefined {
    const resumed = this.number('RESUME_FROM');
    const range = resumed > 0 ? `${resumed}-` : this.text('RANGE');
    return range === undefined ? undefined : `bytes=${range}`;
  }

  #addCondition(headers: [string, string][]): void {
    const condition = this.number('TIMECONDITION');
    const date = new Date(this.number('TIMEVALUE') * 1000).toUTCString();
    if (condition === IF_MODIFIED) headers.push(['If-Modified-Since', date]);
    if (condition === IF_UNMODIFIED) headers.push(['If-Unmodified-Since', date]);
  }
}
