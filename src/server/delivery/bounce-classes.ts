/** Codes of 4/4-bounce-logger-classification-codes for what a text says, tried in order. */
const CLASSES: readonly (readonly [code: number, pattern: RegExp])[] = [
  [24, /exceeded max (?:time|retries)|message expired/],
  [25, /manually (?:purged|failed)|\[internal\] Blackholed|discarded by policy/],
  [21, /Domain Lookup Failed|no MX or A for domain|NULL MX domain/],
  [70, /^4\d\d/],
  [22, /^5\d\d[ -]5\.2\.2\b|over quota|mailbox (?:is )?full/i],
  [23, /^5\d\d[ -]5\.3\.4\b|^552\b.*(?:size|large)/i],
  [54, /relay(?:ing)? (?:access )?denied/i],
  [53, /attachment/i],
  [51, /blacklist|blocklist|listed (?:in|at|by)/i],
  [52, /spam/i],
  [10, /^5\d\d[ -]5\.1\.[1-3]\b|no such (?:user|account|mailbox)|unknown user|user unknown/i],
  [50, /^5\d\d[ -]5\.7\.\d+/],
];
const UNDETERMINED = 1;

/** The class of a bounce by its text; 1, undetermined, when nothing is recognized in it. */
export function classifyBounce(note: string): number {
  return CLASSES.find(([, pattern]) => pattern.test(note))?.[0] ?? UNDETERMINED;
}
