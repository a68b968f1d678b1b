/** Reads zone files: RFC 1035, section 5, with the `$TTL` of RFC 2308 and BIND's units of time. */
import { dnsName, nameProblem } from '../names';
import {
  isRecordType,
  readRecord,
  RECORD_TYPES,
  RecordProblem,
  type RecordData,
  type RecordType,
} from '../records';
import type { ResourceRecord } from '../answer';
import { CnameConflict, DEFAULT_TTL, type Zone } from '../zone';
import { zoneFileError, type ZonePlace } from './error';
import { zoneEntries, type ZoneEntry, type ZoneWord } from './lexer';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const TTL = /^(?:\d+|(?:\d+[smhdw])+)$/i;
const MAX_TTL = 2 ** 31 - 1;
const CLASS = /^(?:IN|CH|HS|CS)$/i;

/** Adds the records of a zone file, given as a byte string, to a zone. Throws ZoneFileError. */
export function readZoneFile(text: string, zone: Zone, file?: string): void {
  new ZoneFileReader(text, zone, file).read();
}

class ZoneFileReader {
  private origin: string | undefined;
  private owner: string | undefined;
  private defaultTtl: number | undefined;
  private lastTtl: number | undefined;

  constructor(
    private readonly text: string,
    private readonly zone: Zone,
    private readonly file: string | undefined,
  ) {}

  read(): void {
    for (const entry of zoneEntries(this.text, this.file)) {
      const first = entry.words[0]!;
      if (first.raw.startsWith('$')) this.directive(first, entry.words.slice(1));
      else this.record(entry);
    }
  }

  private directive(directive: ZoneWord, args: readonly ZoneWord[]): void {
    const [value] = args;
    if (value === undefined || args.length > 1) this.fail(directive, `${directive.text} takes one value`);
    else if (directive.text === '$ORIGIN') this.origin = this.absolute(value);
    else if (directive.text === '$TTL') this.defaultTtl = this.ttl(value);
    else this.fail(directive, `${directive.text} is not supported: $ORIGIN and $TTL are`);
  }

  private record({ words, isIndented }: ZoneEntry): void {
    const rest = [...words];
    if (!isIndented) this.owner = this.name(rest.shift()!);
    const ttl = this.takeTtlAndClass(rest);
    const typeWord = rest.shift() ?? this.fail(words.at(-1)!, 'a record ends before its type');
    const owner =
      this.owner ?? this.fail(words[0]!, 'no owner: the line is indented, and no record is before it');
    const type = this.type(typeWord);
    this.add({ name: owner, type, ttl, data: this.data(type, rest, typeWord) }, typeWord);
  }

  /** Both may be left out, and stand in either order. */
  private takeTtlAndClass(rest: ZoneWord[]): number {
    let stated: number | undefined;
    for (let i = 0; i < 2 && rest[0]; i++) {
      const [word] = rest;
      if (stated === undefined && TTL.test(word.raw)) this.lastTtl = stated = this.ttl(word);
      else if (!CLASS.test(word.raw)) break;
      else if (word.raw.toUpperCase() !== 'IN') this.fail(word, `class ${word.raw} is not supported: IN is`);
      rest.shift();
    }
    return stated ?? this.defaultTtl ?? this.lastTtl ?? DEFAULT_TTL;
  }

  private type(word: ZoneWord): RecordType {
    const type = word.raw.toUpperCase();
    if (isRecordType(type)) return type;
    return this.fail(word, `'${word.raw}' is no record type that is supported: ${RECORD_TYPES.join(', ')}`);
  }

  private data(type: RecordType, words: readonly ZoneWord[], typeWord: ZoneWord): RecordData {
    try {
      return readRecord(type, this.value(type, words, typeWord));
    } catch (error) {
      if (error instanceof RecordProblem) this.fail(words.at(-1) ?? typeWord, `${type}: ${error.message}`);
      throw error;
    }
  }

  /** The data in the form that `readRecord` takes. */
  private value(type: RecordType, words: readonly ZoneWord[], typeWord: ZoneWord): unknown {
    if (type === 'TXT') return words.map((word) => word.text);
    const [first, second] = words;
    if (type === 'MX' && first && second && words.length === 2)
      return { preference: /^\d+$/.test(first.raw) ? Number(first.raw) : NaN, exchange: this.target(second) };
    if (type === 'PTR' || type === 'NS' || type === 'CNAME')
      return words.length === 1 ? this.target(first!) : undefined;
    if (type === 'A' || type === 'AAAA') return words.length === 1 ? first!.text : undefined;
    if (type === 'MX' || words.length === 0) this.fail(typeWord, `${type}: its data is incomplete`);
    return words.map((word) => word.raw).join(' ');
  }

  private add({ name, type, ttl, data }: ResourceRecord, place: ZonePlace): void {
    try {
      this.zone.add(name, type, data, ttl);
    } catch (error) {
      if (error instanceof CnameConflict) this.fail(place, error.message);
      throw error;
    }
  }

  private ttl(word: ZoneWord): number {
    if (!TTL.test(word.raw)) return this.fail(word, 'a time to live expected, such as 300 or 1h30m');
    let seconds = 0;
    for (const [, count, unit] of word.raw.matchAll(/(\d+)([smhdw]?)/gi))
      seconds += Number(count) * (SECONDS[unit!.toLowerCase()] ?? 1);
    return seconds <= MAX_TTL ? seconds : this.fail(word, `a time to live is at most ${MAX_TTL} seconds`);
  }

  private name(word: ZoneWord): string {
    return dnsName(this.absolute(word));
  }

  /** A name in a record's data keeps its letters' case. */
  private target(word: ZoneWord): string {
    const name = this.absolute(word);
    return name === '' ? '.' : name;
  }

  private absolute(word: ZoneWord): string {
    if (word.raw.includes('\\')) this.fail(word, 'escapes in names are not supported');
    if (word.text === '.') return '';
    const name = word.text.endsWith('.') ? word.text.slice(0, -1) : this.withOrigin(word);
    const problem = nameProblem(name);
    return problem ? this.fail(word, `'${word.text}' is no domain name: ${problem}`) : name;
  }

  private withOrigin(word: ZoneWord): string {
    const { origin } = this;
    if (origin === undefined)
      return this.fail(
        word,
        `'${word.text}' is a relative name: end it with a dot, or set $ORIGIN before it`,
      );
    if (word.text === '@') return origin;
    return origin === '' ? word.text : `${word.text}.${origin}`;
  }

  private fail(place: ZonePlace, reason: string): never {
    throw zoneFileError(this.text, place, reason, this.file);
  }
}
