/**
 * The syntax tree of Momentum's Lua dialect.
 *
 * Every node carries exact positions: `start` is its first character, `end` the character after its last
 * token, `at` (where present) the token that an error about the node points to. Lines and columns count
 * from 1; columns count bytes, because Lua source is bytes (`Source.excerpt` turns them into characters).
 *
 * Names are resolved while parsing: a `LocalName` refers to its `LocalVariable`, which belongs to one
 * `FunctionBody`; it is an upvalue wherever another function mentions it.
 */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Node {
  readonly start: Position;
  readonly end: Position;
}

export interface LocalVariable {
  /** A name of the source, or `(for index)` and the like for the hidden variables of a loop. */
  readonly name: string;
  readonly declared: Position;
  readonly owner: FunctionBody;
  /** True when a nested function mentions it, so that leaving its block has to close it. */
  captured: boolean;
}

export interface FunctionBody extends Node {
  readonly type: 'FunctionBody';
  /** Declared parameters, `self` first for a method. */
  readonly parameters: LocalVariable[];
  readonly isVararg: boolean;
  /** The body mentions `...` itself; such a function has no `arg` table. */
  usesVararg: boolean;
  /**
   * The local `arg` that every vararg function but the main chunk declares after its parameters
   * (LUA_COMPAT_VARARG): a table when the body does not mention `...`, nil when it does.
   */
  readonly argTable: LocalVariable | undefined;
  /** `undefined` for the main chunk. */
  readonly parent: FunctionBody | undefined;
  readonly isMain: boolean;
  /** What it is called where it is defined (`f`, `t.f`, `t:m`, `local f`), for people. */
  readonly name: string | undefined;
  body: Block;
}

/** Statements in order; the scope of locals declared in it ends with it. */
export interface Block extends Node {
  readonly type: 'Block';
  readonly statements: Statement[];
}

export type Statement =
  | LocalStatement
  | AssignStatement
  | CallStatement
  | DoStatement
  | WhileStatement
  | RepeatStatement
  | IfStatement
  | NumericForStatement
  | GenericForStatement
  | FunctionStatement
  | LocalFunctionStatement
  | ReturnStatement
  | BreakStatement;

export interface LocalStatement extends Node {
  readonly type: 'Local';
  readonly variables: LocalVariable[];
  readonly values: Expression[];
}

export interface AssignStatement extends Node {
  readonly type: 'Assign';
  readonly targets: AssignTarget[];
  readonly values: Expression[];
}

export type AssignTarget = LocalName | GlobalName | IndexExpression;

export interface CallStatement extends Node {
  readonly type: 'CallStatement';
  readonly call: CallExpression | MethodCallExpression;
}

export interface DoStatement extends Node {
  readonly type: 'Do';
  readonly body: Block;
}

export interface WhileStatement extends Node {
  readonly type: 'While';
  readonly condition: Expression;
  readonly body: Block;
}

/** The condition sees the locals of the body. */
export interface RepeatStatement extends Node {
  readonly type: 'Repeat';
  readonly body: Block;
  readonly condition: Expression;
}

export interface IfStatement extends Node {
  readonly type: 'If';
  /** `if` and every `elseif`, in order. */
  readonly clauses: { readonly condition: Expression; readonly body: Block }[];
  readonly otherwise: Block | undefined;
}

export interface NumericForStatement extends Node {
  readonly type: 'NumericFor';
  readonly variable: LocalVariable;
  readonly first: Expression;
  readonly limit: Expression;
  readonly step: Expression | undefined;
  readonly body: Block;
}

export interface GenericForStatement extends Node {
  readonly type: 'GenericFor';
  readonly variables: LocalVariable[];
  readonly values: Expression[];
  readonly body: Block;
}

/** `function a.b.c:m() end` */
export interface FunctionStatement extends Node {
  readonly type: 'Function';
  readonly target: AssignTarget;
  readonly func: FunctionExpression;
}

