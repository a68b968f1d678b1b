import { FramedError, MomentumSimError } from '../support/errors';
import { putLuaFramesFirst, type LuaFrame } from '../support/frames';
import { chunkId, SYNTAX_ID_SIZE, toDisplay, type Source } from './syntax/source';
import type { Position } from './syntax/tree';

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
    const luaMessage = `${chunkId(source.chunkName, SYNTAX_ID_SIZE)}:${at.line}: ${text}`;
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

/** A Lua error that no `pcall` caught; `value` is what was raised. */
export class LuaError extends FramedError {
  readonly code: string = 'LUA_ERROR';
  /** Exactly what Lua reports (`file:line: text`), or a description of a value that is no string. */
  readonly luaMessage: string;
  /** 5.1's traceback of the failing thread, message included. */
  readonly traceback: string;

  constructor(
    readonly value: unknown,
    details: { luaMessage: string; frames: readonly LuaFrame[]; traceback: string; excerpt: string },
    cause?: unknown,
  ) {
    const { luaMessage, frames, traceback, excerpt } = details;
    super([toDisplay(shorten(luaMessage)), excerpt].filter(Boolean).join('\n\n'), frames, { cause, excerpt });
    this.luaMessage = luaMessage;
    this.traceback = traceback;
  }
}

const MAX_SHOWN = 10_000;

/** Scripts raise texts of any length; test runners and logs print the message several times. */
function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}... (${text.length} bytes)` : text;
}

/** A script spent more than `limits` allow; no `pcall` catches it. */
export class LuaLimitError extends LuaError {
  override readonly code = 'LUA_LIMIT';
}
