/**
 * What RFC 5322 makes of the text of an address header, as tokens that together are the whole text. Nothing is an error:
 * a quote that is not closed is a character like others, a comment that is not closed goes to the end.
 */

export interface Token {
  readonly kind: 'blank' | 'comment' | 'quoted' | 'literal' | 'atom' | 'special' | 'stray';
  /** As written. */
  readonly raw: string;
  /** What it stands for: without quotes, parentheses and backslashes. */
  readonly value: string;
}

const BLANK = /[ \t\r\n]+/y;
const ATOM = /[^ \t\r\n()<>[\]:;@\\,."]+/y;
const SPECIAL = /[<>,;:@.]/y;

export function addressTokens(text: string): Token[] {
  const tokens: Token[] = [];
  const closed = { '"': true, '[': true };
  for (let at = 0; at < text.length;) {
    const opening = text[at]!;
    const token = plainToken('atom', ATOM, text, at) ??
      plainToken('blank', BLANK, text, at) ??
      plainToken('special', SPECIAL, text, at) ??
      (opening === '(' ? commentAt(text, at) : undefined) ??
      (opening === '"' && closed[opening] ? quotedAt(text, at) : undefined) ??
      (opening === '[' && closed[opening] ? literalAt(text, at) : undefined) ?? {
        kind: 'stray',
        raw: opening,
        value: opening,
      };
    // What one has not found to the end of the text, the next does not look for again.
    if (token.kind === 'stray' && (opening === '"' || opening === '[')) closed[opening] = false;
    tokens.push(token);
    at += token.raw.length;
  }
  return tokens;
}

function plainToken(kind: Token['kind'], pattern: RegExp, text: string, at: number): Token | undefined {
  pattern.lastIndex = at;
  const raw = pattern.exec(text)?.[0];
  return raw === undefined ? undefined : { kind, raw, value: raw };
}

function quotedAt(text: string, start: number): Token | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return quotation('quoted', text.slice(start, at + 1), 1);
    if (text[at] === '\\') at++;
  }
  return undefined;
}

function commentAt(text: string, start: number): Token {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return quotation('comment', text.slice(start, at + 1), 1);
  }
  return quotation('comment', text.slice(start), 0);
}

function literalAt(text: string, start: number): Token | undefined {
  const end = text.indexOf(']', start) + 1;
  const raw = text.slice(start, end);
  return end > 0 ? { kind: 'literal', raw, value: raw } : undefined;
}

function quotation(kind: Token['kind'], raw: string, closing: number): Token {
  const inside = raw.slice(1, raw.length - closing);
  return { kind, raw, value: inside.replace(/\r?\n(?=[ \t])/g, '').replace(/\\([^])/g, '$1') };
}
