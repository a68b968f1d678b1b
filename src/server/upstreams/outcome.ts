/** How a request to an upstream ends, as its client sees it. */
import { STATUS_CODES } from 'node:http';
import { UsageError } from '../../support/errors';
import { byteString } from '../bytes';
import { durationMillis } from '../duration';
import { isFieldName, isFieldValue, quoteField } from '../http/field-syntax';
import type { HeaderList } from '../http/messages';
import type { UpstreamAnswer, UpstreamError, UpstreamResponse } from './fixtures';

export interface ReceivedResponse {
  readonly kind: 'response';
  readonly status: number;
  /** A byte string. */
  readonly reason: string;
  /** With a Content-Length, unless the upstream has said how long it is. */
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** `millis`: virtual time until then; infinite where nothing ever comes. */
export type UpstreamOutcome = (ReceivedResponse | { readonly kind: UpstreamError }) & {
  readonly millis: number;
};

/** Throws UsageError for an answer that no server could give. */
export function outcomeOf(answer: UpstreamAnswer, where: string): UpstreamOutcome {
  if ('error' in answer) return { kind: answer.error, millis: answer.error === 'timeout' ? Infinity : 0 };
  const { status = 200, statusText, delay = 0 } = answer;
  const body = bodyOf(answer);
  return {
    kind: 'response',
    status,
    reason: byteString(statusText ?? STATUS_CODES[status] ?? ''),
    headers: headersOf(answer, body.length, where),
    body,
    millis: durationMillis(delay),
  };
}

const isRaw = (body: unknown): body is string | Uint8Array | undefined | null =>
  body === undefined || body === null || typeof body === 'string' || body instanceof Uint8Array;

function bodyOf({ body }: UpstreamResponse): Buffer {
  return isRaw(body) ? Buffer.from(body ?? '') : Buffer.from(JSON.stringify(body));
}

function headersOf({ headers = {}, body }: UpstreamResponse, length: number, where: string): HeaderList {
  const list = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : [...value]).map((one): [string, string] => [
      name,
      byteString(one),
    ]),
  );
  for (const [name, value] of list)
    if (!isFieldName(name) || !isFieldValue(value))
      throw new UsageError(`${where}: no header can be ${quoteField(`${name}: ${value}`)}`);
  const has = (wanted: string) => list.some(([name]) => name.toLowerCase() === wanted);
  if (!isRaw(body) && !has('content-type')) list.push(['Content-Type', 'application/json']);
  if (!has('content-length') && !has('transfer-encoding')) list.push(['Content-Length', String(length)]);
  return list;
}

/** The values of a header, in whatever case its name is. */
export const valuesOf = (headers: HeaderList, wanted: string): string[] =>
  headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
