/** From text and files to functions: `load`, `loadstring`, `loadfile`, `dofile`. */
import { cString, Source } from '../syntax/source';
import { LuaSyntaxError } from '../errors';
import { compileCached } from '../compile/cache';
import { allocate, COST } from '../vm/budget';
import { lapi, MULTIPLE, Status, T, type LuaState, type TValue } from '../vm/fengari';
import { toText } from '../vm/operations';
import { raise } from '../vm/raise';
import { where } from '../vm/stack';
import {
  checkFunction,
  checkString,
  optString,
  pushNil,
  pushText,
  pushValue,
  spend,
  vmOf,
  type Library,
} from './args';
import { isPrecompiled, undumpProto } from './dump';
import { threadGlobals } from './environments';
import { handles, standardFiles } from './file-handle';
import { filesOf } from './io';
import { Stream } from './stream';
import { attempt } from './system-errors';
import { TextBuilder } from './text-builder';

/** Compiles and pushes a function, or nil and the message. */
export function pushChunk(L: LuaState, source: Source): number {
  allocate(L, source.text.length * COST.source);
  try {
    const proto = isPrecompiled(source.text) ? undumpProto(source.text) : compileCached(source).proto;
    if (proto) return pushValue(L, vmOf(L).instantiate(proto, threadGlobals(L)));
    pushNil(L);
    return 1 + pushText(L, `${source.chunkName.replace(/^[@=]/, '')}: bad header in precompiled chunk`);
  } catch (error) {
    if (!(error instanceof LuaSyntaxError)) throw error;
    pushNil(L);
    return 1 + pushText(L, error.luaMessage);
  }
}

function load(L: LuaState): number {
  const reader = checkFunction(L, 1);
  const name = optString(L, 2) ?? '=(load)';
  const text = new TextBuilder(L);
  try {
    const failed = readPieces(L, reader, text);
    if (failed !== undefined) return failed;
  } finally {
    text.close();
  }
  return pushChunk(L, new Source(name, text.finish()));
}

/** Calls `reader` until it gives no more text. A failure is pushed; answers how many values that are. */
function readPieces(L: LuaState, reader: TValue, text: TextBuilder): number | undefined {
  for (;;) {
    spend(L);
    const func = L.top;
    pushValue(L, reader);
    const status = lapi.lua_pcallk(L, 0, 1, 0, 0, null) as number;
    vmOf(L).rethrowFatal();
    const piece = L.stack[func]!;
    if (status !== Status.ok) {
      L.overflowed = false;
      pushNil(L);
      return 1 + pushValue(L, piece);
    }
    L.top = func;
    if (piece.type === T.nil) return undefined;
    const part = toText(piece);
    if (part === undefined) {
      pushNil(L);
      return 1 + pushText(L, `${where(L, 1)}reader function must return a string`);
    }
    if (part === '') return undefined;
    text.add(part);
  }
}

function loadstring(L: LuaState): number {
  const text = checkString(L, 1);
  return pushChunk(L, new Source(optString(L, 2) ?? text, text));
}

/**
 * Pushes a file's function, or nil and the message. A first line that begins with `#` is for the shell, but stays a
 * line. Without a name it is standard input.
 */
function pushFile(L: LuaState, name: string | undefined): number {
  const shown = name === undefined ? 'stdin' : cString(name);
  let done = 'open';
  return attempt(
    L,
    () => {
      const stream =
        name === undefined ? standardInput(L) : new Stream(filesOf(L).open(shown, READING), READING);
      done = 'read';
      const text = stream.readCount(Infinity) ?? '';
      if (name !== undefined) stream.file.close();
      const chunkName = name === undefined ? '=stdin' : `@${shown}`;
      return pushChunk(L, new Source(chunkName, withoutShellLine(text), stream.file.path));
    },
    (error) => {
      pushNil(L);
      return 1 + pushText(L, `cannot ${done} ${shown}: ${error.text}`);
    },
  );
}

const READING = { read: true, write: false, create: false, truncate: false, exclusive: false };

const standardInput = (L: LuaState) => handles.dataOf(L, standardFiles(L).stdin)!.stream!;

/** Behind the shell's line, a precompiled chunk begins at once. */
function withoutShellLine(text: string): string {
  const rest = text.replace(/^#[^\n]*/, '');
  return rest !== text && isPrecompiled(rest.slice(1)) ? rest.slice(1) : rest;
}

function dofile(L: LuaState): number {
  const name = optString(L, 1);
  const { top } = L;
  if (pushFile(L, name) > 1) raise(L, L.stack[L.top - 1]!);
  lapi.lua_callk(L, 0, MULTIPLE, 0, null);
  return L.top - top;
}

export const loading: Library = {
  dofile,
  load,
  loadfile: (L) => pushFile(L, optString(L, 1)),
  loadstring,
};
