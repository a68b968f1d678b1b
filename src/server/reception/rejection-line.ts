/** The lines of the rejectlog (4/log-formats-rejectlog). */
import { shownText } from '../bytes';
import type { Message } from '../messages/message';
import type { PolicySession, Rejection } from './policy';
import { STATES } from './states';
import type { ValidationContext } from './validation-context';

/** Order of the keys of a context dictionary. */
export type ContextOrder = 'insertion' | 'sorted';

export interface RejectionRecord {
  readonly session: PolicySession | undefined;
  readonly vctx: ValidationContext;
  readonly message: Message | undefined;
  readonly pathway: string;
  readonly pathwayGroup: string;
  readonly rejection: Rejection;
}

/** What is written for an address that nobody knows, as in the mainlog. */
const UNKNOWN = 'unknown';

/** The values of a line by name; texts are for people. */
export function rejectionFields({ session, vctx, message, ...rest }: RejectionRecord, order: ContextOrder) {
  const accept = session?.accept;
  const { code, text, state } = rest.rejection;
  return {
    id: message?.id,
    remote: accept?.remoteAddress.toString() ?? UNKNOWN,
    local: (accept?.localAddress?.toString() ?? accept?.listener) || UNKNOWN,
    connectionId: accept?.connectionId ?? message?.origin.connectionId ?? UNKNOWN,
    pathway: shownText(rest.pathway),
    pathwayGroup: rest.pathwayGroup,
    phase: STATES[state].text,
    code,
    module: vctx.lastModule,
    connectionContext: dictionaryText(vctx.connection, order),
    messageContext: dictionaryText(vctx.message, order),
    text: shownText(text.replace(/\s*[\r\n]+\s*/g, ' ')),
  };
}

export function rejectionLine(time: number, fields: ReturnType<typeof rejectionFields>): string {
  return [
    `${time}:`,
    `R="${fields.remote}"`,
    `L="${fields.local}"`,
    `C="${fields.connectionId}"`,
    `PATH="${fields.pathway}"`,
    `PATH_GRP="${fields.pathwayGroup}"`,
    `P="${fields.phase}"`,
    `E=${fields.code}`,
    `M=${fields.module}`,
    `CTXCONN=[${fields.connectionContext}]`,
    `CTXMESS=[${fields.messageContext}]`,
    fields.text,
  ].join(' ');
}

function dictionaryText(dictionary: ReadonlyMap<string, string>, order: ContextOrder): string {
  const pairs = Array.from(dictionary, ([key, value]) => `${valueText(key)}=${valueText(value)}`);
  return (order === 'sorted' ? pairs.sort() : pairs).join(',');
}

/** Values with blanks or special characters are quoted. */
function valueText(bytes: string): string {
  const text = shownText(bytes);
  if (/^[\w.@:/+#-]*$/.test(text)) return text;
  const escaped = text.replace(/["\\]/g, '\\$&').replace(/\r/g, '\\r').replace(/\n/g, '\\n');
  return `"${escaped}"`;
}
