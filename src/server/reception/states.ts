/** What an inbound session is at, by number (3/3-api/apis-esmtp-message-factory-state). */
export const STATE_TEXTS = [
  'just connected',
  'sending banner',
  'awaiting ehlo/helo',
  'sending ehlo/helo response',
  'awaiting mailfrom',
  'sending mailfrom response',
  'awaiting rcptto',
  'sending rcptto response',
  'data phase',
  'reading body',
  'sending body response',
  'async body handler',
  'async body response',
  'relaying denied',
  'extension 1',
  'extension 2',
  'extension 3',
  'extension 4',
  'concurrency limit',
  'rcptto list response',
  'rcptto list final response',
  'esmtp setup phase',
] as const;

const state = (number: number) => ({ number, text: STATE_TEXTS[number]! });

/** Those that policy gets to see, by the names of their constants without `MC_STATE_` (3/3-api/apis-ec-log-rejection-2). */
export const STATES = {
  START: state(0),
  EHLO: state(2),
  MAILFROM: state(4),
  RCPTTO: state(6),
  DATA: state(8),
  BODY: state(9),
  ASYNC_BODY_RESPONSE: state(11),
  RELAYING_DENIED: state(13),
  CONCURRENCY_LIMIT: state(18),
  RCPTTO_LIST_RESPONSE: state(19),
  RCPTTO_LIST_FINAL_RESPONSE: state(20),
} as const;

export type StateName = keyof typeof STATES;
