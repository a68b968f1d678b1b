import { Choice } from './choice';
import { Expressions, type Kind } from './expressions';
import { metatableStatement } from './metatables';
import { Names } from './names';

const KINDS: readonly Kind[] = ['number', 'number', 'string', 'boolean', 'table', 'table', 'function'];
const FIELDS = ['x', 'y', 'z', 'n'];
/** Globals that the driver gives a value. */
const GLOBAL_NUMBERS = ['G1', 'G2'];
const GLOBAL_FUNCTIONS = ['double', 'H1'];
const MAX_NESTING = 3;

/** One random program; what it shows by `emit` and what it returns or raises are its result. */
export function randomProgram(seed: number): string {
  return new ProgramGenerator(new Choice(seed)).program();
}

class ProgramGenerator {
  private readonly names: Names;
  private readonly e: Expressions;
  private loops = 0;
  private nesting = 0;

  constructor(private readonly choice: Choice) {
    this.names = new Names(choice);
    for (const name of GLOBAL_NUMBERS) this.names.declare(name, 'number');
    for (const name of GLOBAL_FUNCTIONS) this.names.declare(name, 'function');
    this.e = new Expressions(choice, this.names, (depth) => this.functionRest(depth));
  }

  program(): string {
    const lines = [this.choice.chance(10) ? this.manyLocals() : this.local(), this.local(), this.local()];
    lines.push(...this.choice.list(2, 9, () => this.statement()));
    if (this.choice.chance(70)) lines.push(`return ${this.e.list(1, 3, 1)}`);
    return lines.join('\n');
  }

  private statement(): string {
    const simple = this.nesting >= MAX_NESTING;
    return this.choice.one(simple || this.choice.chance(55) ? this.simple : this.compound)();
  }

  private block(min = 1, max = 3): string {
    this.nesting++;
    const text = this.names.within(() => this.choice.list(min, max, () => this.statement()).join('\n'));
    this.nesting--;
    return text;
  }

  /** Parameters and body of a function, whose result is a number. */
  private functionRest(depth: number): string {
    const { choice } = this;
    const [loops, nesting] = [this.loops, this.nesting];
    this.loops = 0;
    this.nesting = Math.max(nesting, depth > 2 ? MAX_NESTING : nesting + 1);
    const isVararg = choice.chance(25);
    const text = this.names.within(() => {
      const parameters = choice.list(0, 2, (i) => `p${i}`);
      for (const name of parameters) this.names.declare(name, 'number');
      if (isVararg) parameters.push('...');
      const body = choice.list(0, depth > 2 ? 1 : 2, () => this.statement());
      return `(${parameters.join(', ')}) tick() ${body.join('\n')} return ${this.e.of('number', depth)} end`;
    }, isVararg);
    [this.loops, this.nesting] = [loops, nesting];
    return text;
  }

  private local(): string {
    const kind = this.choice.one(KINDS);
    const value = this.e.of(kind, 1);
    const name = this.names.fresh();
    this.names.declare(name, kind);
    return `local ${name} = ${value}`;
  }

  /** So many registers are in use that instructions reach far ones. */
  private manyLocals(): string {
    const count = 60 + this.choice.upTo(60);
    const names = Array.from({ length: count }, (_, i) => `many${i}`);
    this.names.declare(this.choice.one(names), 'number');
    return `local ${names.join(', ')} = ${names.map((_, i) => i).join(', ')}`;
  }

  /** Parts of a string, so that loops do not make it grow without end. */
  private short(): string {
    return `(${this.e.of('string', 1)}):sub(1, 40)`;
  }

  private valueFor(kind: Kind): string {
    return kind === 'string' ? this.short() : this.e.of(kind, 1);
  }

