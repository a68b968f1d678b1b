import type { Choice } from './choice';
import type { Names } from './names';

export type Kind = 'number' | 'string' | 'boolean' | 'table' | 'function';

const KINDS: readonly Kind[] = ['number', 'string', 'boolean', 'table', 'function'];

const NUMBERS =
  '0 1 2 3 4 7 10 -1 -3 0.5 1.5 .25 3. 100 255 1e3 1e-3 0x1F 65536 4294967296 2147483647 1e15 123456.789'.split(
    ' ',
  );
/** No leading zeros: the product reads those as octal. */
const STRINGS = [
  ...['""', '"a"', "'b'", '"abc"', '"B"', '"10"', '" 7 "', '"2.5"', '"1e2"', '"-4"', '"0x10"', '"10x"'],
  ...['[[long]]', '[==[a]]b]==]', '"tab\\tquote\\""', '"\\65\\066"', '"x\\0y"', '"\\200"'],
];
const FIELDS = ['x', 'y', 'z', 'n'];
/** What is given where another kind of value belongs, mostly to see the error. */
const STRANGERS = [
  'nil',
  'true',
  'false',
  '{}',
  '"stranger"',
  '"3"',
  'missing',
  'nothing.at.all',
  'select',
  '({}).x',
];
const MAX_DEPTH = 4;

/**
 * Random expressions of 5.1 whose values the product and lua5.1 agree on. Types are kept to, but for a stranger now
 * and then, so that programs get somewhere before they fail.
 */
export class Expressions {
  constructor(
    private readonly choice: Choice,
    private readonly names: Names,
    /** The text of a function's parameters and body; its results are numbers. */
    private readonly functionRest: (depth: number) => string,
  ) {}

  any(depth = 0): string {
    return this.of(this.choice.one(KINDS), depth);
  }

  of(kind: Kind, depth = 0): string {
    const { choice } = this;
    if (choice.upTo(499) === 0) return choice.one(STRANGERS);
    const name = this.names.read(kind);
    if (name !== undefined && choice.chance(depth >= MAX_DEPTH ? 80 : 35)) return name;
    if (depth >= MAX_DEPTH) return this.leaf(kind);
    if (choice.chance(4)) return this.traced(kind, depth + 1);
    if (choice.chance(6)) return `(${this.of(kind, depth + 1)})`;
    if (choice.chance(6)) return this.chosen(kind, depth + 1);
    return choice.one(this.makers[kind])(depth + 1);
  }

  /** A list of expressions, as arguments or after `return`. */
  list(min: number, max: number, depth: number): string {
    const items = this.choice.list(min, max, () => this.any(depth));
    if (this.choice.chance(20)) items.push(this.several(depth));
    return items.join(', ');
  }

  /** An expression that may have any number of values. */
  several(depth: number): string {
    const { choice } = this;
    const values = () => choice.list(0, 4, () => this.any(depth + 1)).join(', ');
    return choice.one([
      () => (this.names.hasVararg ? '...' : `several(${values()})`),
      () => `several(${values()})`,
      () => `unpack({${values()}}, 1, ${choice.upTo(3)})`,
      () => `pcall(${this.of('function', depth + 1)}, ${this.of('number', depth + 1)})`,
      () => `(several(${values()}))`,
      () => this.of('function', MAX_DEPTH),
    ])();
  }

  /** A number, never nil: of the lengths of a table with holes, each runtime finds its own. */
  item(depth: number): string {
    return this.choice.chance(40) ? this.leaf('number') : `(${this.of('number', depth)} or 1)`;
  }

  private leaf(kind: Kind): string {
    const { choice } = this;
    return {
      number: () => choice.one(NUMBERS),
      string: () => choice.one(STRINGS),
      boolean: () => choice.one(['true', 'false']),
      table: () => choice.one(['{}', '{1, 2, 3}', '{x = 1}', '{4; 5, y = 2}']),
      function: () => choice.one(['several', 'double']),
    }[kind]();
  }

  /** The trace shows the order in which things are evaluated. */
  private traced(kind: Kind, depth: number): string {
    return `trace(${this.choice.upTo(9)}, ${this.of(kind, depth)})`;
  }

  /** `and` and `or` whose result is of the wanted kind. */
  private chosen(kind: Kind, depth: number): string {
    const [a, b] = [this.of(kind, depth), this.of(kind, depth)];
    const condition = this.of('boolean', depth);
    return this.choice.one([
      `(${condition} and ${a} or ${b})`,
      `(${a} or ${b})`,
      `(${this.any(depth)} and ${b})`,
      `(nil or ${a})`,
      `(not ${condition} and ${a} or ${b})`,
    ]);
  }

  /** Breaks the line now and then, because errors name lines. */
  private get gap(): string {
    return this.choice.chance(4) ? '\n' : ' ';
  }

  private call(depth: number): string {
    const { choice } = this;
    const f = this.names.read('function') ?? 'double';
    const args = choice.list(1, 3, () => this.of('number', depth));
    const text = choice.chance(3)
      ? `${f}(${args.join(', ')}, ${this.several(depth)})`
      : `${f}(${args.join(', ')})`;
    return text;
  }

