/** What clients send for LOGIN, PLAIN and CRAM-MD5. Everything decoded is a byte string, one character per byte. */

/** What the server asks a client of LOGIN, already encoded: `Username:` and `Password:`. */
export const LOGIN_PROMPTS = ['VXNlcm5hbWU6', 'UGFzc3dvcmQ6'] as const;

const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

/** Decodes one line of a client; `=` is an empty one (RFC 4954). Undefined when it is not base64. */
export function decodeSasl(line: string): string | undefined {
  if (line === '=') return '';
  return BASE64.test(line) ? Buffer.from(line, 'base64').toString('latin1') : undefined;
}

export function encodeSasl(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** A decoded PLAIN message, `[authorization identity] NUL user NUL password` (RFC 4616); undefined when it is none. */
export function readPlain(message: string): Credentials | undefined {
  const [, user = '', password, ...rest] = message.split('\0');
  if (user === '' || password === undefined || rest.length > 0) return undefined;
  return { user, password };
}

/** A decoded CRAM-MD5 answer, `user digits` (RFC 2195), the digits as the password; undefined when it is none. */
export function readCramMd5(message: string): Credentials | undefined {
  const [, user, password] = /^(.+) ([\da-fA-F]{32})$/s.exec(message) ?? [];
  return user === undefined || password === undefined ? undefined : { user, password };
}

/** A CRAM-MD5 challenge, `<number.seconds@host>`, before it is encoded. */
export function cramMd5Challenge(number: number, seconds: number, host: string): string {
  return `<${number}.${seconds}@${host}>`;
}
