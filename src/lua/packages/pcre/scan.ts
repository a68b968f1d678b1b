/** The product's walk over all matches in a subject: `pcre.replace` and `pcre.split`. */
import { MatchFailure, type Offsets, type Regex } from './regex';

export type Piece =
  | { readonly kind: 'match'; readonly before: string; readonly offsets: Offsets }
  /** A character that is passed over, because only an empty match is where it stands. */
  | { readonly kind: 'character'; readonly text: string }
  /** What follows the last match. */
  | { readonly kind: 'rest'; readonly text: string };

/**
 * Walks as Perl's `/g` does: after an empty match, one that is not empty is tried at the same place. `wantsMore` is
 * asked before each match; without it the rest is one piece.
 */
export function* scan(regex: Regex, wantsMore: () => boolean): Generator<Piece, void> {
  const { subject } = regex;
  let start = 0;
  for (let retry = false; ;) {
    const offsets: Offsets | undefined = wantsMore() ? regex.exec(start, retry) : undefined;
    if (offsets) {
      const [from, to]: readonly [number, number] = offsets[0]!;
      if (from < start || to < from)
        throw new MatchFailure(
          '\\K within an assertion moved the match out of its place: production copies memory at random',
        );
      yield { kind: 'match', before: subject.slice(start, from), offsets };
      retry = to === from;
      start = to;
    } else if (retry && start < subject.length) {
      const text = String.fromCodePoint(subject.codePointAt(start)!);
      yield { kind: 'character', text };
      retry = false;
      start += text.length;
    } else {
      yield { kind: 'rest', text: subject.slice(start) };
      return;
    }
  }
}
