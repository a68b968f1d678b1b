import type { TextPosition } from '../../support/excerpt';
import type { ConfigValue } from './value';

/** Where a statement stands: its first character, and the offsets of the whole. */
export interface Span extends TextPosition {
  readonly start: number;
  /** Behind the last character. */
  readonly end: number;
}

/** `Name = value` */
export interface OptionStatement {
  readonly kind: 'option';
  readonly name: string;
  readonly value: ConfigValue;
  /** Offset of the value. */
  readonly valueStart: number;
  readonly span: Span;
}

/** `type "instance" { … }`; without an instance it is anonymous. */
export interface ScopeStatement {
  readonly kind: 'scope';
  readonly type: string;
  readonly instance: string | undefined;
  readonly body: readonly Statement[];
  readonly span: Span;
}

/** `include "path"`, `readonly_include "path"` */
export interface IncludeStatement {
  readonly kind: 'include';
  readonly target: string;
  readonly isReadonly: boolean;
  readonly span: Span;
}

export type Statement = OptionStatement | ScopeStatement | IncludeStatement;
