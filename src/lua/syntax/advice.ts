import { RULES } from './advice-rules';

/** A syntax error as the rules of advice see it. */
export interface Mistake {
  /** The message without its place: `unexpected symbol`, `'end' expected`. */
  readonly message: string;
  /** The whole source, one character per byte. */
  readonly text: string;
  /** Offset of the offending token. */
  readonly offset: number;
  /** Line where an unfinished long string or comment opens. */
  readonly openedAt?: number;
  /** Line of the first `else if` that opened a nested `if`. */
  readonly elseIfLine?: number;
  /** The statement that had to be the last of its block. */
  readonly last?: 'break' | 'return';
}

/** A rule applies when all of its patterns match; the first one that applies gives the advice. */
export interface AdviceRule {
  readonly message?: RegExp;
  /** Matched against the bytes before the offending token. */
  readonly before?: RegExp;
  /** Matched against the bytes from the offending token on. */
  readonly from?: RegExp;
  readonly when?: (mistake: Mistake) => boolean;
  readonly advice: string | ((mistake: Mistake) => string);
}

/** How much of the source on either side of the mistake the patterns see. */
const WINDOW = 200;
const REASON = 'Momentum runs a derivative of Lua 5.1, so the real server refuses it too.';

/** One or two sentences on what to write instead, when the mistake is a known one. */
export function adviceFor(mistake: Mistake): string | undefined {
  const before = mistake.text.slice(Math.max(0, mistake.offset - WINDOW), mistake.offset);
  const from = mistake.text.slice(mistake.offset, mistake.offset + WINDOW);
  const rule = RULES.find(
    (r) =>
      (r.message?.test(mistake.message) ?? true) &&
      (r.before?.test(before) ?? true) &&
      (r.from?.test(from) ?? true) &&
      (r.when?.(mistake) ?? true),
  );
  if (!rule) return undefined;
  return `${typeof rule.advice === 'string' ? rule.advice : rule.advice(mistake)} ${REASON}`;
}
