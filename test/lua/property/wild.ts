import { Choice } from './choice';

const BINARY = '+ - * / % ^ .. == ~= != < <= > >= and or & | ^^ << >> \\'.split(' ');
const UNARY = ['-', 'not ', '#', '~'];
const ATOMS = [
  'nil',
  'true',
  'false',
  '0',
  '1',
  '-1',
  '2.5',
  '1e308',
  '0xff',
  '""',
  '"5"',
  '"x"',
  '...',
  '{}',
];
/** Shared by all, so that functions, loops and assignments meet; `a` to `e` are mostly locals and upvalues. */
const NAMES = ['a', 'b', 'c', 'd', 'e', 'G', 'string', 'next', 'pcall', 'setmetatable'];
const MAX_DEPTH = 5;
const EVENTS = 'index newindex call add sub mul div mod pow unm concat eq lt le and or xor shl shr not'.split(
  ' ',
);
/** `a` takes any operator, call and key, so that programs get somewhere. */
const START = `local function d(...) return ... end
local a = setmetatable({}, { ${EVENTS.map((event) => `__${event} = d`).join(', ')} })
local b, c, e = 1, '7', { x = a, m = d }
`;

/**
 * A program of the whole dialect that is valid but makes no sense: any operator on anything, any value called, indexed
 * or looped over. It reaches combinations of registers, jumps and open results that sensible programs do not.
 */
export function wildProgram(seed: number): string {
  return START + new WildGenerator(new Choice(seed)).block(0, 6);
}

class WildGenerator {
  private loops = 0;
  private varargs = true;

  constructor(private readonly choice: Choice) {}

  block(depth: number, max = 3): string {
    const lines = this.choice.list(0, max, () => this.statement(depth + 1));
    const isLast = this.choice.chance(15);
    if (isLast) lines.push(`return ${this.expressions(0, 3, depth + 1)}`);
    if (!isLast && this.loops > 0 && this.choice.chance(15)) lines.push('break');
    return lines.join('\n');
  }

  private readonly simple: readonly ((depth: number) => string)[] = [
    (depth) => `local ${this.names()} = ${this.expressions(1, 4, depth)}`,
    () => `local ${this.names()}`,
    (depth) => `${this.targets(depth)} = ${this.expressions(1, 4, depth)}`,
    (depth) => `local _ = ${this.call(depth)}`,
    (depth) => `a = ${this.call(depth)}`,
  ];

  private readonly compound: readonly ((depth: number) => string)[] = [
    (depth) => `do\n${this.block(depth)}\nend`,
    (depth) => `if ${this.expression(depth)} then\n${this.block(depth)}\nend`,
    (depth) =>
      `if ${this.expression(depth)} then\n${this.block(depth)}\nelseif ${this.expression(depth)} then\n${this.block(depth)}\nelse\n${this.block(depth)}\nend`,
    (depth) => `while ${this.expression(depth)} do\n${this.body(depth)}\nend`,
    (depth) => `repeat\n${this.body(depth)}\nuntil ${this.expression(depth)}`,
    (depth) => `for ${this.name()} = ${this.expressions(3, 3, depth, false)} do\n${this.body(depth)}\nend`,
    (depth) => `for ${this.name()} = 1, 3 do\n${this.body(depth)}\nend`,
    (depth) => `for ${this.names()} in ${this.expressions(1, 3, depth)} do\n${this.body(depth)}\nend`,
    (depth) =>
      `for ${this.names()} in pairs({${this.expressions(0, 3, depth)}}) do\n${this.body(depth)}\nend`,
    (depth) => `local function ${this.name()}${this.rest(depth)}`,
    (depth) => `function ${this.choice.one(['G', 'a.x', 'a.x:m', 'b:m'])}${this.rest(depth)}`,
  ];

  private statement(depth: number): string {
    const { choice } = this;
    return choice.one(depth >= MAX_DEPTH || choice.chance(50) ? this.simple : this.compound)(depth);
  }

  private body(depth: number): string {
    this.loops++;
    const text = this.block(depth);
    this.loops--;
    return text;
  }

  /** Parameters and body of a function. */
  private rest(depth: number): string {
    const { loops, varargs } = this;
    this.loops = 0;
    this.varargs = this.choice.chance(50);
    const parameters = this.choice.list(0, 3, () => this.choice.one(['a', 'b', 'c', 'd', 'e']));
    if (this.varargs) parameters.push('...');
    const text = `(${parameters.join(', ')})\n${this.block(depth)}\nend`;
    [this.loops, this.varargs] = [loops, varargs];
    return text;
  }

  private name(): string {
    return this.choice.one(['a', 'b', 'c', 'd', 'e']);
  }

  private names(): string {
    return this.choice.list(1, 3, () => this.name()).join(', ');
  }

  private targets(depth: number): string {
    const target = () =>
      this.choice.one([
        () => this.choice.one(['a', 'b', 'c', 'd', 'e', 'G']),
        () => `${this.name()}.x`,
        () => `${this.name()}[ ${this.expression(depth)} ]`,
        () => `(${this.expression(depth)}).y`,
      ])();
    return this.choice.list(1, 3, target).join(', ').replace(/^\(/, 'a.z, (');
  }

  private expressions(min: number, max: number, depth: number, mayBeOpen = true): string {
    const items = this.choice.list(min, max, () => this.expression(depth));
    return (mayBeOpen ? items : items.map((item) => `(${item})`)).join(', ');
  }

  private call(depth: number): string {
    const args = this.expressions(0, 3, depth + 1);
    return this.choice.one([
      () => `${this.choice.one(NAMES)}(${args})`,
      () => `(${this.expression(depth + 1)})(${args})`,
      () => `${this.name()}:m(${args})`,
      () => `pcall(function${this.rest(depth + 1)}${args && `, ${args}`})`,
      () => `a { ${args} }`,
      () => `(${this.expression(depth + 1)}):rep(2)`,
    ])();
  }

  private atom(): string {
    const atom = this.choice.one([...ATOMS, ...NAMES, ...NAMES]);
    return atom === '...' && !this.varargs ? 'nil' : atom;
  }

  expression(depth: number): string {
    const { choice } = this;
    if (depth >= MAX_DEPTH || choice.chance(25)) return this.atom();
    const operand = () => this.expression(depth + 1);
    const metatable = () => `setmetatable({}, { __${choice.one(['iter', ...EVENTS])} = ${operand()} })`;
    return choice.one([
      () => `(${operand()} ${choice.one(BINARY)} ${operand()})`,
      () => `${operand()} ${choice.one(['and', 'or'])} ${operand()}`,
      () => `${choice.one(UNARY)}(${operand()})`,
      () => `(${operand()})`,
      () => `(${operand()}).x`,
      () => `${this.name()}[ ${operand()} ]`,
      () => this.call(depth),
      () => `{ ${this.expressions(0, 3, depth + 1)} }`,
      () => `{ x = ${operand()}, [ ${operand()} ] = ${operand()}, ${this.expressions(1, 2, depth + 1)} }`,
      () => `function${this.rest(depth)}`,
      metatable,
    ])();
  }
}
