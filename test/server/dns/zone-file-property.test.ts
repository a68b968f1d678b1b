import { Random } from '../../../src/server/random';
import { sameData, type RecordData, type RecordType } from '../../../src/server/dns/records';
import { Zone } from '../../../src/server/dns/zone';
import { readZoneFile } from '../../../src/server/dns/zone-file/parser';

/** Zones of random records, printed in random ways, are read as the records that they were. */
const ROUNDS = 200;
const LABELS = ['a', 'www', 'x-1', '_spf', 'MiXed', 'b2', '*'];

class ZonePrinter {
  readonly records: { name: string; type: RecordType; ttl: number; data: RecordData }[] = [];
  private readonly random: Random;
  private readonly ttls = new Map<string, number>();
  private text = '';
  private origin: string | undefined;
  private owner: string | undefined;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  print(): string {
    for (let left = this.below(20); left > 0; left--) {
      if (this.chance(20)) this.directive();
      this.record();
    }
    return this.text;
  }

  private directive(): void {
    const origin = this.name(2);
    this.text += `$ORIGIN ${origin}.${this.chance(50) ? ' ; from here' : ''}\n`;
    this.origin = origin;
  }

  private record(): void {
    const name = this.chance(30) && this.owner !== undefined ? this.owner : this.name(4);
    const type = this.one(['A', 'AAAA', 'TXT', 'MX', 'NS', 'PTR', 'SRV'] as const);
    const key = `${name.toLowerCase()} ${type}`;
    const ttl = this.ttls.get(key) ?? this.below(100_000);
    this.ttls.set(key, ttl);
    const [data, written] = this.data(type);
    const known = this.records.some(
      (other) => `${other.name} ${other.type}` === key && sameData(other.data, data),
    );
    if (!known) this.records.push({ name: name.toLowerCase(), type, ttl, data });
    const owner = name === this.owner && this.chance(50) ? '' : this.written(name);
    this.owner = name;
    const middle = this.one([`${ttl} IN ${type}`, `IN ${ttl} ${type}`, `${ttl} ${type.toLowerCase()}`]);
    this.text += `${owner}${this.space()}${this.spread([...middle.split(' '), ...written])}\n`;
    if (this.chance(10)) this.text += '  ; nothing here\n\n';
  }

  private data(type: RecordType): [RecordData, string[]] {
    const byte = () => this.below(256);
    if (type === 'A') return same([byte(), byte(), byte(), byte()].join('.'));
    if (type === 'AAAA') return same(`2001:db8::${(this.below(0xffff) + 1).toString(16)}`);
    if (type === 'SRV') return ['1 2 25 a.example.', ['1', '2', '25', 'a.example.']];
    if (type === 'TXT') return this.txt();
    const target = this.name(3);
    if (type !== 'MX') return [target, [this.written(target)]];
    const preference = this.below(0x10000);
    return [{ preference, exchange: target }, [String(preference), this.written(target)]];
  }

  private txt(): [string, string[]] {
    const strings = Array.from({ length: 1 + this.below(3) }, () =>
      Array.from({ length: this.below(12) }, () => String.fromCharCode(this.below(256))).join(''),
    );
    return [strings.join(''), strings.map((part) => `"${part.replace(/[^]/g, (byte) => this.byte(byte))}"`)];
  }

  private byte(byte: string): string {
    const code = byte.charCodeAt(0);
    const escape = `\\${String(code).padStart(3, '0')}`;
    if (code < 0x20 || code > 0x7e) return escape;
    if (byte === '"' || byte === '\\') return this.one([`\\${byte}`, escape]);
    return this.one(/\d/.test(byte) ? [byte, escape] : [byte, byte, escape, `\\${byte}`]);
  }

  /** Words on one line, or in parentheses on several. */
  private spread(words: string[]): string {
    if (this.chance(60)) return words.join(this.space());
    const at = this.below(words.length);
    const inside = words.slice(at).join(this.one(['\n', ' ; comment ) "\n  ', ' ']));
    return `${words.slice(0, at).join(' ')} (${inside} ; end\n)`;
  }

  private written(name: string): string {
    const { origin } = this;
    if (origin !== undefined && name === origin && this.chance(80)) return '@';
    if (origin !== undefined && name.endsWith(`.${origin}`) && this.chance(80))
      return name.slice(0, -origin.length - 1);
    return `${name}.`;
  }

  private name(most: number): string {
    const labels = Array.from({ length: 1 + this.below(most) }, () => this.one(LABELS));
    const base = this.origin !== undefined && this.chance(50) ? [this.origin] : ['example', 'test'];
    return [...labels, ...base].join('.');
  }

  private space(): string {
    return this.one([' ', '\t', '   \t ']);
  }

  private below(limit: number): number {
    return this.random.integer(0, limit - 1);
  }

  private chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  private one<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

const same = (text: string): [string, string[]] => [text, [text]];

const sortKey = (record: object) => JSON.stringify(record);

test.each(Array.from({ length: ROUNDS }, (_, seed) => seed + 1))('zone of seed %i', (seed) => {
  const printer = new ZonePrinter(seed);
  const text = printer.print();
  const zone = new Zone();
  readZoneFile(text, zone);
  expect([...zone.records()].map(sortKey).sort()).toEqual(printer.records.map(sortKey).sort());
});