export interface LocalFunctionStatement extends Node {
  readonly type: 'LocalFunction';
  readonly variable: LocalVariable;
  readonly func: FunctionExpression;
}

export interface ReturnStatement extends Node {
  readonly type: 'Return';
  readonly values: Expression[];
}

export interface BreakStatement extends Node {
  readonly type: 'Break';
}

export type Expression =
  | NilExpression
  | BooleanExpression
  | NumberExpression
  | StringExpression
  | VarargExpression
  | FunctionExpression
  | LocalName
  | GlobalName
  | IndexExpression
  | CallExpression
  | MethodCallExpression
  | BinaryExpression
  | LogicalExpression
  | UnaryExpression
  | ParenExpression
  | TableExpression;

export interface NilExpression extends Node {
  readonly type: 'Nil';
}

export interface BooleanExpression extends Node {
  readonly type: 'Boolean';
  readonly value: boolean;
}

export interface NumberExpression extends Node {
  readonly type: 'Number';
  readonly value: number;
}

export interface StringExpression extends Node {
  readonly type: 'String';
  /** The bytes of the string, one per character (latin1). */
  readonly value: string;
}

export interface VarargExpression extends Node {
  readonly type: 'Vararg';
}

export interface FunctionExpression extends Node {
  readonly type: 'FunctionExpression';
  readonly body: FunctionBody;
}

/** A local variable of this function, or an upvalue (`variable.owner` is another function). */
export interface LocalName extends Node {
  readonly type: 'LocalName';
  readonly variable: LocalVariable;
}

export interface GlobalName extends Node {
  readonly type: 'GlobalName';
  readonly name: string;
}

/** `object.key` (then `key` is a String and `at` its position) or `object[key]` (`at` is the bracket). */
export interface IndexExpression extends Node {
  readonly type: 'Index';
  readonly object: Expression;
  readonly key: Expression;
  readonly style: 'dot' | 'bracket';
  readonly at: Position;
}

export interface CallExpression extends Node {
  readonly type: 'Call';
  readonly callee: Expression;
  readonly args: Expression[];
  /** The last name of the callee (`b` in `a.b(c)`), or its start when it has none. */
  readonly at: Position;
  /** Line of the first token of the arguments: the line 5.1 gives to the call. */
  readonly line: number;
}

/** `object:name(args)`; `at` is the name. */
export interface MethodCallExpression extends Node {
  readonly type: 'MethodCall';
  readonly object: Expression;
  readonly name: string;
  readonly args: Expression[];
  readonly at: Position;
  readonly line: number;
}

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '\\'
  | '%'
  | '^'
  | '..'
  | '=='
  | '~='
  | '<'
  | '<='
  | '>'
  | '>='
  | '&'
  | '|'
  | '^^'
  | '<<'
  | '>>';

/** `!=` is parsed as `~=`. `at` is the operator. */
export interface BinaryExpression extends Node {
  readonly type: 'Binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly at: Position;
}

export interface LogicalExpression extends Node {
  readonly type: 'Logical';
  readonly operator: 'and' | 'or';
  readonly left: Expression;
  readonly right: Expression;
  readonly at: Position;
}

/** `!` is parsed as `not`. `at` is the operator. */
export interface UnaryExpression extends Node {
  readonly type: 'Unary';
  readonly operator: '-' | 'not' | '#' | '~';
  readonly operand: Expression;
  readonly at: Position;
}

/** Parentheses matter: they cut a call or `...` to one value. */
export interface ParenExpression extends Node {
  readonly type: 'Paren';
  readonly expression: Expression;
}

export interface TableExpression extends Node {
  readonly type: 'Table';
  /** In source order; a last positional field that is a call or `...` contributes all its values. */
  readonly fields: TableField[];
}

export type TableField =
  | { readonly kind: 'positional'; readonly value: Expression }
  | { readonly kind: 'named'; readonly key: Expression; readonly value: Expression };
