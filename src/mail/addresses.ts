import { addressSpec, phraseText, stretchesOf } from './address-list';
import type { Token } from './address-tokens';
import { HeaderError, shown } from './header-error';
import { decodeHeader, encodeWords } from './rfc2047';

export { parsePath, type Path, type PathRules } from './path';

/** An address, whole and in its parts: `user+detail@domain`. */
export interface AddressParts {
  readonly address: string;
  /** Everything before the `@`. */
  readonly localpart: string;
  /** Everything after the `@`; '' without one. */
  readonly domain: string;
  /** The local part up to the first `+`. */
  readonly user: string;
  /** The local part after the first `+`; '' without one. */
  readonly detail: string;
}

/** One mailbox of an address header. */
export interface Address extends AddressParts {
  /** The display name, decoded and without quotes, or else the comment beside the address; '' without either. */
  readonly display: string;
  /** Name of the group that the mailbox is in. */
  readonly group?: string;
}

/** The parts of an address without display name and angle brackets. It is divided at the last `@`. */
export function splitAddress(address: string): AddressParts {
  const at = address.lastIndexOf('@');
  const localpart = at < 0 ? address : address.slice(0, at);
  const plus = localpart.indexOf('+');
  return {
    address,
    localpart,
    domain: at < 0 ? '' : address.slice(at + 1),
    user: plus < 0 ? localpart : localpart.slice(0, plus),
    detail: plus < 0 ? '' : localpart.slice(plus + 1),
  };
}

/**
 * The mailboxes of an address list per RFC 5322 with its obsolete forms; members of groups are among them. What is no
 * address is passed over, the rest of the list is read (4/lua/ref-msys-parse-rfc-2822-addresses).
 */
export function parseAddressList(text: string): Address[] {
  const addresses: Address[] = [];
  let phrase = '';
  let group: string | undefined;
  for (const { role, tokens } of stretchesOf(text)) {
    if (role === 'phrase') {
      phrase = phraseText(tokens) || commentIn(tokens);
      continue;
    }
    if (role === 'group') group = decodeHeader(phrase);
    if (role === 'end') group = undefined;
    const spec =
      role === 'angle' ? addressSpec(tokens.slice(1, -1)) : role === 'bare' ? addressSpec(tokens) : undefined;
    if (spec) {
      const parts = splitAddress(`${quotedLocalpart(spec.localpart)}@${spec.domain}`);
      const display = decodeHeader(phrase || commentIn(tokens));
      addresses.push({ ...parts, display, ...(group !== undefined && { group }) });
    }
    phrase = '';
  }
  return addresses;
}

const commentIn = (tokens: readonly Token[]): string =>
  tokens.findLast(({ kind }) => kind === 'comment')?.value.trim() ?? '';

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** Quotes stand where the local part is nothing without them. */
const quotedLocalpart = (text: string): string =>
  /^[^ \t\r\n()<>[\]:;@\\,"]+$/.test(text) ? text : quoted(text);

/**
 * A mailbox as a header has it: `display <address>`, the display name quoted or encoded where it must be.
 *
 * @throws HeaderError for control characters, and a display name that is not UTF-8
 */
export function formatAddress({ display = '', address }: { display?: string; address: string }): string {
  const control = /[\0-\x08\x0a-\x1f\x7f]/;
  if (
    control.test(display) ||
    control.test(address) ||
    /[<>]/.test(address.replace(/"(?:[^"\\]|\\.)*"/g, ''))
  )
    throw new HeaderError(`not to be written as an address: ${shown(`${display} <${address}>`)}`);
  return display === '' ? address : `${formatPhrase(display)} <${address}>`;
}

function formatPhrase(text: string): string {
  if (/[\x80-\xff]|=\?/.test(text)) return encodeWords(text);
  return /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i.test(text) ? text : quoted(text);
}
