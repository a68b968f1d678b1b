/** Parts of messages and their tree. */
import { callerOf, LuaRaise, type HostCall, type LuaTable, type LuaValue } from '../lua';
import { makeContainer, makePart } from '../mail/make-part';
import type { MimePart, PartContentType } from '../mail/part';
import { checkOpen } from './io';
import { IoObject } from './io-object';
import { addressHeader } from './message-addresses';
import { contentOf } from './message-content';
import { changeHeader, headerChange, readHeader } from './message-header';
import { raisingAll } from './mime-errors';
import { bindPart, encodingOf, optionalText, writable } from './mime-parts';
import { misuse } from './misuse';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { bytes, text } from './values';

/** Containers that were made to be the top of a message: they end with its end-of-data marker. */
const terminated = new WeakSet<MimePart>();

/** The literal body of a new part: a string, or what an io object has from its position on. */
function bodyOf(runtime: Runtime, value: LuaValue, call: HostCall): Buffer | undefined {
  if (value instanceof IoObject) return checkOpen(runtime, value, call).readRest();
  return value === undefined ? undefined : bytes(value);
}

const newPart: ApiImplementation = (runtime, [, type, body, encoding], call) => {
  const name = encoding === undefined ? '7bit' : encodingOf(runtime, Number(encoding));
  if (!name)
    return misuse(
      runtime,
      'BAD_ARGUMENT',
      "bad argument #3 to 'makePart' (the encoding is one of the constants msys.core.EC_MIME_TE_*). See 4/lua/ref-msg-make-part.",
      call,
    );
  return bindPart(runtime, makePart(text(type), bodyOf(runtime, body, call), name));
};

const newContainer: ApiImplementation = (runtime, [message, type, boundary, addTerminator]) => {
  const own = optionalText(boundary) ?? contentOf(message).makeBoundary();
  const container = makeContainer(text(type), own);
  if (addTerminator === true) terminated.add(container);
  return bindPart(runtime, container);
};

const NO_TERMINATOR =
  'the top part of a message was made without add_terminator: in production the message does not end. See 4/lua/ref-msg-make-container.';

const setFirstPart: ApiImplementation = ({ server }, [message, part], call) => {
  const top = part as MimePart;
  if (top.isMultipart && !terminated.has(top))
    server.report('MISSING_END_MARKER', NO_TERMINATOR, callerOf(call.L));
  contentOf(message).setMime(writable(top));
  return undefined;
};

/** Parts of the message. The product's C functions for its top part are there besides `msg:mime`. */
const ofMessage: ApiTable = {
  'msg:mime': (runtime, [message, isReadOnly]) =>
    bindPart(runtime, contentOf(message).mime(isReadOnly !== false)),

  'msg:makePart': newPart,
  'msg:makeContainer': newContainer,
  'msg:makeBoundary': (_runtime, [message, ...parts]) =>
    contentOf(message).makeBoundary(...(parts as MimePart[])),

  'msg:set_first_part': setFirstPart,
  'msys.core.ec_message_set_first_part': setFirstPart,
};

/** A part that is put into another one: the end of a message is nothing for the middle of one. */
function insertable(part: MimePart): MimePart {
  if (!terminated.has(part)) return writable(part);
  throw new LuaRaise(
    'the part was made with add_terminator: it can be the top of a message, and in no other part',
  );
}

const tree: ApiTable = {
  'msgpart:addFirstChild': (_runtime, [part, child]) =>
    writable(part as MimePart).addFirstChild(insertable(child as MimePart)),
  'msgpart:addLastChild': (_runtime, [part, child]) =>
    writable(part as MimePart).addLastChild(insertable(child as MimePart)),
  'msgpart:insertBefore': (_runtime, [part, other]) =>
    insertable(part as MimePart).insertBefore(writable(other as MimePart)),
  'msgpart:insertAfter': (_runtime, [part, other]) =>
    insertable(part as MimePart).insertAfter(writable(other as MimePart)),
  'msgpart:unlink': (_runtime, [part]) => {
    writable(part as MimePart).unlink();
    return [];
  },
};

function contentTypeTable({ vm }: Runtime, type: PartContentType): LuaTable {
  const table = vm.newTable();
  table.set('mimetype', type.mimetype);
  table.set('charset', type.charset);
  table.set('encoding', type.encoding);
  table.set('is_attachment', type.isAttachment);
  table.set('filename', type.filename);
  return table;
}

const ofPart: ApiTable = {
  'msgpart:header': (runtime, args, call) => {
    const [object, ...given] = args;
    const part = object as MimePart;
    // An explicit nil removes the header (4/lua/ref-msgpart-header-2).
    if (given.length < 2) return readHeader(runtime, part.headers, given[0]);
    return changeHeader(runtime, writable(part).headers, headerChange(runtime, given, call), call);
  },

  'msgpart:address_header': (runtime, [part, ...args], call) =>
    addressHeader(runtime, (part as MimePart).headers, args, call),

  'msgpart:content_type': (runtime, [part]) => contentTypeTable(runtime, (part as MimePart).contentType()),

  'msgpart:text': (_runtime, [object, value, type, charset]) => {
    const part = object as MimePart;
    if (value === undefined) return part.text;
    writable(part).setText(text(value), optionalText(type), optionalText(charset));
    return [];
  },
};

/** 4/lua/ref-msg-mime, 4/lua/ref-msg-make-part and its neighbours, 4/lua/ref-msgpart-add-first-child and its. */
export const messageParts: ApiTable = raisingAll({ ...ofMessage, ...ofPart, ...tree });
