import { MessageContent } from '../../src/mail/content';
import type { MimePart } from '../../src/mail/part';

/** A content of these lines; each ends with CRLF. */
export const contentOf = (...lines: string[]): MessageContent =>
  contentOfText(lines.map((line) => `${line}\r\n`).join(''));

export const contentOfText = (text: string): MessageContent =>
  new MessageContent(Buffer.from(text, 'latin1'));

export const rawOf = (content: MessageContent): string => content.raw.toString('latin1');

/** All parts in the order of the message. */
export function threadOf(top: MimePart): MimePart[] {
  const parts: MimePart[] = [];
  for (let part: MimePart | undefined = top; part; part = part.thread) parts.push(part);
  return parts;
}

export type Shape = string | readonly [string, ...Shape[]];

/** Types and bodies as nested lists: `['multipart/mixed', 'text/plain: body']`. */
export function shapeOf(part: MimePart): Shape {
  const type = `${part.type}/${part.subtype}`;
  if (part.isContainer) return [type, ...part.parts.map(shapeOf)];
  return `${type}: ${part.body.toString('latin1')}`;
}

export const shape = (text: string): Shape => shapeOf(contentOfText(text).mime());

/** UTF-8 as Lua has it. */
export const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
