import { RESERVED_WORDS } from './tokens';

/** A syntax error as the rules of advice see it. */
export interface Mistake {
  /** The message without its place: `unexpected symbol`, `'end' expected`. */
  readonly message: string;
  /** The whole source, one character per byte. */
  readonly text: string;
  /** Offset of the offending token. */
  readonly offset: number;
  /** Line where an unfinished long string or comment opens. */
  readonly openedAt?: number;
  /** Line of the first `else if` that opened a nested `if`. */
  readonly elseIfLine?: number;
  /** The statement that had to be the last of its block. */
  readonly last?: 'break' | 'return';
}

/** A rule applies when all of its patterns match; the first one that applies gives the advice. */
export interface AdviceRule {
  readonly message?: RegExp;
  /** Matched against the bytes before the offending token. */
  readonly before?: RegExp;
  /** Matched against the bytes from the offending token on. */
  readonly from?: RegExp;
  readonly when?: (mistake: Mistake) => boolean;
  readonly advice: string | ((mistake: Mistake) => string);
}

const RESERVED = `(?:${[...RESERVED_WORDS.keys()].join('|')})\\b`;

/** Bytes that no token of Lua has: marks of editors, word processors and documentation pages. */
const FOREIGN_BYTES: readonly AdviceRule[] = [
  {
    before: /^$/,
    from: /^\xEF\xBB\xBF/,
    advice: 'The file starts with a UTF-8 byte order mark; save it as UTF-8 without BOM.',
  },
  {
    from: /^(?:\xE2\x80[\x98-\x9F]|[\x91-\x94])/,
    advice: 'This is a typographic quote (“ ” ‘ ’); write a plain " or \' instead.',
  },
  {
    from: /^(?:\xC2\xBB|\xBB)/,
    advice:
      'The » mark of the documentation means that the line continues; delete it and join the two lines.',
  },
  { from: /^(?:\xC2\xA0|\xA0)/, advice: 'This is a no-break space; replace it by an ordinary one.' },
  {
    from: /^[\x80-\xFF]/,
    advice:
      'Outside of strings and comments Lua accepts ASCII only; replace this character or quote the text.',
  },
];

const STRINGS_AND_NUMBERS: readonly AdviceRule[] = [
  {
    message: /^unfinished string/,
    advice:
      'A string in quotes ends on its own line: close the quote, or write \\n for a line end, or use [[...]] for text of several lines.',
  },
  {
    message: /^unfinished long/,
    advice: ({ openedAt, message }) =>
      `The long ${message.endsWith('comment') ? 'comment' : 'string'} that opens at line ${openedAt ?? '?'} is never closed; end it with ]] (with as many = between the brackets as it starts with).`,
  },
  {
    message: /^nesting of/,
    advice: 'Text that contains [[ needs a longer bracket: write [=[ ... ]=] around it.',
  },
  {
    message: /^malformed number/,
    from: /^0\d*[89.eE]/,
    advice:
      'A number that starts with 0 is octal in Momentum (0644 is 420) and has digits 0 to 7 only; write it without the leading zero.',
  },
  { message: /^malformed number/, from: /^\d+\.\./, advice: 'Put spaces around .. after a number: 1 .. 2.' },
  { message: /^malformed number/, from: /^[\da-fA-FxX]+_/, advice: 'Numbers have no _ between digits.' },
  {
    message: /^malformed number/,
    from: /^0[xXbB]/,
    advice: 'Only whole hexadecimal numbers such as 0xff exist, without fraction, exponent or 0b form.',
  },
  {
    message: /^(?:expected|escape sequence)/,
    advice:
      'Escapes are \\x with two hex digits, \\u with 4, 6 or 8 of them, and \\ with up to three decimal digits below 256; write \\\\ for a backslash.',
  },
];