  private field(depth: number): string {
    const { choice } = this;
    const table = this.names.read('table');
    if (table === undefined) return this.leaf('number');
    if (choice.chance(8))
      return choice.one([
        `${table}[1 + #${table} - ${choice.upTo(2)}]`,
        `${table}.${choice.one(FIELDS)}`,
        `${table}:count(${this.of('number', depth)})`,
      ]);
    return choice.one([
      `(${table}.${choice.one(FIELDS)} or ${this.of('number', depth)})`,
      `(${table}[${this.of('number', depth)}] or ${this.of('number', depth)})`,
      `(${table}["${choice.one(FIELDS)}"] or ${choice.upTo(9)})`,
    ]);
  }

  private arithmetic(depth: number): string {
    const { choice, gap } = this;
    const a = this.of('number', depth);
    const operator = choice.one(['+', '-', '*', '+', '-', '*', '/', '%']);
    // Quotients of zero are infinite or undefined, which the product writes in its own way.
    const b =
      operator === '/' || operator === '%'
        ? choice.one(['2', '3', '-4', '0.5', '7'])
        : this.of('number', depth);
    return choice.chance(50) ? `(${a}${gap}${operator} ${b})` : `${a} ${operator}${gap}${b}`;
  }

  private readonly makers: Record<Kind, readonly ((depth: number) => string)[]> = {
    number: [
      () => this.leaf('number'),
      (depth) => this.arithmetic(depth),
      (depth) => this.arithmetic(depth),
      (depth) => `-(${this.of('number', depth)})`,
      () => `(${this.of('number', MAX_DEPTH)}) ^ ${this.choice.one(['0', '1', '2', '3'])}`,
      (depth) => `#(${this.of('string', depth)})`,
      (depth) => `#(${this.of('table', depth)})`,
      (depth) => this.field(depth),
      (depth) => this.call(depth),
      (depth) => `(select('#', ${this.list(1, 3, depth)}))`,
      (depth) => `math.${this.choice.one(['floor', 'abs', 'ceil'])}(${this.of('number', depth)})`,
      (depth) =>
        `math.${this.choice.one(['max', 'min'])}(${this.of('number', depth)}, ${this.of('number', depth)})`,
      () =>
        `tonumber(${this.choice.chance(90) ? this.choice.one(['"10"', '" 7 "', '"1e2"', '"-4"', '"0x10"']) : this.choice.one(STRINGS)})`,
      (depth) => `(${this.of('string', depth)}):len()`,
      () =>
        `(${this.choice.one(['"7"', '" 8"', '"1e1"'])} ${this.choice.one(['+', '*', '-'])} ${this.leaf('number')})`,
    ],
    string: [
      () => this.leaf('string'),
      (depth) => `${this.of('string', depth)} ..${this.gap}${this.of('string', depth)}`,
      (depth) =>
        `(${this.of('string', depth)} .. ${this.of('number', depth)} .. ${this.of('string', depth)})`,
      (depth) => `(${this.of('string', depth)}):${this.choice.one(['upper', 'lower', 'reverse'])}()`,
      (depth) => `(${this.of('string', depth)}):sub(${this.choice.upTo(6) - 3}, ${this.choice.upTo(6) - 3})`,
      (depth) => `tostring(${this.of(this.choice.one(['number', 'boolean', 'string']), depth)})`,
      (depth) => `type(${this.any(depth)})`,
      (depth) => `("%s/%d"):format(${this.of('string', depth)}, ${this.choice.upTo(99)})`,
    ],
    boolean: [
      () => this.leaf('boolean'),
      (depth) =>
        `${this.of('number', depth)} ${this.choice.one(['<', '<=', '>', '>=', '==', '~='])}${this.gap}${this.of('number', depth)}`,
      (depth) =>
        `(${this.of('string', depth)} ${this.choice.one(['<', '<=', '>', '>=', '==', '~='])} ${this.of('string', depth)})`,
      (depth) => `not ${this.of(this.choice.one(['boolean', 'boolean', 'number']), depth)}`,
      (depth) =>
        `(${this.of('boolean', depth)} ${this.choice.one(['and', 'or'])} ${this.of('boolean', depth)})`,
      (depth) => `(${this.any(depth)} ${this.choice.one(['==', '~='])} ${this.any(depth)})`,
      (depth) => `rawequal(${this.of('number', depth)}, ${this.of('number', depth)})`,
    ],
    table: [
      () => this.leaf('table'),
      (depth) => `{${this.choice.list(0, 4, () => this.item(depth)).join(', ')}}`,
      (depth) =>
        `{${this.item(depth)}, ${this.choice.one(FIELDS)} = ${this.item(depth)}, ${this.item(depth)};}`,
      (depth) => `{["${this.choice.one(FIELDS)}"] = ${this.item(depth)}, solid(${this.several(depth)})}`,
      (depth) => `counting {${this.item(depth)}, x = ${this.item(depth)}}`,
      // More values than one instruction stores.
      () => `{${this.choice.list(48, 104, (i) => String(i)).join(', ')}}`,
    ],
    function: [
      (depth) => `function${this.functionRest(depth)}`,
      () => this.leaf('function'),
      (depth) => `(function(f) return function(a) return f(a) end end)(${this.of('function', depth)})`,
    ],
  };
}
