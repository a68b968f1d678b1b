import type { HeaderList } from '../../server/http/messages';

/** A value of the header Authorization. */
export interface Authorization {
  /** In lower case: `basic`, `digest`. */
  readonly scheme: string;
  readonly credentials: string;
}

/** Undefined when there is no such header, when there are several, or when it has no scheme. */
export function readAuthorization(headers: HeaderList): Authorization | undefined {
  const values = headers.filter(([name]) => name.toLowerCase() === 'authorization').map(([, value]) => value);
  const match = values.length === 1 ? /^([^\s,;=]+)[ \t]+([^]+)$/.exec(values[0]!.trim()) : null;
  return match ? { scheme: match[1]!.toLowerCase(), credentials: match[2]! } : undefined;
}

/** User and password of HTTP Basic as byte strings (RFC 7617); undefined when malformed. */
export function readBasic(credentials: string): { user: string; password: string } | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(credentials)) return undefined;
  const text = Buffer.from(credentials, 'base64').toString('latin1');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

const SEPARATORS = /[\s,]*/y;
const PARAMETER = /([^\s,=]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\[^])*)"|([^\s,"]*))[ \t]*(?=,|$)/y;

/** `name=token, name="quoted"`, names in lower case; undefined when malformed or when a name is repeated. */
export function readParameters(text: string): Map<string, string> | undefined {
  const parameters = new Map<string, string>();
  for (let at = endOf(SEPARATORS, text, 0); at < text.length; at = endOf(SEPARATORS, text, at)) {
    PARAMETER.lastIndex = at;
    const match = PARAMETER.exec(text);
    const name = match?.[1]!.toLowerCase();
    if (!match || name === undefined || parameters.has(name)) return undefined;
    parameters.set(name, match[2]?.replace(/\\([^])/g, '$1') ?? match[3] ?? '');
    at = PARAMETER.lastIndex;
  }
  return parameters;
}

function endOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  pattern.exec(text);
  return pattern.lastIndex;
}

export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
