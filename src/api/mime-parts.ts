/** Parts of messages as scripts see them. */
import { LuaRaise, type LuaValue } from '../lua';
import type { MimePart } from '../mail/part';
import type { TransferEncoding } from '../mail/transfer-encoding';
import type { ClassDeclaration } from './classes';
import { coreConstant } from './constants';
import { raising } from './mime-errors';
import { bindObject } from './objects';
import type { Runtime } from './runtime';
import { text } from './values';

/** The constants of transfer encodings (4/lua/ref-msg-make-part, 3/3-api/apis-ec-message-part-create-singleton). */
const ENCODINGS: Readonly<Record<TransferEncoding, string>> = {
  '7bit': 'EC_MIME_TE_7BIT',
  '8bit': 'EC_MIME_TE_8BIT',
  binary: 'EC_MIME_TE_BINARY',
  base64: 'EC_MIME_TE_BASE64',
  'quoted-printable': 'EC_MIME_TE_QUOTED_PRINTABLE',
};

/** The encoding that a constant stands for. */
export function encodingOf(runtime: Runtime, constant: number): TransferEncoding | undefined {
  const names = Object.keys(ENCODINGS) as TransferEncoding[];
  return names.find((name) => coreConstant(runtime, ENCODINGS[name]) === constant);
}

/** What is in an encoding that nobody knows is taken as it is. */
function encodingConstant(runtime: Runtime, encoding: string): number {
  const known = Object.hasOwn(ENCODINGS, encoding) ? (encoding as TransferEncoding) : 'binary';
  return coreConstant(runtime, ENCODINGS[known]);
}

type Field = (part: MimePart, runtime: Runtime) => LuaValue;

const related =
  (link: (part: MimePart) => MimePart | undefined): Field =>
  (part, runtime) => {
    const other = link(part);
    return other && bindPart(runtime, other);
  };

const FIELDS: Readonly<Record<string, Field>> = {
  thread: related((part) => part.thread),
  next: related((part) => part.next),
  parts: related((part) => part.first),
  parent: related((part) => part.parent),
  encoding: (part, runtime) => encodingConstant(runtime, part.encoding),
  boundary: (part) => part.boundary,
  boundary_len: (part) => part.boundary?.length ?? 0,
  preamble_len: (part) => part.bodyStart - part.preambleStart,
  headers_start: (part) => part.headersStart,
  preamble_start: (part) => part.preambleStart,
  body_start: (part) => part.bodyStart,
  body_end: (part) => part.bodyEnd,
  epilogue_end: (part) => part.epilogueEnd,
};

/** A part of a message (3/3-api/structs-ec-message-part). */
const ecMessagePart: ClassDeclaration<MimePart> = {
  name: 'msys.core:_ec_message_part',
  fields: Object.fromEntries(
    Object.entries(FIELDS).map(([name, read]): [string, Field] => [
      name,
      (part, runtime) => raising(() => read(part, runtime)),
    ]),
  ),
  assign: {
    body_start: (part, value) =>
      raising(() => {
        writable(part).bodyStart = Number(value);
      }),
    body_end: (part, value) =>
      raising(() => {
        writable(part).bodyEnd = Number(value);
      }),
  },
};

export const bindPart = (runtime: Runtime, part: MimePart): MimePart =>
  bindObject(runtime, ecMessagePart, part);

/** A part and all behind it in the order of the message. */
export function partsOf(top: MimePart): MimePart[] {
  const parts: MimePart[] = [];
  for (let part: MimePart | undefined = top; part; part = part.thread) parts.push(part);
  return parts;
}

/** A part that is to be changed; raises for one of a tree that is for reading (4/lua/ref-msg-mime). */
export function writable(part: MimePart): MimePart {
  if (!part.isReadOnly) return part;
  throw new LuaRaise('the message part is read-only: parts that can be modified come from msg:mime(false)');
}

export const optionalText = (value: LuaValue): string | undefined =>
  value === undefined ? undefined : text(value);
