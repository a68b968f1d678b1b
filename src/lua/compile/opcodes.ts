/**
 * The instruction set. An instruction is four 32-bit numbers: operation, a, b, c.
 *
 * `R` is a register of the frame, `K` a constant, `RK` a register when >= 0 and otherwise constant `~x`;
 * jumps name the instruction they lead to.
 */
export const Op = {
  /** R[a] = R[b] */
  Move: 0,
  /** R[a] = K[b] */
  LoadK: 1,
  /** R[a] … R[a+b] = nil */
  LoadNil: 2,
  /** R[a] = (b != 0); skip the next instruction when c */
  LoadBool: 3,
  /** R[a] = U[b] */
  GetUpvalue: 4,
  /** U[b] = R[a] */
  SetUpvalue: 5,
  /** R[a] = environment[K[b]] */
  GetGlobal: 6,
  /** environment[K[b]] = RK[a] */
  SetGlobal: 7,
  /** R[a] = R[b][RK[c]] */
  GetTable: 8,
  /** R[a][RK[b]] = RK[c] */
  SetTable: 9,
  /** R[a+1] = R[b]; R[a] = R[b][K[c]] */
  Self: 10,
  /** R[a] = {} */
  NewTable: 11,
  /** R[a][c+i] = R[a+i], i = 1 … b (b = 0: up to the top) */
  SetList: 12,
  Add: 13,
  Sub: 14,
  Mul: 15,
  Div: 16,
  IntDiv: 17,
  Mod: 18,
  Pow: 19,
  And: 20,
  Or: 21,
  Xor: 22,
  ShiftLeft: 23,
  ShiftRight: 24,
  /** R[a] = -R[b], not, #, ~ */
  Minus: 25,
  Not: 26,
  Length: 27,
  Complement: 28,
  /** R[a] = R[b] .. … .. R[c] */
  Concat: 29,
  /** go to a */
  Jump: 30,
  /** go to a when R[b] is true (c = 1) or false (c = 0) */
  Test: 31,
  /** go to a when (RK[b] == RK[c]), and so on */
  JumpEq: 32,
  JumpNe: 33,
  JumpLt: 34,
  JumpNotLt: 35,
  JumpLe: 36,
  JumpNotLe: 37,
  /** R[a] … = R[a](R[a+1] … R[a+b-1]); b = 0: up to the top; c-1 results, c = 0: all */
  Call: 38,
  TailCall: 39,
  /** return R[a] … R[a+b-2]; b = 0: up to the top */
  Return: 40,
  /** numbers for the loop at R[a]; go to b */
  ForPrep: 41,
  /** next round of the loop at R[a]: go to b */
  ForLoop: 42,
  /** R[a]: ask an object's `__iter` for its iterator */
  IterPrep: 43,
  /** R[a+3] … = R[a](R[a+1], R[a+2]), b results */
  IterCall: 44,
  /** R[a+2] = R[a+3] and go to b unless R[a+3] is nil */
  IterLoop: 45,
  /** give R[a] … R[b-1] to the functions that captured them */
  Close: 46,
  /** R[a] = function b */
  Closure: 47,
  /** R[a] … = b-1 of `...`; b = 0: all */
  Vararg: 48,
  /** R[a] = the table `arg` of a vararg function */
  ArgTable: 49,
} as const;
