import type { Reply } from '../../server/reception/verdict';

/** One reply, what goes with it, and what follows when it has been sent. */
export interface Answer extends Reply {
  /** Close after the reply. */
  readonly disconnect?: boolean;
  /** Virtual seconds for which the reply is held back. */
  readonly tarpit?: number;
  /** The rest of a command that goes on after this reply. */
  readonly next?: () => Promise<Answer | undefined>;
}

const answer = (code: number, text: string): Answer => ({ code, text });

/** The texts of 4/message-responses, letter by letter. */
export const REPLIES = {
  unrecognized: answer(500, '5.5.2 unrecognized command'),
  invalidEhlo: answer(501, '5.5.2 invalid EHLO'),
  invalidHelo: answer(501, '5.5.2 invalid HELO'),
  ehloNeeded: answer(550, '5.5.1 RFC2821 HELO/EHLO needed'),
  alreadyMail: answer(501, '5.5.1 MAIL FROM already established'),
  mailSyntax: answer(501, '5.5.2 MAIL FROM syntax error'),
  rcptSyntax: answer(501, '5.5.2 RCPT TO syntax error'),
  rcptBeforeMail: answer(503, 'RCPT TO without MAIL FROM'),
  dataBeforeMail: answer(503, '5.5.1 DATA without MAIL FROM'),
  dataBeforeRcpt: answer(503, '5.5.1 DATA without RCPT TO'),
  dataArgument: answer(501, '5.5.4 unexpected argument to DATA'),
  rsetArgument: answer(501, '5.5.4 invalid arguments to RSET'),
  noParameters: answer(501, '5.5.4 Syntax error (no parameters allowed)'),
  badSequence: answer(503, '5.5.1 bad sequence of commands'),
  batchLimit: answer(452, '4.5.3 Service unavailable, batch limit reached'),
  connectionRecipients: answer(452, '4.5.3 Service unavailable, recipients per connection limit reached'),
  messageRecipients: answer(452, '4.5.3 Service unavailable, recipients per message limit reached'),
  concurrency: answer(421, '4.4.5 Service unavailable, concurrency limit reached.'),
  tooLarge: answer(552, '5.3.4 message size limit exceeded'),
  tooLargeNow: { ...answer(421, '4.3.0 message is too large to process at this time'), disconnect: true },
  // The dialogue of 4/modules/url-ripper.
  mail: answer(250, 'MAIL FROM accepted'),
  rcpt: answer(250, 'RCPT TO accepted.'),
  data: answer(354, 'continue.  finished with "\\r\\n.\\r\\n"'),
  // 4/hooks/inbound-smtp-tls-post-accept
  tlsFailed: answer(421, '4.7.0 TLS Negotiation failed.'),
  // No page has these.
  accepted: answer(250, '2.0.0 OK'),
  startTls: answer(220, '2.0.0 Ready to start TLS'),
  vrfy: answer(252, '2.5.0 Cannot VRFY user, but will accept message and attempt delivery'),
  notImplemented: answer(502, '5.5.1 Command not implemented'),
  help: answer(214, '2.0.0 See RFC 5321'),
} as const satisfies Readonly<Record<string, Answer>>;

/** Refusals of AUTH (RFC 4954): the documentation has none. */
export const AUTH_REPLIES = {
  pass: answer(235, '2.7.0 Authentication successful'),
  fail: answer(535, '5.7.8 Authentication failed'),
  error: answer(454, '4.7.0 Temporary authentication failure'),
  mechanism: answer(504, '5.5.4 Unrecognized authentication type'),
  cancelled: answer(501, '5.7.0 Authentication cancelled'),
  malformed: answer(501, '5.5.2 AUTH syntax error'),
} as const satisfies Readonly<Record<string, Answer>>;

/** The lines of a reply: the code before each, `-` between them on all but the last. */
export function replyLines({ code, text }: Reply): string[] {
  const lines = text.replace(/[\r\n]+$/, '').split(/\r\n|\r|\n/);
  return lines.map((line, i) => `${code}${i < lines.length - 1 ? '-' : ' '}${line}`);
}

/** A reply as it goes over the wire. */
export function replyBytes(reply: Reply): Buffer {
  return Buffer.from(`${replyLines(reply).join('\r\n')}\r\n`, 'latin1');
}