  private readonly simple: readonly (() => string)[] = [
    () => this.local(),
    () => this.local(),
    () => `emit(${this.e.list(1, 3, 1)})`,
    () => `emit(${this.e.several(1)})`,
    () => this.assignment(),
    () => this.assignment(),
    () => this.severalAssigned(),
    () => this.severalDeclared(),
    () => this.fieldAssigned(),
    () => {
      const table = this.names.read('table');
      return table ? `${table}[#${table} + 1] = ${this.e.item(1)}` : this.local();
    },
    () => (this.loops > 0 ? `if ${this.e.of('boolean', 2)} then break end` : this.local()),
  ];

  private assignment(): string {
    const kind = this.choice.one(KINDS);
    const name = this.names.write(kind);
    return name === undefined ? this.local() : `${name} = ${this.valueFor(kind)}`;
  }

  private severalAssigned(): string {
    const [a, b, t] = [this.names.write('number'), this.names.write('number'), this.names.write('table')];
    if (!a || !b || !t) return this.assignment();
    const { choice, e } = this;
    return choice.one([
      () => `${a}, ${b} = ${e.of('number', 2)}, ${e.of('number', 2)}`,
      () => `${a}, ${t}[1] = ${e.of('number', 2)}, ${e.of('number', 2)}`,
      () => `${t}.x, ${t}, ${a} = ${e.of('number', 2)}, {x = ${a}}, ${b}`,
      () => `${a}, ${t}.x, ${t}.y = several(${e.of('number', 2)}, 2, ${b})`,
      () => `${a}, ${b} = ${e.of('number', 2)}, ${e.of('number', 2)}, emit('extra')`,
      () => `${t}.x, ${t}["x"] = ${e.of('number', 2)}, ${e.of('number', 2)}`,
    ])();
  }

  private severalDeclared(): string {
    const values = this.e.list(1, 3, 1);
    const names = this.choice.list(2, 3, () => this.names.fresh());
    return `local ${names.join(', ')} = ${values}\nemit(${names.join(', ')})`;
  }

  private fieldAssigned(): string {
    const table = this.names.read('table');
    if (table === undefined) return this.local();
    const { choice, e } = this;
    const key = choice.one([
      `.${choice.one(FIELDS)}`,
      `["${choice.one(FIELDS)}"]`,
      `[ ${e.of('string', 2)} ]`,
    ]);
    return `${table}${key} = ${e.of('number', 1)}`;
  }

  private loop(make: () => string): string {
    this.loops++;
    const text = make();
    this.loops--;
    return text;
  }

  private readonly compound: readonly (() => string)[] = [
    () => `if ${this.e.of('boolean', 1)} then\n${this.block()}\nend`,
    () =>
      `if ${this.e.of('boolean', 1)} then\n${this.block()}\nelseif ${this.e.any(1)} then\n${this.block()}\nelse\n${this.block()}\nend`,
    () => `do\n${this.block()}\nend`,
    () => this.numericFor(),
    () => this.genericFor(),
    () => this.whileLoop(),
    () => this.repeatLoop(),
    () => this.functionStatement(),
    () => this.functionStatement(),
    () => `emit(pcall(function(...)\n${this.inFunction(() => this.block(), true)}\nend, 1, nil))`,
    () => this.captures(),
    () => this.coroutineStatement(),
    () => metatableStatement(this.choice, this.e, (make, isVararg) => this.inFunction(make, isVararg)),
    () =>
      `emit(pcall(table.sort, ${this.e.of('table', 2)}, function(a, b) return a ${this.choice.one(['<', '>', '<='])} b end))`,
  ];

  /** The inside of a function that is written out here: no `break` leads out of it. */
  private inFunction(make: () => string, isVararg: boolean): string {
    const { loops } = this;
    this.loops = 0;
    const text = this.names.within(make, isVararg);
    this.loops = loops;
    return text;
  }

  private numericFor(): string {
    const { choice } = this;
    const bounds = choice.one(['1, 3', '3, 1, -1', '1, 2, 0.5', '0, -2', '2, 2', `"1", 2`, '1, 3, 2']);
    const first = choice.chance(20) ? `${this.e.of('number', 2)}, 0` : bounds;
    const name = this.names.fresh();
    return this.names.within(() => {
      this.names.declare(name, 'number');
      return `for ${name} = ${first} do\ntick()\n${this.loop(() => this.block())}\nend`;
    });
  }

