/**
 * The states of an inbound session by the names of their constants, without `MC_STATE_`
 * (3/3-api/apis-ec-log-rejection-2), with their texts (3/3-api/apis-esmtp-message-factory-state).
 */
export const STATES = {
  START: { number: 0, text: 'just connected' },
  EHLO: { number: 2, text: 'awaiting ehlo/helo' },
  MAILFROM: { number: 4, text: 'awaiting mailfrom' },
  RCPTTO: { number: 6, text: 'awaiting rcptto' },
  DATA: { number: 8, text: 'data phase' },
  BODY: { number: 9, text: 'reading body' },
  ASYNC_BODY_RESPONSE: { number: 11, text: 'async body handler' },
  RELAYING_DENIED: { number: 13, text: 'relaying denied' },
  CONCURRENCY_LIMIT: { number: 18, text: 'concurrency limit' },
  RCPTTO_LIST_RESPONSE: { number: 19, text: 'rcptto list response' },
  RCPTTO_LIST_FINAL_RESPONSE: { number: 20, text: 'rcptto list final response' },
} as const;

export type StateName = keyof typeof STATES;
