import { Char } from './characters';
import { ExpressionParser } from './expression-parser';
import { T } from './tokens';
import type { Block, Expression, FunctionBody, LocalVariable, Position } from './tree';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Parameters and bodies of functions. */
export abstract class FunctionParser extends ExpressionParser {
  /** Parses statements up to a token that ends a block; the caller opens the scope. */
  protected abstract block(): Block;

  /** @param self where the name of a method is, which its hidden first parameter counts as declared at */
  protected functionBody(start: Position, name: string | undefined, self?: Position): FunctionBody {
    const { line } = start;
    const body = newBody(start, name, this.scopes.currentBody);
    this.scopes.openFunction(body);
    this.expect(Char.OpenParen);
    if (self) {
      body.parameters.push(this.scopes.create('self', self));
      this.scopes.declare(body.parameters);
    }
    this.parameters(body);
    this.expect(Char.CloseParen);
    body.body = this.block();
    this.expectClosing(T.End, T.Function, line);
    body.end = this.previous.end;
    this.scopes.closeFunction();
    return body;
  }

  private parameters(body: Mutable<FunctionBody>): void {
    if (this.token.kind === Char.CloseParen) return;
    const added: LocalVariable[] = [];
    do {
      const { kind, text, start } = this.token;
      if (kind !== T.Name && kind !== T.Dots) this.fail("<name> or '...' expected");
      this.advance();
      body.isVararg = kind === T.Dots;
      added.push(this.scopes.create(body.isVararg ? 'arg' : text, start, added.length));
    } while (!body.isVararg && this.accept(Char.Comma));
    this.scopes.declare(added);
    if (body.isVararg) body.argTable = added.pop();
    body.parameters.push(...added);
  }
}

/** A function whose parts are still to be parsed; without a parent it is the main one. */
export function newBody(
  start: Position,
  name: string | undefined,
  parent: FunctionBody | undefined,
): Mutable<FunctionBody> {
  return {
    type: 'FunctionBody',
    start,
    end: start,
    parameters: [],
    isVararg: false,
    usesVararg: false,
    argTable: undefined,
    parent,
    isMain: parent === undefined,
    name,
    body: { type: 'Block', start, end: start, statements: [] },
  };
}

/** What a function that a `local` statement names is called. */
export const localLabel = (variable: LocalVariable | undefined): string | undefined =>
  variable && `local ${variable.name}`;

/** `a.b.c` as people read it, or undefined for what has no such name. */
export function nameOf(node: Expression | undefined): string | undefined {
  let suffix = '';
  while (node?.type === 'Index' && node.style === 'dot' && node.key.type === 'String') {
    suffix = `.${node.key.value}${suffix}`;
    node = node.object;
  }
  if (node?.type === 'GlobalName') return node.name + suffix;
  return node?.type === 'LocalName' ? node.variable.name + suffix : undefined;
}
