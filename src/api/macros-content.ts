/** The macros that give a portion of the message (3/3-reference/sieve-ecaddons). */
import type { MessageContent } from '../mail/content';
import type { MimePart } from '../mail/part';
import type { MacroFamily } from './macro-subject';

const CRLF = '\r\n';

/** The first so many lines or, with a `b`, bytes; all without a limit. Ends with a line end. */
function limited(bytes: string, limit: string | undefined): string {
  const [, count, unit] = /^(\d+)(b?)$/.exec(limit ?? '') ?? [];
  const piece =
    count === undefined
      ? bytes
      : unit === 'b'
        ? bytes.slice(0, Number(count))
        : bytes.split(CRLF).slice(0, Number(count)).join(CRLF);
  return piece.endsWith(CRLF) ? piece : piece + CRLF;
}

/** The parts that are no containers, in their order. */
function leaves(content: MessageContent): MimePart[] {
  const parts: MimePart[] = [];
  for (let part: MimePart | undefined = content.mime(true); part; part = part.thread)
    if (!part.isContainer) parts.push(part);
  return parts;
}

const rawOf = (content: MessageContent, part: MimePart | undefined): string =>
  part ? limited(content.raw.toString('latin1', part.headersStart, part.bodyEnd), undefined) : '';

const textParts = (content: MessageContent) =>
  leaves(content).filter((part) => part.type.toLowerCase() === 'text');

type Portion = (content: MessageContent, first?: string, second?: string) => string;

const PORTIONS: Readonly<Record<string, Portion>> = {
  message: (content, limit) => limited(content.raw.toString('latin1'), limit),
  headers: (content) => limited(content.headers.block.toString('latin1'), undefined),
  body: (content, limit) => limited(content.body.toString('latin1'), limit),
  part: (content, number) => rawOf(content, leaves(content)[Number(number) - 1]),
  text: (content, number, lines) => {
    if (number === undefined) return limited(content.text()[0] ?? '', undefined);
    const part = textParts(content)[Number(number) - 1];
    if (lines === undefined) return rawOf(content, part);
    return part?.text === undefined ? '' : limited(part.text, lines);
  },
};

const MACRO = /^(\w+)(?:,(\d+b?))?(?:,(\d+))?$/;

export const contentMacro: MacroFamily = (name, { message }) => {
  const [, portion = '', first, second] = MACRO.exec(name) ?? [];
  if (!Object.hasOwn(PORTIONS, portion)) return undefined;
  return message?.content ? PORTIONS[portion]!(message.content, first, second) : '';
};
