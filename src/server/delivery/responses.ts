/** What the server itself says about messages that it does not deliver (4/message-responses). */
export const RESPONSES = {
  blackholed: '554 5.7.0 [internal] Blackholed',
  domainLookupFailed: '554 5.4.4 [internal] Domain Lookup Failed',
  expiredUntried: '554 5.4.5 [internal] Delivery not attempted (message expired)',
  outOfRetries: '554 5.4.7 [internal] exceeded max retries without delivery',
  outOfTime: '554 5.4.7 [internal] exceeded max time without delivery',
  noHosts: '451 4.4.1 [internal] No valid hosts (unable to make any connections)',
  noMxReached: '421 4.4.0 [internal] no MXs for this domain could be reached at this time',
  connectTimedOut: '450 4.4.1 [internal] Connection Timed Out',
  noHttpResponse: '451 4.4.2 [internal] no HTTP response',
  closedByRemote: '451 4.4.2 [internal] connection closed by remote host',
  mailFromArguments: '451 4.4.2 [internal] MAIL FROM argument hook failed',
  rcptToArguments: '451 4.4.2 [internal] RCPT TO argument hook failed',
  purged: '554 5.7.0 [internal] Message manually purged',
  /** `message fail` (4/console-commands/message-fail). */
  failedByHand: '554 manually failed.',
} as const;
