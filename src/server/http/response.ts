import { STATUS_CODES } from 'node:http';
import type { HeaderList, HttpResponseData } from './messages';

/** What a handler has prepared so far; undefined where it has set nothing. */
export interface ResponseDraft {
  status: { readonly code: number; readonly reason: string } | undefined;
  /** The message of `response_status_set_std`, which may have been meant as the body. */
  message: Buffer | undefined;
  /** By lower-case name. */
  readonly headers: Map<string, readonly [name: string, value: string]>;
  payload: Buffer[] | undefined;
}

export interface ResponseOptions {
  /**
   * Whether the message of `response_status_set_std` is also sent as the body. The C documentation calls it the
   * status line's text, both documented Lua examples pass their content there.
   * - `'when-empty'` (default): when the handler set no payload and the message is not a standard reason phrase
   * - `'never'`
   * - `'always'`: every message, ahead of the payload
   */
  readonly statusMessageAsBody?: 'when-empty' | 'never' | 'always';
  /** What is sent when a handler set nothing: 200 OK without a body unless told otherwise. */
  readonly defaultResponse?: {
    readonly status?: number;
    readonly statusText?: string;
    readonly headers?: HeaderList;
    readonly body?: Buffer;
  };
}

/** The reason phrases of `response_status_ok`, `_denied`, `_not_found` and `_error`. */
export const HELPER_REASONS = { 200: 'OK', 403: 'DENIED', 404: 'NOT FOUND', 500: 'ERROR' } as const;

/** Header fields that describe how the server writes the response, and so are not a handler's to choose. */
const FRAMING_FIELDS = ['content-length', 'transfer-encoding', 'trailer'];

/** Makes a complete response of a draft: status, framing headers, body as the request method and status allow. */
export function composeResponse(
  draft: ResponseDraft,
  method: string,
  options: ResponseOptions,
): { response: HttpResponseData; problems: string[] } {
  const { defaultResponse = {} } = options;
  const untouched = !draft.status && !draft.payload && draft.headers.size === 0;
  const status = draft.status?.code ?? (untouched ? defaultResponse.status : undefined) ?? 200;
  const reason = draft.status?.reason ?? (untouched ? defaultResponse.statusText : undefined);
  const content = untouched ? (defaultResponse.body ?? Buffer.alloc(0)) : contentOf(draft, options);
  const headers = untouched ? (defaultResponse.headers ?? []) : [...draft.headers.values()];
  const bodiless = forbidsBody(status);
  return {
    response: {
      status,
      statusText: reason ?? STATUS_CODES[status] ?? '',
      headers: [
        ...headers.filter(([name]) => !FRAMING_FIELDS.includes(name.toLowerCase())),
        ...(bodiless ? [] : [['Content-Length', String(content.length)] as const]),
      ],
      body: bodiless || method === 'HEAD' ? Buffer.alloc(0) : content,
      defaultResponse: untouched,
    },
    problems: framingProblems(draft, status, content),
  };
}

function contentOf(draft: ResponseDraft, { statusMessageAsBody = 'when-empty' }: ResponseOptions): Buffer {
  const { status, message, payload } = draft;
  const spoken =
    message !== undefined &&
    (statusMessageAsBody === 'always' ||
      (statusMessageAsBody === 'when-empty' && !payload && !isStandardReason(status?.code, message)));
  return Buffer.concat([...(spoken ? [message] : []), ...(payload ?? [])]);
}

function isStandardReason(code: number | undefined, message: Buffer): boolean {
  const reasons: Record<number, string> = HELPER_REASONS;
  const text = message.toString('latin1').trim().toLowerCase();
  return (
    code !== undefined && [STATUS_CODES[code], reasons[code]].some((reason) => reason?.toLowerCase() === text)
  );
}

function forbidsBody(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}

function framingProblems(draft: ResponseDraft, status: number, content: Buffer): string[] {
  const problems: string[] = [];
  if (status < 200) {
    problems.push(`status ${status} announces a further response; the client waits for one that never comes`);
  }
  const size = draft.payload?.reduce((sum, { length }) => sum + length, 0) ?? 0;
  if (forbidsBody(status) && size > 0) {
    problems.push(`a ${status} response has no body; the payload of ${size} bytes is not sent`);
  }
  for (const field of FRAMING_FIELDS) {
    const [name, value] = draft.headers.get(field) ?? [];
    if (name === undefined || (field === 'content-length' && value === String(content.length))) continue;
    problems.push(
      `the header ${name}: ${value} does not describe the response as the server sends it; dropped`,
    );
  }
  return problems;
}
