/** Envelope addresses as SMTP commands have them (RFC 5321, 4.1.2). */

/** What stands between the angle brackets, and what comes after them. */
export interface Path {
  /** Without source route, as written; '' for the null path `<>`. */
  readonly address: string;
  readonly localpart: string;
  /** '' for an address without one, such as `<postmaster>`. */
  readonly domain: string;
  /** From the closing bracket on: nothing, or the parameters with the blank before them. */
  readonly rest: string;
}

export interface PathRules {
  /**
   * `rfc2821_pedantic_address_rules`: false allows dots side by side and at the ends of the local part
   * (4/config/ref-rfc-2821-pedantic-address-rules).
   */
  readonly pedantic: boolean;
}

const ATEXT = "[a-z0-9!#$%&'*+/=?^_`{|}~-]";
const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const DOMAIN = `(?:${LABEL}(?:\\.${LABEL})*|\\[[!-Z^-~]+\\])`;
const ROUTE = `(?:@${DOMAIN}(?:,@${DOMAIN})*:)?`;
const QUOTED = '"(?:[ !#-\\[\\]-~]|\\\\[ -~])*"';

const pathPattern = (dotted: string): RegExp =>
  new RegExp(`^<(?:${ROUTE}((${dotted}|${QUOTED})(?:@(${DOMAIN}))?))?>(.*)$`, 'is');

const PEDANTIC = pathPattern(`${ATEXT}+(?:\\.${ATEXT}+)*`);
const RELAXED = pathPattern(`(?:${ATEXT}|\\.)+`);

/** Reads the path that `text` begins with, the `<` first. Undefined when there is none of this form. */
export function parsePath(text: string, { pedantic }: PathRules = { pedantic: true }): Path | undefined {
  const match = (pedantic ? PEDANTIC : RELAXED).exec(text);
  if (!match) return undefined;
  const [, address = '', localpart = '', domain = '', rest = ''] = match;
  return { address, localpart, domain, rest };
}
