import { MomentumSimError } from '../support/errors';
import { chunkId, toDisplay, type Source } from './syntax/source';
import type { Position } from './syntax/tree';

/** One level of Lua's call stack, innermost first in a list. */
export interface LuaFrame {
  /** How the function is known where it was called (`handler`, `field 'x'`), or `main chunk`, `?`. */
  readonly name: string;
  /** Real path of the file, or Lua's short name of the chunk. */
  readonly file: string;
  /** From 1; 0 for a host function. */
  readonly line: number;
  /** From 1, in characters; 0 when unknown. */
  readonly column: number;
  readonly kind: 'lua' | 'main' | 'host';
}

/** Lua source that does not parse. `message` holds 5.1's text, the place, an excerpt and advice. */
export class LuaSyntaxError extends MomentumSimError {
  readonly code = 'LUA_SYNTAX';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly excerpt: string;
  /** Exactly what Lua reports: `file:line: text near 'token'`. */
  readonly luaMessage: string;
  /** What to do about it, when the mistake is a known one. */
  readonly advice: string | undefined;

  constructor(source: Source, at: Position, text: string, advice?: string) {
    const luaMessage = `${chunkId(source.chunkName)}:${at.line}: ${text}`;
    const excerpt = source.excerpt(at);
    super([toDisplay(luaMessage), excerpt, advice].filter(Boolean).join('\n\n'));
    this.luaMessage = luaMessage;
    this.file = source.path ?? chunkId(source.chunkName);
    this.line = at.line;
    this.column = source.displayColumn(at);
    this.excerpt = excerpt;
    this.advice = advice;
    putLuaFramesFirst(this, [
      { name: 'syntax error', file: this.file, line: this.line, column: this.column, kind: 'main' },
    ]);
  }
}

/** Rewrites `stack` so that Lua's frames precede JavaScript's: test runners show the excerpt of the first one. */
export function putLuaFramesFirst(error: Error, frames: readonly LuaFrame[]): void {
  const lines = (error.stack ?? '').split('\n');
  const js = lines.filter((line) => /^\s+at /.test(line));
  const lua = frames
    .filter((frame) => frame.kind !== 'host')
    .map((frame) => `    at ${frame.name} (${frame.file}:${frame.line}:${Math.max(frame.column, 1)})`);
  error.stack = [`${error.name}: ${error.message}`, ...lua, ...js].join('\n');
}
