import type { SmtpArguments } from './hooks';

/** As they follow the address in MAIL FROM and RCPT TO (RFC 5321, 4.1.2): a blank before each. */
export function argumentsText(args: SmtpArguments): string {
  return Array.from(args, ([keyword, value]) => ` ${keyword}${value === '' ? '' : `=${value}`}`).join('');
}