/** Operators that other languages, or later versions of Lua, have. */
const FOREIGN_OPERATORS: readonly AdviceRule[] = [
  { before: /[=~!]=$/, from: /^=/, advice: 'There is no === or !==; write == or ~= (!= works as well).' },
  {
    from: /^(?:\|\||&&|\.\.|\/\/|[-+*/%^|&\\])=(?!=)/,
    advice: 'Lua has no compound assignment such as x += 1; write x = x + 1.',
  },
  {
    before: /(?:[-+*/%^|&\\]|\.\.)$/,
    from: /^=(?!=)/,
    advice: 'Lua has no compound assignment such as x += 1; write x = x + 1.',
  },
  { from: /^\+\+/, advice: 'Lua has no ++; write x = x + 1.' },
  { before: /\+$/, from: /^\+/, advice: 'Lua has no ++; write x = x + 1.' },
  { from: /^\|\|/, advice: 'Lua has no ||; write or.' },
  { before: /\|$/, from: /^\|/, advice: 'Lua has no ||; write or.' },
  { from: /^&&/, advice: 'Lua has no &&; write and.' },
  { before: /&$/, from: /^&/, advice: 'Lua has no &&; write and.' },
  {
    from: /^\/[/*]/,
    advice:
      'Comments start with -- in Lua, and integer division is \\ in Momentum (7 \\ 2): there is no // and no /*.',
  },
  {
    before: /\/$/,
    from: /^[/*]/,
    advice:
      'Comments start with -- in Lua, and integer division is \\ in Momentum (7 \\ 2): there is no // and no /*.',
  },
  { from: /^\?/, advice: 'Lua has no ?: operator; write condition and a or b.' },
  {
    before: /^$/,
    from: /^#/,
    advice: 'A first line that begins with # is skipped in a file only, not in a string that is loaded.',
  },
];

/** Statements of other languages, or of later versions of Lua. */
const FOREIGN_STATEMENTS: readonly AdviceRule[] = [
  {
    from: /^<\s*(?:const|close)\s*>/,
    advice: 'Attributes such as <const> came with Lua 5.4; delete the attribute.',
  },
  {
    from: /^::/,
    advice: 'Labels and goto came with Lua 5.2; use a loop, break, or a function that returns.',
  },
  {
    message: /^'=' expected/,
    before: /\bgoto\s+$/,
    advice:
      'goto came with Lua 5.2 and is an ordinary name here; use a loop, break, or a function that returns.',
  },
  {
    message: /^'=' expected/,
    before: /\bcontinue\s*$/,
    advice:
      'Lua has no continue; put the rest of the loop body into an if, or into a function that returns early.',
  },
  { message: /^'=' expected/, before: /\b(?:elif|elsif)\s+$/, advice: 'Write elseif, in one word.' },
  {
    message: /^'=' expected/,
    before: /\b(?:var|let|const)\s+$/,
    advice: 'A variable is declared with local: local x = 1.',
  },
  {
    message: /^'<string>' expected/,
    before: /\bfor\s*$/,
    from: /^\(/,
    advice: 'A loop is written without parentheses: for i = 1, 10 do ... end.',
  },
];

/** Blocks and calls that end in the wrong place. */
const STRUCTURE: readonly AdviceRule[] = [
  {
    message: /^cannot use/,
    advice:
      'The function has to declare ... as its last parameter; an inner function does not see the ... of the outer one.',
  },
  {
    message: /^unexpected symbol|expected/,
    from: /^\.\.\./,
    advice: 'If ... stands for code that was left out, replace it by a comment or by the code.',
  },
  {
    message: /^unexpected symbol/,
    from: new RegExp(`^${RESERVED}\\s*=(?!=)`),
    advice: 'A reserved word cannot be a key as it is; write ["end"] = 1 in a table.',
  },
  {
    message: /^unexpected symbol/,
    before: /\{\s*$/,
    from: /^(?:return|local|if|for|while|repeat|break)\b/,
    advice: 'A { opens a table, not a block; blocks are then ... end, do ... end and function() ... end.',
  },
  {
    message: /^unexpected symbol/,
    from: /^\{/,
    advice: 'A { opens a table, not a block; blocks are then ... end, do ... end and function() ... end.',
  },
  {
    message: /^'(?:then|do)' expected/,
    before: /\}\s*$/,
    advice: 'A { opens a table, not a block; blocks are then ... end, do ... end and function() ... end.',
  },
  {
    message: /^'(?:then|do|\))' expected/,
    from: /^=(?!=)/,
    advice: 'A single = assigns and cannot be part of an expression; compare with ==.',
  },
  {
    message: /^ambiguous syntax/,
    advice:
      'Move the ( to the end of the line before if this is a call, or put a ; before it if it starts a new statement.',
  },
  {
    when: ({ last }) => last !== undefined,
    advice: ({ last }) =>
      `A ${last!} has to be the last statement of its block; write do ${last!} end to leave in the middle of one.`,
  },
  {
    message: /^'end' expected/,
    when: ({ elseIfLine }) => elseIfLine !== undefined,
    advice: ({ elseIfLine }) =>
      `The else if at line ${elseIfLine!} opens a second if that needs an end of its own; write elseif, in one word.`,
  },
  {
    message: /^'\(' expected/,
    before: /\bfunction\s+$/,
    from: /^[A-Za-z_]/,
    advice:
      'A function that is a value has no name; write function(...) after =, or function name(...) alone.',
  },
  {
    message: /^'\}' expected/,
    advice: 'The fields of a table are separated by commas; look for a missing one just before.',
  },
  {
    message: /^'\)' expected/,
    from: /^["'\w{]/,
    advice: 'Look for a missing comma or operator, or a missing ), just before.',
  },
  {
    message: /^'<string>' expected/,
    from: new RegExp(`^${RESERVED}`),
    advice: 'A reserved word cannot be a name; a field of that name is written t["end"].',
  },
  {
    message: /^'<string>' expected/,
    advice: "A name has to stand here (the real runtime calls it '<string>' in this message).",
  },
  {
    message: /^unexpected symbol/,
    from: /^;/,
    advice: 'A ; can only follow a statement; delete this one.',
  },
  {
    message: /local variables$/,
    advice: 'Enclose parts of the function in do ... end, or keep the values in a table.',
  },
  { message: /upvalues$/, advice: 'Keep some of the outer variables that the function uses in a table.' },
  {
    message: /too many syntax levels$/,
    advice: 'Split the expression or the nested blocks; long chains of .. are built with table.concat.',
  },
];

/** In order of precedence. */
export const RULES: readonly AdviceRule[] = [
  ...FOREIGN_BYTES,
  ...STRINGS_AND_NUMBERS,
  ...FOREIGN_OPERATORS,
  ...FOREIGN_STATEMENTS,
  ...STRUCTURE,
];
