import type { TValue, TString } from '../vm/fengari';
import type { Source } from '../syntax/source';

/** What an operand is called in an error: `local 'x'`, `field 'y'`. */
export interface OperandName {
  readonly kind: 'local' | 'upvalue' | 'global' | 'field' | 'method';
  readonly name: string;
}

export interface UpvalueDescription {
  readonly name: TString;
  /** In a register of the enclosing function, or among its upvalues. */
  readonly instack: boolean;
  readonly idx: number;
}

export interface LocalDescription {
  readonly varname: TString;
  readonly register: number;
  readonly startpc: number;
  endpc: number;
}

/**
 * A compiled function. The field names that fengari reads are fengari's.
 *
 * It belongs to no state: functions compiled once run in any number of servers.
 */
export interface Proto {
  readonly k: TValue[];
  readonly p: Proto[];
  code: Int32Array;
  /** 5.1's line of each instruction. */
  readonly lineinfo: number[];
  /** Line and column, in turn, of what each instruction stands for. */
  readonly positions: number[];
  /** The names of an instruction's operands that can be of a wrong type. */
  readonly operandNames: Map<number, readonly (OperandName | undefined)[]>;
  readonly upvalues: UpvalueDescription[];
  readonly numparams: number;
  readonly is_vararg: boolean;
  maxstacksize: number;
  readonly locvars: LocalDescription[];
  readonly linedefined: number;
  readonly lastlinedefined: number;
  readonly source: TString;
  readonly origin: Source;
  /** What it is called where it is defined. */
  readonly name: string | undefined;
  /** Some nested function captures a register of it. */
  captured: boolean;
}