  private genericFor(): string {
    const table = this.e.of('table', 2);
    const [i, value] = [this.names.fresh(), this.names.fresh()];
    return this.names.within(() => {
      this.names.declare(i, 'number');
      this.names.declare(value, 'number');
      const iterator = this.choice.one([
        `ipairs(${table})`,
        `ipairs(${table})`,
        `upTo(${this.e.of('number', 2)})`,
      ]);
      return `for ${i}, ${value} in ${iterator} do\ntick()\n${this.loop(() => this.block())}\nend`;
    });
  }

  private whileLoop(): string {
    const counter = this.names.fresh();
    return this.names.within(() => {
      this.names.declare(counter, 'number', true);
      const condition = `${counter} < ${this.choice.upTo(3)}${this.choice.chance(30) ? ` and ${this.e.of('boolean', 2)}` : ''}`;
      const body = this.loop(() => this.block());
      return `do\nlocal ${counter} = 0\nwhile ${condition} do\ntick()\n${counter} = ${counter} + 1\n${body}\nend\nend`;
    });
  }

  /** The condition sees the locals of the body. */
  private repeatLoop(): string {
    return this.names.within(() => {
      const inner = this.names.fresh();
      const body = this.loop(() =>
        this.names.within(() => {
          const first = `local ${inner} = ${this.e.of('number', 2)}`;
          this.names.declare(inner, 'number');
          return `${first}\n${this.block()}\n${this.choice.chance(40) ? `hold(function() return ${inner} end)` : ''}`;
        }),
      );
      return `do\nlocal rounds = 0\nrepeat\ntick()\nrounds = rounds + 1\n${body}\nuntil rounds > 2 or ${inner} == ${this.choice.upTo(3)}\nend`;
    });
  }

  private functionStatement(): string {
    const { choice } = this;
    if (choice.chance(50)) {
      const name = this.names.fresh();
      const text = `local function ${name}${this.functionRest(1)}`;
      this.names.declare(name, 'function');
      return text;
    }
    const table = this.names.read('table');
    if (table !== undefined && choice.chance(60)) {
      const name = choice.one(['method', 'other']);
      const text = `function ${table}:${name}${this.functionRest(1)}`;
      return `${text}\nemit(${table}:${name}(${this.e.list(0, 2, 2)}))`;
    }
    const text = this.functionRest(1);
    return `function ${choice.one(GLOBAL_FUNCTIONS)}${text}`;
  }

  /** Every round of a loop has variables of its own for the functions made in it. */
  private captures(): string {
    const shared = this.names.fresh();
    return this.names.within(() => {
      const value = this.e.of('number', 1);
      this.names.declare(shared, 'number');
      return [
        `local ${shared}, made = ${value}, {}`,
        `for i = 1, ${1 + this.choice.upTo(3)} do`,
        `local own = i * ${this.e.of('number', 2)}`,
        `made[i] = function(by) ${shared} = ${shared} + by own = own + i return own, ${shared} end`,
        this.choice.chance(40) ? `if ${this.e.of('boolean', 2)} then break end` : '',
        'end',
        `for j = 1, #made do emit(made[j](1)) emit(made[j](${this.e.of('number', 2)})) end`,
      ].join('\n');
    });
  }

  private coroutineStatement(): string {
    const body = this.inFunction(
      () =>
        [
          `local second = coroutine.yield(${this.e.of('number', 2)})`,
          this.block(0, 1),
          `emit(second, coroutine.yield(${this.e.of('number', 2)}, second))`,
        ].join('\n'),
      false,
    );
    return [
      'do',
      'local co = coroutine.create(function(first) emit(first)',
      body,
      "return 'done' end)",
      `for i = 1, ${1 + this.choice.upTo(4)} do emit(coroutine.resume(co, i)) emit(coroutine.status(co)) end`,
      'end',
    ].join('\n');
  }
}
