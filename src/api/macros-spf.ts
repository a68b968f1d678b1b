/** The macros of SPF (4/modules/spf, 3/3-reference/sieve-ecaddons). */
import { addressBits, parseAddress } from '../server/cidr-block';
import { addressParts } from '../server/delivery/address';
import type { MacroFamily, MacroSubject } from './macro-subject';

/** Sender in two parts: that of the message, or what MAIL FROM said; a null sender is the EHLO domain's postmaster. */
function sender({ message, context }: MacroSubject): { localpart: string; domain: string } {
  const known = message
    ? addressParts(message.from)
    : {
        localpart: context.message.get('mailfrom_localpart') ?? '',
        domain: context.message.get('mailfrom_domain') ?? '',
      };
  if (known.domain !== '') return { ...known, localpart: known.localpart || 'postmaster' };
  return { localpart: 'postmaster', domain: ehloDomain(context) };
}

const ehloDomain = (context: MacroSubject['context']) => context.connection.get('ehlo_domain') ?? '';

/** `192.0.2.1`; of an IPv6 address its 32 hexadecimal digits. */
function dotted(peer: string): string {
  const address = parseAddress(peer);
  if (address?.family !== 6) return peer;
  return Array.from(address.first.toString(16).padStart(addressBits(6) / 4, '0')).join('.');
}

const LETTERS: Readonly<Record<string, (subject: MacroSubject) => string>> = {
  s: (subject) => {
    const { localpart, domain } = sender(subject);
    return `${localpart}@${domain}`;
  },
  l: (subject) => sender(subject).localpart,
  o: (subject) => sender(subject).domain,
  d: (subject) => sender(subject).domain,
  i: ({ peer }) => dotted(peer),
  c: ({ peer }) => peer,
  v: ({ peer }) => (peer.includes(':') ? 'ip6' : 'in-addr'),
  h: ({ context }) => ehloDomain(context),
  t: ({ runtime }) => String(runtime.server.clock.seconds()),
};

/** A letter, how many of the right-hand parts, whether their order is reversed, and where to split. */
const MACRO = /^([slodicvht])(\d*)(r?)([-.+,/_=]*)$/;

export const spfMacro: MacroFamily = (name, subject) => {
  const [match, letter = '', count = '', reverse = '', delimiters = ''] = MACRO.exec(name) ?? [];
  if (match === undefined || Number(count || 1) === 0) return undefined;
  const value = LETTERS[letter]!(subject);
  if (match === letter) return value;
  const parts = value.split(new RegExp(`[${(delimiters || '.').replace(/[-.+/=]/g, '\\$&')}]`));
  if (reverse) parts.reverse();
  return parts.slice(count === '' ? 0 : -Number(count)).join('.');
};
