/** A text that is to be contained, a regular expression, or one of jest's asymmetric matchers. */
export type Pattern = string | RegExp | { asymmetricMatch(text: unknown): boolean };

export function isPattern(value: unknown): value is Pattern {
  return (
    typeof value === 'string' ||
    value instanceof RegExp ||
    (typeof value === 'object' && value !== null && 'asymmetricMatch' in value)
  );
}

/** `search`, because `test` of a global pattern goes on from its last match. */
export function fits(text: string, pattern: Pattern): boolean {
  if (typeof pattern === 'string') return text.includes(pattern);
  return pattern instanceof RegExp ? text.search(pattern) !== -1 : pattern.asymmetricMatch(text);
}
