import type { LuaValue } from '../lua';
import type { Message } from '../server/messages/message';
import type { ApiImplementation, ApiTable } from './runtime';
import { text } from './values';

const DISCARDED = '550 5.7.0 discarded by policy';
/** What a reason becomes that does not begin with an SMTP code. */
const NAMELESS = '550 5.7.1 [internal] discarded by policy';

/**
 * The reply of a code and a text, in several lines when the text has them. A code of 0 is taken from the text.
 * Undefined when there is none, or none of SMTP's (3/3-api/apis-ec-message-set-code).
 */
function reply(given: number, codeText: string): string | undefined {
  const lines = codeText.replace(/[\r\n]+$/, '').split(/\r\n|\r|\n/);
  const [, first] = /^(\d{1,3})(?:[ -]|$)/.exec(lines[0] ?? '') ?? [];
  const code = given === 0 ? Number(first) : given;
  if (!Number.isInteger(code) || code < 1 || code > 999) return undefined;
  const prefix = String(code).padStart(3, '0');
  const texts = lines.map((line) => (given === 0 ? line.replace(/^\d{1,3}(?:[ -]|$)/, '') : line));
  return texts
    .map((line, i) => prefix + (i === texts.length - 1 ? (line === '' ? '' : ` ${line}`) : `-${line}`))
    .join('\r\n');
}

const numberOf = (code: string | undefined) => Number.parseInt(code ?? '0', 10) || 0;

/** -1 for what is no code, otherwise the number that the message had before, 0 without one. */
function setCode(message: Message, number: LuaValue, codeText: LuaValue): number {
  const code = reply(Number(number), codeText === undefined ? '' : text(codeText));
  if (code === undefined) return -1;
  const before = numberOf(message.code);
  message.code = code;
  return before;
}

const cSetCode: ApiImplementation = (_runtime, [message, number, codeText]) =>
  setCode(message as Message, number, codeText);

const cGetCode: ApiImplementation = (_runtime, [message]) => (message as Message).code;

/** The code of a message and its end (4/lua/ref-msg-code, 4/lua/ref-msg-discard). */
export const messageCode: ApiTable = {
  'msg:code': (_runtime, [target, number, codeText]) => {
    const message = target as Message;
    if (number !== undefined) setCode(message, number, codeText);
    return message.code;
  },
  'msg:discard': (_runtime, [message, reason]) => {
    const given = reason === undefined ? DISCARDED : text(reason);
    (message as Message).discarded = /^[2-5]\d\d(?:[ -]|$)/.test(given) ? given : NAMELESS;
    return undefined;
  },
  'msg:get_code': cGetCode,
  'msys.core.ec_message_get_code': cGetCode,
  'msg:set_code': cSetCode,
  'msys.core.ec_message_set_code': cSetCode,
};
