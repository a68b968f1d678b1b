/** A class of bounces (4/4-bounce-logger-classification-codes). */
export interface BounceClass {
  readonly code: number;
  /** The constant's name, of which three are documented. */
  readonly symbol: string;
  readonly name: string;
}

const bounceClass = (code: number, symbol: string, name: string): BounceClass => ({ code, symbol, name });

export const BOUNCE_CLASSES: ReadonlyMap<number, BounceClass> = new Map(
  [
    bounceClass(1, 'BC_UNDETERMINED', 'Undetermined'),
    bounceClass(10, 'BC_HARD_INVALID_RECIPIENT', 'Invalid Recipient'),
    bounceClass(20, 'BC_SOFT_BOUNCE', 'Soft Bounce'),
    bounceClass(21, 'BC_SOFT_DNS_FAILURE', 'DNS Failure'),
    bounceClass(22, 'BC_SOFT_MAILBOX_FULL', 'Mailbox Full'),
    bounceClass(23, 'BC_SOFT_TOO_LARGE', 'Too Large'),
    bounceClass(24, 'BC_SOFT_TIMEOUT', 'Timeout'),
    bounceClass(25, 'BC_ADMIN_FAILURE', 'Admin Failure'),
    bounceClass(30, 'BC_GENERIC_NO_RCPT', 'Generic Bounce: No RCPT'),
    bounceClass(40, 'BC_GENERIC', 'Generic Bounce'),
    bounceClass(50, 'BC_BLOCK_MAIL', 'Mail Block'),
    bounceClass(51, 'BC_BLOCK_SPAM', 'Spam Block'),
    bounceClass(52, 'BC_BLOCK_SPAM_CONTENT', 'Spam Content'),
    bounceClass(53, 'BC_BLOCK_ATTACHMENT', 'Prohibited Attachment'),
    bounceClass(54, 'BC_BLOCK_RELAYING', 'Relaying Denied'),
    bounceClass(60, 'BC_AUTO_REPLY', 'Auto-Reply'),
    bounceClass(70, 'BC_TRANSIENT_FAILURE', 'Transient Failure'),
    bounceClass(80, 'BC_SUBSCRIBE', 'Subscribe'),
    bounceClass(90, 'BC_UNSUBSCRIBE', 'Unsubscribe'),
    bounceClass(100, 'BC_CHALLENGE_RESPONSE', 'Challenge-Response'),
  ].map((entry) => [entry.code, entry]),
);

/** Codes of the classes for what a text says, tried in order. */
const PATTERNS: readonly (readonly [code: number, pattern: RegExp])[] = [
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
  return PATTERNS.find(([, pattern]) => pattern.test(note))?.[0] ?? UNDETERMINED;
}
