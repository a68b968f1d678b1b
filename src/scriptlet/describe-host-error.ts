const SHOWN_CALLS = 5;

/** What a function of the host threw at a script, and where: its message and the first lines of its stack. */
export function describeHostError(error: unknown): string {
  const own = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const calls =
    error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return ['a JavaScript function that Lua called threw ' + own, ...calls.slice(0, SHOWN_CALLS)].join('\n');
}
