/** What the product's documentation says about options and scopes (4/config-options-summary), as typed data. */
import overlay from './data/overlay.json';
import rows from './data/options.json';

export type OptionType = 'boolean' | 'number' | 'text' | 'list' | 'dictionary';

/** One documented option. */
export interface OptionFacts {
  /** `Max_Outbound_Connections` */
  readonly title: string;
  readonly type: OptionType;
  /** Words that a number may be instead. */
  readonly keywords: readonly string[];
  /** As it would be written; undefined when there is none. */
  readonly defaultText: string | undefined;
  /** Types of scopes in lower case that it is valid in; `global` for the outermost. */
  readonly scopes: readonly string[];
  /** Whether a running server takes a new value over. */
  readonly isDynamic: boolean;
  /** The page of the product's documentation. */
  readonly doc: string | undefined;
}

/** How an option falls back from a host stanza: not at all, or over the host stanzas around it only. */
export interface HostFallback {
  readonly chain: 'none' | 'host';
  readonly defaultText: string | undefined;
}

interface Row {
  readonly scopes: readonly string[];
  readonly scope?: boolean;
  readonly default?: string;
  readonly dynamic?: boolean;
  readonly doc?: string;
}

const ROWS = new Map<string, Row>(Object.entries(rows));
const DEFAULTS = new Map<string, string | null>(Object.entries(overlay.defaults));
const MORE_SCOPES = new Map<string, readonly string[]>(Object.entries(overlay.moreScopes));
const WORDS = new Map(Object.entries(overlay.words));
const TITLES = new Map(Object.entries(overlay.titles));
const SCOPE_TITLES = new Map(Object.entries(overlay.scopeTitles));
const UNDOCUMENTED = new Set(overlay.undocumentedScopes);
const ANONYMOUS = new Set(overlay.anonymous);
const TYPES = new Map(
  Object.entries(overlay.types).flatMap(([type, names]) => names.map((name) => [name, type as OptionType])),
);
const HOST_FALLBACKS = new Map<string, HostFallback>(
  Object.entries(overlay.hostFallback).map(([name, fallback]) => [
    name,
    {
      chain: fallback.chain as HostFallback['chain'],
      defaultText: 'default' in fallback ? fallback.default : undefined,
    },
  ]),
);
const KEYWORDS = new Map<string, readonly string[]>(Object.entries(overlay.keywords));
const STANZA_DEFAULTS = new Map(
  Object.entries(overlay.stanzaDefaults).map(([type, defaults]) => [
    type,
    new Map<string, string>(Object.entries(defaults)),
  ]),
);
const SCOPE_TYPES = new Set([
  ...[...ROWS].filter(([, row]) => row.scope).map(([name]) => name),
  ...[...ROWS.values()].flatMap((row) => row.scopes),
]);

const known = new Map<string, OptionFacts | undefined>();

/** A documented option, by its name in any case; options of modules are not among them. */
export function optionFacts(name: string): OptionFacts | undefined {
  const key = name.toLowerCase();
  if (!known.has(key)) known.set(key, readFacts(key));
  return known.get(key);
}

function readFacts(key: string): OptionFacts | undefined {
  const row = ROWS.get(key);
  const more = MORE_SCOPES.get(key);
  if ((!row || row.scope) && !more) return undefined;
  const corrected = DEFAULTS.get(key);
  const defaultText = corrected === undefined ? row?.default : (corrected ?? undefined);
  return {
    title: TITLES.get(key) ?? titleOf(key),
    type: TYPES.get(key) ?? typeOfDefault(defaultText),
    keywords: KEYWORDS.get(key) ?? [],
    defaultText,
    scopes: [...(row?.scopes ?? []), ...(more ?? [])],
    isDynamic: row?.dynamic ?? true,
    doc: row?.doc,
  };
}

/** A default of 0 or 1 is a number: the documentation writes truth values as words. */
function typeOfDefault(defaultText: string | undefined): OptionType {
  if (defaultText === 'true' || defaultText === 'false') return 'boolean';
  return defaultText !== undefined && /^-?\d+$/.test(defaultText) ? 'number' : 'text';
}

/** `max_outbound_connections` as `Max_Outbound_Connections`, with the names of protocols as they are written. */
function titleOf(key: string): string {
  return key.split('_').map(titleWord).join('_');
}

function titleWord(word: string): string {
  return WORDS.get(word) ?? word.charAt(0).toUpperCase() + word.slice(1);
}

/** How the console shows an option's name: documented options in their own spelling, others as they were typed. */
export function optionTitle(name: string): string {
  return optionFacts(name)?.title ?? name;
}

/** How the console shows a scope's type: `Esmtp_Listener`; those of modules as they were typed. */
export function scopeTitle(type: string): string {
  const key = type.toLowerCase();
  if (!SCOPE_TYPES.has(key)) return type;
  return (
    SCOPE_TITLES.get(key) ??
    key
      .split('_')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('_')
  );
}

/** Whether all options of a scope are documented in one place; stanzas of modules hold what they like. */
export function isDocumentedScope(type: string): boolean {
  const key = type.toLowerCase();
  return SCOPE_TYPES.has(key) && !UNDOCUMENTED.has(key);
}

/** Whether a type of scope belongs to the core; others are stanzas of modules. */
export function isKnownScope(type: string): boolean {
  return SCOPE_TYPES.has(type.toLowerCase());
}

/** Whether a type of scope is known to have no instance names. */
export function isAnonymousType(type: string): boolean {
  return ANONYMOUS.has(type.toLowerCase());
}

/**
 * The default of an option of a stanza that belongs to a module or a data source, as it would be written (4/modules/alerting,
 * 4/modules/ds-core); undefined when there is none.
 */
export function stanzaDefault(type: string, option: string): string | undefined {
  return STANZA_DEFAULTS.get(type.toLowerCase())?.get(option.toLowerCase());
}

/** How an option falls back from a `host` stanza; undefined for the usual way. */
export function hostFallback(option: string): HostFallback | undefined {
  return HOST_FALLBACKS.get(option.toLowerCase());
}
