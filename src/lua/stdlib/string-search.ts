/** `string.find`, `match`, `gmatch` and `gsub`. */
import { allocate, chargeText } from '../vm/budget';
import { callNoYield } from '../vm/calls';
import { T, TValue, type HostFunction, type LuaState } from '../vm/fengari';
import { keep } from '../vm/held';
import { index, isTrue, toText } from '../vm/operations';
import { typeName } from '../vm/raise';
import { cString } from '../syntax/source';
import {
  argAt,
  badArgument,
  checkString,
  libraryError,
  optInteger,
  optInt,
  pushNil,
  pushNumber,
  pushText,
  pushValue,
  type Library,
} from './args';
import { Matcher } from './patterns';
import { TextBuilder } from './text-builder';

const SPECIAL = /[\^$*+?.([%-]/;

/** A position argument as an offset from the start: negative ones count from the end. */
export function fromEnd(position: number, length: number): number {
  return position >= 0 ? position : Math.max(position + length + 1, 0);
}

function search(L: LuaState, isFind: boolean): number {
  const subject = checkString(L, 1);
  const pattern = checkString(L, 2);
  const start = Math.min(Math.max(fromEnd(optInteger(L, 3, 1), subject.length) - 1, 0), subject.length);
  if (isFind && (isTrue(argAt(L, 4)) || !SPECIAL.test(cString(pattern)))) {
    chargeText(L, subject.length - start + pattern.length);
    const at = subject.indexOf(pattern, start);
    if (at < 0) return pushNil(L);
    pushNumber(L, at + 1);
    return 1 + pushNumber(L, at + pattern.length);
  }
  const matcher = new Matcher(L, subject, pattern);
  const isAnchored = pattern.startsWith('^');
  for (let at = start; at <= subject.length; at++) {
    const end = matcher.match(at, isAnchored ? 1 : 0);
    if (end >= 0) {
      if (!isFind) return matcher.pushCaptures(at, end);
      pushNumber(L, at + 1);
      pushNumber(L, end);
      return 2 + matcher.pushOwnCaptures();
    }
    if (isAnchored) break;
  }
  return pushNil(L);
}

function gmatch(L: LuaState): number {
  const subject = checkString(L, 1);
  const pattern = checkString(L, 2);
  let position = 0;
  const next: HostFunction = (from) => {
    const matcher = new Matcher(from, subject, pattern);
    for (let at = position; at <= subject.length; at++) {
      const end = matcher.match(at, 0);
      if (end < 0) continue;
      position = end === at ? end + 1 : end;
      return matcher.pushCaptures(at, end);
    }
    return 0;
  };
  return pushValue(L, new TValue(T.hostFunction, keep(next, argAt(L, 1))));
}

/** What a match is replaced by; undefined keeps it. */
type Replacement = (matcher: Matcher, from: number, to: number) => string | undefined;

/** `%0` to `%9` in a replacement stand for captures, `%` before another character for that character. */
function template(L: LuaState, text: string): Replacement {
  if (!text.includes('%')) return () => text;
  // A lone `%` at the end takes C's terminating zero.
  const pieces = text.replace(/^((?:[^%]|%[^])*)%$/, '$1%\0').split(/%([^])/);
  return (matcher, from, to) => {
    let result = '';
    let accounted = 0;
    pieces.forEach((piece, i) => {
      if (i % 2 === 0) result += piece;
      else if (/\d/.test(piece)) {
        const captured =
          piece === '0' ? matcher.subject.slice(from, to) : matcher.capture(Number(piece) - 1, from, to);
        result += String(captured);
        if (result.length > accounted) allocate(L, (accounted = result.length * 2));
      } else result += piece;
    });
    return result;
  };
}

function replacementValue(L: LuaState, value: TValue): string | undefined {
  if (!isTrue(value)) return undefined;
  return toText(value) ?? libraryError(L, `invalid replacement value (a ${typeName(value)})`);
}

function fromTable(L: LuaState, table: TValue): Replacement {
  return (matcher, from, to) => {
    const top = L.top;
    matcher.pushCapture(0, from, to);
    const value = index(L, table, L.stack[top]!);
    L.top = top;
    return replacementValue(L, value);
  };
}

function fromFunction(L: LuaState, f: TValue): Replacement {
  return (matcher, from, to) => {
    const func = L.top;
    pushValue(L, f);
    matcher.pushCaptures(from, to);
    callNoYield(L, func, 1);
    L.top = func;
    return replacementValue(L, L.stack[func]!);
  };
}

function replacementArgument(L: LuaState): Replacement {
  const value = argAt(L, 3);
  if (value.type === T.table) return fromTable(L, value);
  if ((value.type & 15) === (T.luaFunction & 15)) return fromFunction(L, value);
  const text = toText(value);
  return text === undefined ? badArgument(L, 3, 'string/function/table expected') : template(L, text);
}

function gsub(L: LuaState): number {
  const subject = checkString(L, 1);
  const pattern = checkString(L, 2);
  const limit = optInt(L, 4, subject.length + 1);
  const replace = replacementArgument(L);
  const isAnchored = pattern.startsWith('^');
  const matcher = new Matcher(L, subject, pattern);
  const result = new TextBuilder(L);
  let copied = 0;
  let count = 0;
  let isSame = true;
  try {
    for (let at = 0; count < limit;) {
      const end = matcher.match(at, isAnchored ? 1 : 0);
      if (end >= 0) {
        count++;
        const text = replace(matcher, at, end);
        if (text !== undefined) {
          result.add(subject.slice(copied, at));
          result.add(text);
          copied = end;
          isSame = false;
        }
      }
      if (end > at) at = end;
      else if (at < subject.length) at++;
      else break;
      if (isAnchored) break;
    }
  } finally {
    result.close();
  }
  pushText(L, isSame ? subject : result.finish() + subject.slice(copied));
  return 1 + pushNumber(L, count);
}

export const searching: Library = {
  find: (L) => search(L, true),
  gfind: gmatch,
  gmatch,
  gsub,
  match: (L) => search(L, false),
};
