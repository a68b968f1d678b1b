/** PCRE 8's words, which the product's scripts get to see, for those of PCRE2's messages that differ. */
const MESSAGES: Readonly<Record<string, string>> = {
  'missing closing parenthesis': 'missing )',
  'missing closing parenthesis for condition': 'malformed number or name after (?(',
  'missing ) after (?# comment': 'missing ) after comment',
  'unmatched closing parenthesis': 'unmatched parentheses',
  'quantifier does not follow a repeatable item': 'nothing to repeat',
  'escape sequence is invalid in character class': 'invalid escape sequence in character class',
  'conditional subpattern contains more than two branches':
    'conditional group contains more than two branches',
  'atomic assertion expected after (?( or (?(?C)': 'assertion expected after (?( or (?(?C)',
  'digit expected after (?+ or (?-': 'digit expected after (?+',
  'closing parenthesis for (?C expected': 'closing ) for (?C expected',
  'syntax error in subpattern name (missing terminator?)':
    'syntax error in subpattern name (missing terminator)',
  'two named subpatterns have the same name (PCRE2_DUPNAMES not set)':
    'two named subpatterns have the same name',
  'subpattern name is too long (maximum 32 code units)':
    'subpattern name is too long (maximum 32 characters)',
  'DEFINE subpattern contains more than one branch': 'DEFINE group contains more than one branch',
  '(?R (recursive pattern call) must be followed by a closing parenthesis':
    '(?R or (?[+-]digits must be followed by )',
  'PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u':
    'PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u',
  'character code point value in \\x{} or \\o{} is too large':
    'character value in \\x{} or \\o{} is too large',
  'number after (?C is greater than 255': 'number after (?C is > 255',
  'subpattern number is too big': 'number is too big',
  'a relative value of zero is not allowed': 'a numbered reference must not be zero',
  'subpattern name must start with a non-digit': 'group name must start with a non-digit',
  'failed to allocate heap memory': 'failed to get memory',
  '\\c must be followed by a printable ASCII character': '\\c must be followed by an ASCII character',
  '\\C is not allowed in a lookbehind assertion in UTF-16 mode': '\\C not allowed in lookbehind assertion',
  'digits missing in \\x{} or \\o{} or \\N{U+}': 'digits missing in \\x{} or \\o{}',
};

export const messageOf = (pcre2: string): string => MESSAGES[pcre2] ?? pcre2;
