/** Quoted-printable for scripts: what is wrongly encoded raises in Lua. */
import { LuaRaise } from '../lua';

/** Raises for an `=` that begins neither two hexadecimal digits nor a soft line break. */
export function decodeQuotedPrintable(text: string): Buffer {
  const bytes: number[] = [];
  const withoutPadding = text.replace(/[ \t]+(?=\r?\n|$)/g, '');
  for (let i = 0; i < withoutPadding.length; i++) {
    const code = withoutPadding.charCodeAt(i);
    if (withoutPadding[i] !== '=') {
      bytes.push(code);
      continue;
    }
    const softBreak = /^=(?:\r?\n|$)/.exec(withoutPadding.slice(i, i + 3));
    if (softBreak) {
      i += softBreak[0].length - 1;
      continue;
    }
    const digits = withoutPadding.slice(i + 1, i + 3);
    if (!/^[\dA-Fa-f]{2}$/.test(digits))
      throw new LuaRaise(`the quoted-printable text cannot be decoded: '=${digits}' at byte ${i + 1}`);
    bytes.push(parseInt(digits, 16));
    i += 2;
  }
  return Buffer.from(bytes);
}
