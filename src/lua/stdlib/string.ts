/** 5.1's string library. A string is its bytes; case and classes are the C locale's. */
import { T, type LClosure, type LuaState } from '../vm/fengari';
import { allocate } from '../vm/budget';
import { MAX_STRING } from '../vm/operations';
import {
  argCount,
  badArgument,
  checkFunction,
  checkInt,
  checkInteger,
  checkString,
  hasRoom,
  libraryError,
  optInteger,
  pushNumber,
  pushText,
  type Library,
} from './args';
import { dumpProto } from './dump';
import { format } from './string-format';
import { fromEnd, searching } from './string-search';
import { detached } from './text-builder';

function byte(L: LuaState): number {
  const text = checkString(L, 1);
  const start = fromEnd(optInteger(L, 2, 1), text.length);
  const from = Math.max(start, 1);
  const to = Math.min(fromEnd(optInteger(L, 3, start), text.length), text.length);
  if (from > to) return 0;
  const count = to - from + 1;
  if (!hasRoom(L, count)) libraryError(L, 'stack overflow (string slice too long)');
  for (let i = from; i <= to; i++) pushNumber(L, text.charCodeAt(i - 1));
  return count;
}

function char(L: LuaState): number {
  let text = '';
  for (let i = 1; i <= argCount(L); i++) {
    const byte = checkInt(L, i);
    if (byte < 0 || byte > 255) badArgument(L, i, 'invalid value');
    text += String.fromCharCode(byte);
  }
  return pushText(L, text);
}

function rep(L: LuaState): number {
  const text = checkString(L, 1);
  const count = Math.max(checkInt(L, 2), 0);
  allocate(L, text.length * count);
  if (text.length * count > MAX_STRING) libraryError(L, 'not enough memory');
  return pushText(L, text.repeat(count));
}

function sub(L: LuaState): number {
  const text = checkString(L, 1);
  const from = Math.max(fromEnd(checkInteger(L, 2), text.length), 1);
  const to = fromEnd(optInteger(L, 3, -1), text.length);
  return pushText(L, detached(text.slice(from - 1, Math.max(to, 0)), text));
}

/** The binary form of a function, which only `loadstring` and `load` of this process understand. */
function dump(L: LuaState): number {
  const f = checkFunction(L, 1);
  if (f.type !== T.luaFunction) libraryError(L, 'unable to dump given function');
  return pushText(L, dumpProto((f.value as LClosure).p));
}

/** What has case in the C locale, in pieces as long as possible. */
const ASCII = /[\x00-\x7f]+/g;

export const string: Library = {
  byte,
  char,
  dump,
  ...searching,
  format,
  len: (L) => pushNumber(L, checkString(L, 1).length),
  lower: (L) =>
    pushText(
      L,
      checkString(L, 1).replace(ASCII, (letters) => letters.toLowerCase()),
    ),
  rep,
  reverse: (L) => pushText(L, Buffer.from(checkString(L, 1), 'latin1').reverse().toString('latin1')),
  sub,
  upper: (L) =>
    pushText(
      L,
      checkString(L, 1).replace(ASCII, (letters) => letters.toUpperCase()),
    ),
};
