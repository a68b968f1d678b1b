import type { Reply } from './verdict';

const reply = (code: number, text: string): Reply => ({ code, text });

/** What the server itself says while it receives mail (4/message-responses). */
export const REPLIES = {
  relayingDenied: reply(550, '5.7.1 relaying denied'),
  blackholed: reply(551, '5.7.1 recipient blackholed'),
  noValidDomain: reply(554, 'No Valid Domain'),
  noRecipients: reply(503, '5.5.1 DATA without RCPT TO'),
  nullSender: reply(501, '5.5.2 MAIL FROM syntax error'),
  /** `default_binding = none`: a transient failure (4/config/ref-default-binding). */
  noBinding: reply(451, '4.3.5 configuration error, please try later'),
  transactionFailed: reply(451, '4.3.0 transaction failed'),
  reconfigured: reply(421, '4.3.2 Reconfiguration in progress'),
  /** A callout failed. */
  unavailable: reply(421, '4.4.5 Service unavailable'),
} as const;

/** The documented reasons to refuse a message for its form, all `550 5.6.0`. */
export const CONTENT_REPLIES = {
  missingHeaders: content('Required headers not found (see RFC2822 section 3.6)'),
  invalidHeader: content('Invalid header found (see RFC2822 section 3.6)'),
  unterminatedHeader: content('Header not terminated by CR LF (see RFC2822 section 2.2)'),
  loneInHeaders: content('Lone CR or LF in headers (see RFC2822 section 2.2)'),
  loneInBody: content('Lone CR or LF in body (see RFC2822 section 2.3)'),
  longHeader: content('Header line too long (see RFC2822 section 3.5)'),
  longBody: content('Body line too long (see RFC2822 section 3.5)'),
  missingDate: content('Missing required RFC2822 Date field (see RFC2822 section 3.6)'),
} as const;

function content(text: string): Reply {
  return reply(550, `5.6.0 ${text}`);
}

/** What is said when a module gives a code without a text. */
export const rejectedByPolicy = (code: number): string =>
  `${Math.floor(code / 100)}.7.0 [internal] rejected by policy`;
