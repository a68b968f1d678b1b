/** Takes the WebAssembly binary out of the script that embeds it. */

/** The binary begins with `\0asm`, and stands in the script as a string literal in single quotes. */
const START = "'\0asm";
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r' };

/**
 * The bytes of the binary. In the literal a character stands for its byte, U+0100 for zero where U+0000 would not do.
 * Throws when the script has another form.
 */
export function readBinary(script: string): Uint8Array {
  const start = script.indexOf(START) + 1;
  const end = start === 0 ? 0 : endOfLiteral(script, start);
  if (end === 0) throw new Error('the package libxml2-wasm does not embed its binary in the expected form');
  const text = script
    .slice(start, end)
    .replace(/\\([^])/g, (_escape, letter: string) => ESCAPES[letter] ?? letter);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes[i] = code > 0xff ? 0 : code;
  }
  return bytes;
}

/** Where the closing quote is, 0 when there is none. */
function endOfLiteral(script: string, start: number): number {
  for (let i = start; i < script.length; i++) {
    if (script[i] === '\\') i++;
    else if (script[i] === "'") return i;
  }
  return 0;
}
