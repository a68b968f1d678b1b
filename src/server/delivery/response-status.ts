/** What the message context has of the far side's last answer (3/3-push/push-generic-delivery-lua). */
import { byteString } from '../bytes';
import type { QueuedMessage } from '../queues';

const STATUS = 'DLV_Response_Status';
const DETAIL = 'DLV_Response_Status_Detail';

/** `text`: status and description; undefined after a success, which leaves neither. */
export function noteResponseStatus({ context }: QueuedMessage, text: string | undefined): void {
  if (text === undefined) {
    context.message.delete(STATUS);
    context.message.delete(DETAIL);
    return;
  }
  const [, status = '', detail = ''] = /^(\S*)\s*(.*)$/s.exec(byteString(text)) ?? [];
  context.message.set(STATUS, status);
  context.message.set(DETAIL, detail);
}

/** As byte strings. */
export function responseStatus({ context: { message } }: QueuedMessage) {
  return { status: message.get(STATUS) ?? '', detail: message.get(DETAIL) ?? '' };
}
