import { RULES, type Mistake } from './advice-rules';

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
