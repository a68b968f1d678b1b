/** `msg:build` (4/lua/ref-msg-build). */
import { LuaTable, type HostCall, type LuaValue } from '../lua';
import { buildMessage, type AlternativePart, type AttachmentPart } from '../mail/build';
import { Message } from '../server/messages/message';
import { EcString } from './ec-string';
import { checkOpen } from './io';
import { IoObject } from './io-object';
import { contentOf } from './message-content';
import { raisingAll } from './mime-errors';
import { misuse } from './misuse';
import type { ApiTable, Runtime } from './runtime';
import { bytes } from './values';

/** Where an argument is refused. */
interface Place {
  readonly runtime: Runtime;
  readonly call: HostCall;
}

const refuse = ({ runtime, call }: Place, problem: string): never =>
  misuse(runtime, 'BAD_ARGUMENT', `msg:build: ${problem}. See 4/lua/ref-msg-build.`, call);

const isText = (value: LuaValue): boolean =>
  typeof value === 'string' || typeof value === 'number' || value instanceof EcString;

/** A table of names and texts, in the table's order. */
function pairs(place: Place, table: LuaValue, what: string): [string, Buffer][] {
  return [...(table as LuaTable).entries()].map(([name, value]) => {
    if (typeof name !== 'string' || !isText(value))
      return refuse(place, `a table of ${what} has names and strings`);
    return [name, bytes(value)];
  });
}

/** Headers that the caller has encoded and folded. */
function headerLines(place: Place, table: LuaValue): [name: string, value: string][] {
  return pairs(place, table, 'headers').map(([name, bytes]) => {
    const value = bytes.toString('latin1');
    if (/\r(?!\n)|\n(?![ \t])/.test(value))
      return refuse(place, `the header '${name}' has a line break that begins another header`);
    return [name, value];
  });
}

const alternative = ([type, content]: readonly [string, Buffer]): AlternativePart => ({ type, content });

function attachments(place: Place, list: LuaValue): AttachmentPart[] {
  if (list === undefined) return [];
  const table = list as LuaTable;
  const items = [...table.entries()].map((_, i) => table.get(i + 1));
  return items.map((item, i) =>
    item instanceof LuaTable
      ? attachment(place, item, i + 1)
      : refuse(place, `attachment ${i + 1} is no table (the attachments are an array of tables)`),
  );
}

function attachment(place: Place, table: LuaTable, number: number): AttachmentPart {
  const content = table.get('content');
  if (content instanceof Message) return { kind: 'message', content: contentOf(content).raw };
  const field = (name: string): string => {
    const value = table.get(name);
    return isText(value)
      ? bytes(value).toString('latin1')
      : refuse(place, `attachment ${number} has no ${name}`);
  };
  const described = {
    type: field('type'),
    name: fileName(place, field('name'), number),
    headers: table.get('headers') === undefined ? undefined : field('headers'),
  };
  if (content instanceof IoObject) {
    const encoded = checkOpen(place.runtime, content, place.call).readRest();
    return { kind: 'base64', ...described, content: encoded };
  }
  if (isText(content)) return { kind: 'text', ...described, content: bytes(content) };
  return refuse(place, `the content of attachment ${number} is a string, an io_object or an ec_message`);
}

/** The page of msg:build: a file name alone is not taken, `./name` is. What names the attachment is its last part. */
function fileName(place: Place, path: string, number: number): string {
  const slash = path.lastIndexOf('/');
  if (slash !== -1) return path.slice(slash + 1);
  return refuse(
    place,
    `the name of attachment ${number} is a file name alone, which production does not take: write "./${path}"`,
  );
}

export const messageBuild: ApiTable = raisingAll({
  'msg:build': (runtime, [message, headers, parts, attached], call) => {
    const place: Place = { runtime, call };
    const content = contentOf(message);
    if (content.size > 0)
      refuse(place, 'the message is not empty (it must come from msys.core.ec_message_new)');
    content.raw = buildMessage(
      headerLines(place, headers),
      pairs(place, parts, 'parts').map(alternative),
      attachments(place, attached),
    );
    return [];
  },
});
