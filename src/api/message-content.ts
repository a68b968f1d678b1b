/** The whole content of a message, as `msys.extended.message` has it. */
import { callerOf, LuaRaise, type HostCall, type LuaValue } from '../lua';
import { MessageContent } from '../mail/content';
import { Message } from '../server/messages/message';
import { ecMessage } from './message';
import { addressHeader } from './message-addresses';
import { endsWithMarker, withoutMarker } from './message-end';
import { changeHeader, headerChange, listTable, readHeader } from './message-header';
import { raisingAll } from './mime-errors';
import { optionalText } from './mime-parts';
import { misuse } from './misuse';
import { bindObject } from './objects';
import type { ApiTable, Runtime } from './runtime';
import { TimeValue } from './timeval';
import { bytes, text } from './values';

/** The content of a message. Raises for a fixture of which only the envelope is known. */
export function contentOf(message: LuaValue): MessageContent {
  const { content, id } = message as Message;
  if (content) return content;
  throw new LuaRaise(
    `message ${id} has no content: of a message in the option 'domains' only the envelope is known`,
  );
}

const NO_MARKER =
  'the body that msg:body was given does not end with "\\r\\n.\\r\\n". In production the end of the message is searched for in it: all of it is taken as body here. See 4/lua/ref-msg-body.';

function setBody(runtime: Runtime, content: MessageContent, given: Buffer, call: HostCall): void {
  if (!endsWithMarker(given)) runtime.server.report('MISSING_END_MARKER', NO_MARKER, callerOf(call.L));
  content.body = withoutMarker(given);
}

const CRLF = '\r\n';

/** The body as `msg:body` gives it: the line end before the end-of-data marker is a part of that. */
function bodyText(content: MessageContent): string {
  const body = content.body.toString('latin1');
  return body.endsWith(CRLF) ? body.slice(0, -CRLF.length) : body;
}

/** `ec_message_new` (4/lua/ref-msg-build): a message of the server itself, with nothing in it. */
function newMessage({ server }: Runtime, now: LuaValue): Message {
  const id = server.ids.next();
  const created = now instanceof TimeValue ? now.instant : undefined;
  const message = new Message({
    id,
    batchId: server.ids.next(),
    connectionId: server.ids.next(),
    created: created ?? new Date(server.clock.now()),
    method: 'internal',
  });
  message.content = new MessageContent(Buffer.alloc(0));
  return message;
}

/** The type of a container of several channels (mobile/mobile-developer-guide/mobility-mcmt-injection). */
const MCMT = 'multipart/vnd.msys.mcmt';

/** The default of the option (4/config/ref-delivery-method). */
const DELIVERY_METHOD = 'esmtp';

/** 4/lua/ref-header, 4/lua/ref-msg-raw, 4/lua/ref-msg-body, 4/lua/ref-msg-text and their neighbours. */
export const messageContent: ApiTable = raisingAll({
  'msys.core.ec_message_new': (runtime, [now]) => bindObject(runtime, ecMessage, newMessage(runtime, now)),

  'msg:header': (runtime, [message, name, value, mode], call) => {
    const { headers } = contentOf(message);
    if (value !== undefined)
      return changeHeader(runtime, headers, headerChange(runtime, [name, value, mode], call), call);
    if (mode === undefined) return readHeader(runtime, headers, name);
    const problem = `bad argument #2 to 'header' (a value is needed for the mode ${text(mode)}, got nil: production reads the header instead). See 4/lua/ref-header.`;
    return misuse(runtime, 'BAD_ARGUMENT', problem, call);
  },

  'msg:address_header': (runtime, [message, ...args], call) =>
    addressHeader(runtime, contentOf(message).headers, args, call),

  'msg:raw': (_runtime, [message, value]) => {
    if (value === undefined) {
      const { raw } = contentOf(message);
      return [raw.toString('latin1'), raw.length];
    }
    const raw = withoutMarker(bytes(value));
    const { content } = message as Message;
    if (content) content.raw = raw;
    else (message as Message).content = new MessageContent(raw);
    return [];
  },

  'msg:body': (runtime, [message, value], call) => {
    const content = contentOf(message);
    if (value !== undefined) setBody(runtime, content, bytes(value), call);
    return bodyText(content);
  },

  'msg:text': ({ vm }, [message, value, type, charset]) => {
    const content = contentOf(message);
    if (value === undefined) {
      const texts = content.text();
      return texts.length > 1 ? listTable(vm, texts) : texts[0];
    }
    content.setText(text(value), optionalText(type), optionalText(charset));
    return [];
  },

  'msg:get_message_size': (_runtime, [message]) => (message as Message).size ?? 0,

  'msg:is_mcmt': (_runtime, [message]) => {
    const { mimetype } = contentOf(message).mime(true).contentType();
    return mimetype === MCMT ? 1 : 0;
  },

  'msg:get_delivery_method': ({ server }, [message]) => {
    const { settings } = server.delivery.policy;
    const where = server.delivery.policy.scopeOf(message as Message);
    // A list is of methods in the order of preference.
    return (settings.list('delivery_method', where)[0] ?? DELIVERY_METHOD).toLowerCase();
  },
});
