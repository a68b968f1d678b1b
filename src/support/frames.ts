/** One level of Lua's call stack, innermost first in a list. Plain data: the server's state keeps them too. */
export interface LuaFrame {
  /** How the function is known where it was called (`handler`, `method 'x'`), or `main chunk`, `?`. */
  readonly name: string;
  /** Real path of the file, or Lua's short name of the chunk. */
  readonly file: string;
  /** From 1; 0 for a host function. */
  readonly line: number;
  /** From 1, in characters; 0 when unknown. */
  readonly column: number;
  readonly kind: 'lua' | 'main' | 'host';
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
