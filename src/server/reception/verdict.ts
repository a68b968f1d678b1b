import { rejectedByPolicy } from './responses';
import type { ValidationContext } from './validation-context';

/** A reply of SMTP: its code, and the text without it. */
export interface Reply {
  readonly code: number;
  readonly text: string;
}

/** What the server says instead of, or besides, the default reply. */
export interface Verdict {
  /** Undefined: the engine's default reply. Lines are separated by `\n`. */
  readonly reply?: Reply;
  /** Close after the reply. */
  readonly disconnect?: boolean;
  /** Virtual seconds for which the reply is held back. */
  readonly tarpit?: number;
}

/** A code that refuses. */
const REFUSAL = 400;

/** The refusal in a verdict. */
export const refusalOf = ({ reply }: Verdict): Reply | undefined =>
  reply && reply.code >= REFUSAL ? reply : undefined;

/** Whether the server refuses something with this verdict. */
export const refuses = (verdict: Verdict): boolean => refusalOf(verdict) !== undefined;

export const refusedWith = (reply: Reply): Verdict => ({ reply });

/**
 * What the modules have decided in the phase that has just run: the code and text that they set, which for a code below
 * 400 only replaces the default reply's.
 */
export function verdictOf({ code, note, disconnect, tarpit }: ValidationContext): Verdict {
  const reply = replyFor(code, note);
  return {
    ...(reply && { reply }),
    ...(disconnect && { disconnect }),
    ...(tarpit > 0 && { tarpit }),
  };
}

function replyFor(code: number, note: string): Reply | undefined {
  if (code === 0) return undefined;
  if (note !== '') return { code, text: note };
  return code >= REFUSAL ? { code, text: rejectedByPolicy(code) } : undefined;
}

/** `550 5.7.0 discarded by policy` taken apart. */
export function replyOf(text: string): Reply {
  const [, code = '550', rest = text] = /^(\d{3})[ -]?([^]*)$/.exec(text) ?? [];
  return { code: Number(code), text: rest };
}
