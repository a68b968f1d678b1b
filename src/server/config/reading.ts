import { ConfigError } from '../../support/errors';
import { optionFacts, type OptionType } from './options';
import { pathText } from './print';
import type { ConfigPath, ConfigPlace } from './scope';
import { plainValue, printValue, type ConfigValue, type PlainValue } from './value';

/** Where the value of a reading comes from. */
export type ReadingSource =
  | { readonly kind: 'option'; readonly path: ConfigPath; readonly place: ConfigPlace | undefined }
  | { readonly kind: 'default' };

/** ec_atobool (4/console-commands/config, setting boolean options). */
const BOOLEANS = new Map([
  ['on', true],
  ['true', true],
  ['enabled', true],
  ['1', true],
  ['off', false],
  ['false', false],
  ['disabled', false],
  ['0', false],
]);

const SECONDS: Readonly<Record<string, number>> = {
  second: 1,
  sec: 1,
  s: 1,
  minute: 60,
  min: 60,
  m: 60,
  hour: 3600,
  hr: 3600,
  h: 3600,
  day: 86_400,
  d: 86_400,
  week: 604_800,
  w: 604_800,
};
const DURATION_PART = /(\d+)\s*([a-z]+?)s?(?=[\s\d]|$)/gi;

/** What a text is as a truth value, a number or seconds; undefined when it is none. */
export const parseBoolean = (text: string) => BOOLEANS.get(text.toLowerCase());

/** Decimal, `0666` octal, `0x1f` hexadecimal. */
export function parseNumber(text: string): number | undefined {
  if (/^-?0[0-7]+$/.test(text)) return parseInt(text, 8);
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  return /^0x[0-9a-f]+$/i.test(text) ? Number(text) : undefined;
}

/** A number of seconds, or amounts with units such as `4 hours` or `1h 30m`. */
export function parseSeconds(text: string): number | undefined {
  const plain = parseNumber(text);
  if (plain !== undefined) return plain;
  let sum = 0;
  const rest = text.replace(DURATION_PART, (part, amount: string, unit: string) => {
    const seconds = Object.hasOwn(SECONDS, unit.toLowerCase()) ? SECONDS[unit.toLowerCase()]! : NaN;
    sum += Number(amount) * seconds;
    return '';
  });
  return text.trim() !== '' && rest.trim() === '' && !Number.isNaN(sum) ? sum : undefined;
}

/** The value that an option has, and whom it owes it to. */
export class Reading {
  constructor(
    /** As the console shows it. */
    readonly name: string,
    readonly value: ConfigValue,
    readonly source: ReadingSource,
  ) {}

  get type(): OptionType {
    const { kind } = this.value;
    return optionFacts(this.name)?.type ?? (kind === 'text' ? 'text' : kind);
  }

  /** A text as it is; lists and dictionaries as they are written. */
  get text(): string {
    return this.value.kind === 'text' ? this.value.text : printValue(this.value);
  }

  /** Throws ConfigError for what is no number. */
  number(): number {
    return parseNumber(this.text) ?? this.#wrong('a number');
  }

  /** on, true, enabled, 1 and their opposites. Throws ConfigError for anything else. */
  boolean(): boolean {
    return parseBoolean(this.text) ?? this.#wrong('one of on, off, true, false, enabled, disabled, 0 and 1');
  }

  /** Throws ConfigError for what is neither a number of seconds nor a text such as `4 hours`. */
  seconds(): number {
    return parseSeconds(this.text) ?? this.#wrong('a number of seconds');
  }

  /** The items as texts; a text is a list of itself. Throws ConfigError for a dictionary. */
  list(): string[] {
    if (this.value.kind === 'dictionary') return this.#wrong('a list');
    if (this.value.kind === 'text') return [this.value.text];
    return this.value.items.map((item) => (item.kind === 'text' ? item.text : printValue(item)));
  }

  /** Throws ConfigError for what is no dictionary. */
  dictionary(): Map<string, string> {
    if (this.value.kind !== 'dictionary') return this.#wrong('a dictionary');
    return new Map(
      this.value.entries.map(([key, item]) => [key, item.kind === 'text' ? item.text : printValue(item)]),
    );
  }

  get plain(): PlainValue {
    return plainValue(this.value);
  }

  /** `Name = value` */
  toString(): string {
    return `${this.name} = ${printValue(this.value)}`;
  }

  toJSON(): { name: string; value: PlainValue; source: string } {
    const source = this.source.kind === 'default' ? 'default' : `scope '${pathText(this.source.path)}'`;
    return { name: this.name, value: this.plain, source };
  }

  #wrong(expected: string): never {
    const place = this.source.kind === 'option' ? this.source.place : undefined;
    const where = place ? ` (${place.file}:${place.line}:${place.column})` : '';
    throw new ConfigError(`${this.toString()}: ${expected} expected${where}`, place);
  }
}
