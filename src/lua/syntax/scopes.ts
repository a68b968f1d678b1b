import type { FunctionBody, LocalVariable, Position } from './tree';

const MAX_LOCALS = 200;
const MAX_UPVALUES = 60;

interface FunctionState {
  readonly body: FunctionBody;
  readonly outer: FunctionState | undefined;
  /** Local variables in scope, the hidden ones of loops included. */
  active: number;
  /** Loops around the current place. */
  loops: number;
  readonly upvalues: Set<LocalVariable>;
  /** What its parameters shadow. */
  readonly outside: ScopeMark;
}

/** Where a scope began, to return to when it ends. */
interface ScopeMark {
  readonly shadowed: number;
  readonly active: number;
}

/**
 * The local variables that are visible at the current place of a parse, through all functions around it,
 * and 5.1's limits on their number. A violated limit is reported through `fail`.
 */
export class Scopes {
  private readonly visible = new Map<string, LocalVariable>();
  /** What each declaration hid, newest last. */
  private readonly shadowed: { readonly name: string; readonly variable: LocalVariable | undefined }[] = [];
  private current: FunctionState | undefined;

  constructor(private readonly fail: (message: string) => never) {}

  get currentBody(): FunctionBody | undefined {
    return this.current?.body;
  }

  get insideLoop(): boolean {
    return this.function.loops > 0;
  }

  openFunction(body: FunctionBody): void {
    const outside = { shadowed: this.shadowed.length, active: 0 };
    this.current = { body, outer: this.current, active: 0, loops: 0, upvalues: new Set(), outside };
  }

  closeFunction(): void {
    this.closeScope(this.function.outside);
    this.current = this.function.outer;
  }

  openScope(): ScopeMark {
    return { shadowed: this.shadowed.length, active: this.function.active };
  }

  closeScope(mark: ScopeMark): void {
    while (this.shadowed.length > mark.shadowed) {
      const { name, variable } = this.shadowed.pop()!;
      if (variable) this.visible.set(name, variable);
      else this.visible.delete(name);
    }
    this.function.active = mark.active;
  }

  openLoop(): ScopeMark {
    this.function.loops++;
    return this.openScope();
  }

  closeLoop(mark: ScopeMark): void {
    this.function.loops--;
    this.closeScope(mark);
  }

  /**
   * Makes a variable that is not visible yet (`local x = x` means the outer one on the right).
   * @param pending how many of the same statement come before it
   */
  create(name: string, declared: Position, pending = 0): LocalVariable {
    this.checkLimit(this.function.active + pending + 1, MAX_LOCALS, 'local variables', this.function);
    return { name, declared, owner: this.function.body, captured: false };
  }

  /** Makes variables visible, until the scope ends. */
  declare(variables: readonly LocalVariable[]): void {
    for (const variable of variables) {
      this.shadowed.push({ name: variable.name, variable: this.visible.get(variable.name) });
      this.visible.set(variable.name, variable);
    }
    this.function.active += variables.length;
  }

  /** Counts variables that the compiler adds, until the scope ends. */
  declareHidden(count: number): void {
    this.function.active += count;
  }

  /** The variable that a name means here, or undefined for a global; marks upvalues on the way. */
  resolve(name: string): LocalVariable | undefined {
    const variable = this.visible.get(name);
    if (!variable || variable.owner === this.function.body) return variable;
    variable.captured = true;
    this.addUpvalue(variable, this.function);
    return variable;
  }

  /** @param limit the largest value allowed */
  checkLimit(value: number, limit: number, what: string, state = this.function): void {
    if (value <= limit) return;
    const { body } = state;
    const where = body.isMain ? 'main function' : `function at line ${body.start.line}`;
    this.fail(`${where} has more than ${limit} ${what}`);
  }

  /** Outer functions get theirs first, which decides whose limit is reported. */
  private addUpvalue(variable: LocalVariable, state: FunctionState): void {
    if (state.upvalues.has(variable)) return;
    if (state.outer && variable.owner !== state.outer.body) this.addUpvalue(variable, state.outer);
    this.checkLimit(state.upvalues.size + 1, MAX_UPVALUES, 'upvalues', state);
    state.upvalues.add(variable);
  }

  private get function(): FunctionState {
    return this.current!;
  }
}
