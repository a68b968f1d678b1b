/** What an outbound connection is at, by the code in the logs (4/4-log-formats-connection-stages). */
export const STAGES: readonly string[] = [
  'while not connected',
  'while idle',
  'during MAIL FROM',
  'after MAIL FROM',
  'during RCPT TO',
  'after RCPT TO',
  'during DATA',
  'after DATA',
  'while sending BODY',
  'reading confirmation',
  'during EHLO',
  'after EHLO',
  'reading BANNER',
  'during RSET',
  'after RSET',
  'during STARTTLS',
  'after STARTTLS',
  'handshaking TLS',
  'renegotiating TLS',
  'during XCLIENT',
  'after XCLIENT',
  'out of band bounce',
  'in unknown state',
];

export const NOT_CONNECTED = 0;
export const IDLE = 1;
