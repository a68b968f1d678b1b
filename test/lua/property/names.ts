import type { Choice } from './choice';
import type { Kind } from './expressions';

interface Variable {
  readonly name: string;
  readonly kind: Kind;
  readonly isReadOnly: boolean;
}

interface Scope {
  readonly variables: Variable[];
  /** The body of a function: its `...`, if it has one. */
  readonly vararg: boolean | undefined;
}

/** The variables that a program has made so far, by scope; the outermost one holds the globals. */
export class Names {
  private readonly scopes: Scope[] = [{ variables: [], vararg: true }];
  private made = 0;

  constructor(private readonly choice: Choice) {}

  get hasVararg(): boolean {
    return this.scopes.findLast(({ vararg }) => vararg !== undefined)!.vararg!;
  }

  within<Result>(make: () => Result, vararg?: boolean): Result {
    this.scopes.push({ variables: [], vararg });
    const result = make();
    this.scopes.pop();
    return result;
  }

  /** A name for a variable that is declared once its value is made; few names, so that they shadow each other. */
  fresh(): string {
    return this.choice.chance(30) ? `v${this.choice.upTo(5)}` : `w${this.made++}`;
  }

  declare(name: string, kind: Kind, isReadOnly = false): void {
    this.scopes.at(-1)!.variables.push({ name, kind, isReadOnly });
  }

  read(kind: Kind): string | undefined {
    return this.pick((variable) => variable.kind === kind);
  }

  write(kind: Kind): string | undefined {
    return this.pick((variable) => variable.kind === kind && !variable.isReadOnly);
  }

  private pick(fits: (variable: Variable) => boolean): string | undefined {
    const visible = new Map<string, Variable>();
    for (const { variables } of this.scopes)
      for (const variable of variables) visible.set(variable.name, variable);
    const candidates = [...visible.values()].filter(fits);
    return candidates.length > 0 ? this.choice.one(candidates).name : undefined;
  }
}
