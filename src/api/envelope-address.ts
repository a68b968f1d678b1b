/** Envelope addresses between their bare form and that of an SMTP command. Addresses are byte strings. */

/** An address as a script gives it, with or without brackets. */
export function bareAddress(given: string): string {
  const [, inner] = /^\s*<([^]*)>\s*$/.exec(given) ?? [];
  return (inner ?? given).trim();
}

/** `MAIL FROM:<…>` or `RCPT TO:<…>` with its CRLF (3/3-api/apis-ec-message-get-mailfrom). */
export const decorated = (command: 'MAIL FROM' | 'RCPT TO', address: string): string =>
  `${command}:<${address}>\r\n`;

/** The address of a command, which may have parameters; of any other text, the text. */
export function undecorated(line: string): string {
  const [, path, rest] = /^\s*(?:MAIL FROM|RCPT TO)\s*:\s*(?:<([^>]*)>|(\S*))/i.exec(line) ?? [];
  return path ?? rest ?? bareAddress(line);
}

/** Addresses in one string, separated by commas outside of quoted local parts (4/lua/ref-msg-inject). */
export function addressesOf(list: string): string[] {
  const parts = list.match(/(?:"(?:\\[^]|[^"\\])*"|[^,"]|")+/g) ?? [];
  return parts.map(bareAddress).filter((address) => address !== '');
}
