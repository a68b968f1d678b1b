/** From text to functions: `load`, `loadstring`. */
import { Source } from '../syntax/source';
import { LuaSyntaxError } from '../errors';
import { compileCached } from '../compile/cache';
import { lapi, Status, T, type LuaState } from '../vm/fengari';
import { toText } from '../vm/operations';
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
import { notSimulated } from './not-simulated';

/** Compiles and pushes a function, or nil and the message. */
export function pushChunk(L: LuaState, source: Source): number {
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
  let text = '';
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
    if (piece.type === T.nil) break;
    const part = toText(piece);
    if (part === undefined) {
      pushNil(L);
      return 1 + pushText(L, `${where(L, 1)}reader function must return a string`);
    }
    if (part === '') break;
    text += part;
  }
  return pushChunk(L, new Source(name, text));
}

function loadstring(L: LuaState): number {
  const text = checkString(L, 1);
  return pushChunk(L, new Source(optString(L, 2) ?? text, text));
}

export const loading: Library = {
  dofile: notSimulated('dofile', (L) => optString(L, 1)),
  load,
  loadfile: notSimulated('loadfile', (L) => optString(L, 1)),
  loadstring,
};
