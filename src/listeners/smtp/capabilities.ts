import type { SmtpSettings } from './settings';

/** Those of every listener, as the dialogue of 4/modules/url-ripper has them. */
const ALWAYS = ['8BITMIME', 'PIPELINING'];

export const keywordOf = (line: string): string => (line.trim().split(/\s+/)[0] ?? '').toUpperCase();

/** The mechanisms of the `AUTH …` items of `SMTP_Extensions`, in their order. */
export function offeredMechanisms(extensions: readonly string[]): string[] {
  const named = extensions
    .map((line) => line.trim().toUpperCase().split(/\s+/))
    .filter(([keyword]) => keyword === 'AUTH')
    .flatMap(([, ...mechanisms]) => mechanisms);
  return [...new Set(named)];
}

/** What EHLO answers before scripts have their say (4/esmtp-listener-extensions). */
export function capabilityLines(settings: SmtpSettings, isSecure: boolean): string[] {
  const { extensions, maxMessageSize, useSsl, tls } = settings;
  const mechanisms = offeredMechanisms(extensions).join(' ');
  const auth = mechanisms === '' ? ['AUTH'] : [`AUTH=${mechanisms}`, `AUTH ${mechanisms}`];
  const lines = extensions.flatMap((line) => {
    const keyword = keywordOf(line);
    if (keyword === 'STARTTLS') return isSecure || useSsl || !tls ? [] : [keyword];
    return keyword === 'AUTH' ? auth : [line.trim()];
  });
  const size = maxMessageSize > 0 ? [`SIZE ${maxMessageSize}`] : [];
  return [...new Set([...ALWAYS, ...size, ...lines])];
}
