/** The lines of mainlog and bouncelog (4/log-formats-mainlog, 4/log-formats-bouncelog). */
import { shownText } from '../bytes';
import { addressParts } from './address';
import type { AttemptTrace, QueuedMessage } from '../queues';

/** A message that no connection has been opened for. */
export const NO_CONNECTION: AttemptTrace = { connectionId: '00/00-00000-00000000', ip: '', stage: 0 };

/** The values of a line by name, in its order. */
export type LogFields = Readonly<Record<string, string | number>>;

export const lineOf = (fields: LogFields): string => Object.values(fields).join('@');

const seconds = (instant: Date) => Math.floor(instant.getTime() / 1000);
const age = (message: QueuedMessage, now: Date) =>
  ((now.getTime() - message.created.getTime()) / 1000).toFixed(3);

function begin(message: QueuedMessage, now: Date, connectionId: string, type: string) {
  return { time: seconds(now), id: message.id, batchId: message.batchId, connectionId, type };
}

function envelope(message: QueuedMessage) {
  const [to, from] = [addressParts(shownText(message.to)), addressParts(shownText(message.from))];
  return {
    recipientLocalpart: to.localpart,
    recipientDomain: to.domain,
    senderLocalpart: from.localpart,
    senderDomain: from.domain,
  };
}

const bound = ({ group, binding }: QueuedMessage) => ({ group, binding });

/** mainlog `R`. `protocol`: `esmtp`, `rest`, `xfer`, `internal`; `peer`: an IP address, `unknown` for HTTP. */
export function receptionFields(
  message: QueuedMessage,
  now: Date,
  from: { readonly connectionId: string; readonly peer: string; readonly protocol: string },
): LogFields {
  return {
    ...begin(message, now, from.connectionId, 'R'),
    ...envelope(message),
    peer: from.peer,
    size: message.size ?? 0,
    protocol: from.protocol,
    ...bound(message),
  };
}

/** mainlog `D`. */
export function deliveryFields(message: QueuedMessage, now: Date, trace: AttemptTrace): LogFields {
  return {
    ...begin(message, now, trace.connectionId, 'D'),
    domain: message.domain,
    size: message.size ?? 0,
    ...bound(message),
    retries: message.retries,
    seconds: age(message, now),
    ip: trace.ip,
  };
}

/** mainlog `T` and `P`. */
export function failureFields(
  type: 'T' | 'P',
  message: QueuedMessage,
  now: Date,
  trace: AttemptTrace,
  note: string,
): LogFields {
  return {
    ...begin(message, now, trace.connectionId, type),
    domain: message.domain,
    bytes: bytesSent(message, trace.stage),
    ...bound(message),
    stage: trace.stage,
    retries: message.retries,
    seconds: age(message, now),
    ip: trace.ip,
    note,
  };
}

/** bouncelog `B` and `T`. */
export function bounceFields(
  type: 'B' | 'T',
  message: QueuedMessage,
  now: Date,
  trace: AttemptTrace,
  note: string,
  classification: number,
): LogFields {
  return {
    ...begin(message, now, trace.connectionId, type),
    ...envelope(message),
    ...bound(message),
    stage: trace.stage,
    classification,
    size: message.size ?? 0,
    ip: trace.ip,
    note,
  };
}

/** Commands after whose stage they have been sent; the stages from the body on have sent the message too. */
const AFTER_MAIL = 3;
const AFTER_RCPT = 5;
const CONFIRMATION = 9;

function bytesSent({ from, to, size = 0 }: QueuedMessage, stage: number): number {
  if (stage < AFTER_MAIL || stage > CONFIRMATION) return 0;
  if (stage === CONFIRMATION) return size;
  const commands = [`MAIL FROM:<${from}>\r\n`, ...(stage >= AFTER_RCPT ? [`RCPT TO:<${to}>\r\n`] : [])];
  return Buffer.byteLength(commands.join(''));
}
