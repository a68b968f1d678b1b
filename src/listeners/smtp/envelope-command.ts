import { parsePath } from '../../mail/path';
import type { Capabilities } from '../../server/reception/capabilities';
import { keywordOf } from './capabilities';
import type { SmtpSettings } from './settings';

/** The argument of MAIL or RCPT. Byte strings. */
export interface EnvelopeCommand {
  /** Without brackets; '' is the null path. */
  readonly address: string;
  /** By their names in upper case; those without a value have ''. */
  readonly parameters: ReadonlyMap<string, string>;
}

interface Parameter {
  /** Which capability it belongs to; undefined: it is always understood. */
  readonly of?: string;
  readonly value: RegExp;
}

/** Parameters that the engine knows; others are a syntax error. */
const PARAMETERS: Readonly<Record<'FROM' | 'TO', Readonly<Record<string, Parameter | undefined>>>> = {
  FROM: {
    SIZE: { value: /^\d{1,20}$/ },
    BODY: { value: /^(?:7BIT|8BITMIME)$/i },
    AUTH: { of: 'AUTH', value: /./ },
    RET: { of: 'DSN', value: /^(?:FULL|HDRS)$/i },
    ENVID: { of: 'DSN', value: /./ },
    SMTPUTF8: { of: 'SMTPUTF8', value: /^$/ },
  },
  TO: {
    NOTIFY: { of: 'DSN', value: /./ },
    ORCPT: { of: 'DSN', value: /./ },
  },
};

/** Octets; RFC 5321 asks for 256 for a path, and the parameters have their own. */
const LONGEST_ARGUMENT = 4096;

const IP_LITERAL = /@\[[^\]]*\]$/;

/**
 * Reads `FROM:<address> NAME=value …` or `TO:…` (RFC 5321, 4.1.1); undefined when it is none. Blanks before the path are
 * tolerated, those within its brackets where the configuration says so.
 */
export function readEnvelopeCommand(
  argument: string,
  keyword: 'FROM' | 'TO',
  settings: SmtpSettings,
  capabilities: Capabilities,
): EnvelopeCommand | undefined {
  if (argument.length > LONGEST_ARGUMENT) return undefined;
  const [, found, path] = /^(FROM|TO) *: *(<.*)$/is.exec(argument) ?? [];
  if (found?.toUpperCase() !== keyword || path === undefined) return undefined;
  const text = settings.allowTrailingWhitespace ? path.replace(/^<\s*([^\s">]*)\s*>/, '<$1>') : path;
  const { address, rest } = parsePath(text, { pedantic: settings.pedanticAddresses }) ?? {};
  if (address === undefined || rest === undefined) return undefined;
  const qualified = qualify(address, keyword, settings);
  const parameters = readParameters(rest, PARAMETERS[keyword], capabilities);
  return qualified === undefined || !parameters ? undefined : { address: qualified, parameters };
}

function qualify(address: string, keyword: 'FROM' | 'TO', settings: SmtpSettings): string | undefined {
  if (address === '') return keyword === 'FROM' ? '' : undefined;
  if (IP_LITERAL.test(address) && !settings.allowIpLiteral) return undefined;
  if (address.includes('@')) return address;
  const { domainForUnqualifiedSender, domainForUnqualifiedRecipients } = settings;
  const domain = keyword === 'FROM' ? domainForUnqualifiedSender : domainForUnqualifiedRecipients;
  return domain && `${address}@${domain}`;
}

function readParameters(
  text: string,
  known: Readonly<Record<string, Parameter | undefined>>,
  capabilities: Capabilities,
): Map<string, string> | undefined {
  if (text !== '' && !/^\s/.test(text)) return undefined;
  const offered = new Set(Array.from(capabilities, (line) => keywordOf(line)));
  const parameters = new Map<string, string>();
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(word)!;
    const key = name.toUpperCase();
    const rule = Object.hasOwn(known, key) ? known[key] : undefined;
    if (!rule?.value.test(value) || parameters.has(key)) return undefined;
    if (rule.of !== undefined && !offered.has(rule.of)) return undefined;
    parameters.set(key, value);
  }
  return parameters;
}
