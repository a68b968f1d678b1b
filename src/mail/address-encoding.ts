import { addressSpec, phraseText, stretchesOf, type Stretch } from './address-list';
import type { Token } from './address-tokens';
import { encodeWords } from './rfc2047';

/**
 * An address list with its display names and comments as encoded words where they are not ASCII; the rest is kept.
 * Addresses themselves cannot be encoded: they keep their UTF-8 (RFC 6532). Undefined for a text without any address.
 */
export function encodeAddresses(value: string): string | undefined {
  const stretches = stretchesOf(value);
  if (!stretches.some(isAddress)) return undefined;
  return separated(
    stretches.flatMap((stretch) =>
      isAddress(stretch) ? encodeComments(stretch.tokens) : encodePhrase(stretch.tokens),
    ),
  );
}

const isAddress = ({ role, tokens }: Stretch): boolean =>
  (role === 'angle' && addressSpec(tokens.slice(1, -1)) !== undefined) ||
  (role === 'bare' && addressSpec(tokens) !== undefined);

const isForeign = (text: string): boolean => /[\x80-\xff]/.test(text);

/** A piece of the result; encoded words must have blanks around them. */
interface Piece {
  readonly text: string;
  readonly isEncoded: boolean;
}

const kept = (text: string): Piece => ({ text, isEncoded: false });

function encodeComments(tokens: readonly Token[]): Piece[] {
  return tokens.map(({ kind, raw, value }) =>
    kept(kind === 'comment' && isForeign(raw) ? `(${encodeWords(value)})` : raw),
  );
}

/** Comments apart, the words of a phrase are encoded together, and only if one of them must be. */
function encodePhrase(tokens: readonly Token[]): Piece[] {
  const pieces: Piece[] = [];
  for (let from = 0; from < tokens.length;) {
    const isOutside = ({ kind }: Token): boolean => kind === 'blank' || kind === 'comment';
    const end = tokens.findIndex((token, index) => index > from && token.kind === 'comment');
    const run = tokens.slice(from, end < 0 ? tokens.length : end);
    const first = run.findIndex((token) => !isOutside(token));
    const last = run.findLastIndex((token) => !isOutside(token));
    const words = first < 0 ? [] : run.slice(first, last + 1);
    if (words.some(({ raw }) => isForeign(raw)))
      pieces.push(
        ...encodeComments(run.slice(0, first)),
        { text: encodeWords(phraseText(words)), isEncoded: true },
        ...encodeComments(run.slice(last + 1)),
      );
    else pieces.push(...encodeComments(run));
    from += run.length;
  }
  return pieces;
}

function separated(pieces: readonly Piece[]): string {
  let text = '';
  for (const [index, { text: piece, isEncoded }] of pieces.entries()) {
    const isGlued = isEncoded || pieces[index - 1]?.isEncoded;
    text += isGlued && text !== '' && !/[ \t]$/.test(text) && !/^[ \t\r]/.test(piece) ? ` ${piece}` : piece;
  }
  return text;
}
