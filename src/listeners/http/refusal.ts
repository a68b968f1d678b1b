import type { HeaderList, HttpResponseData } from '../../server/http/messages';

const REFUSALS = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
} as const;
export type Refusal = keyof typeof REFUSALS;

/** The answer to a request that reaches no handler. */
export function refusal(status: Refusal, method?: string, headers: HeaderList = []): HttpResponseData {
  const body = Buffer.from(`${REFUSALS[status]}\n`);
  return {
    status,
    statusText: REFUSALS[status],
    headers: [['Content-Type', 'text/plain'], ...headers, ['Content-Length', String(body.length)]],
    body: method === 'HEAD' ? Buffer.alloc(0) : body,
    defaultResponse: false,
  };
}
