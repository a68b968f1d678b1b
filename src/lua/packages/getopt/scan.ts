import type { Option, OptionSet } from './options';

/** An option and its argument; of a wrong one `?` (or `:`) and what is wrong with it, and which it was. */
export interface Found {
  readonly name: string;
  readonly argument?: string | undefined;
  readonly wrong?: string;
}

/** The words of a command line, from 0, and where the scan has come to. */
export interface Words {
  readonly count: number;
  at(index: number): string;
  /** Index of the next word. */
  position: number;
}

/** Goes through the options of a command line as POSIX's getopt does: up to the first operand, or past `--`. */
export class OptionScan {
  /** Letters of a word like `-abc` that are still to come. */
  private pending = '';

  constructor(private readonly options: OptionSet) {}

  /** The next option; undefined when there is none. */
  next(words: Words): Found | undefined {
    if (this.pending !== '') return this.letter(words);
    if (words.position >= words.count) return undefined;
    const word = words.at(words.position);
    if (!/^-./s.test(word)) return undefined;
    words.position++;
    if (word === '--') return undefined;
    if (word.startsWith('--')) return this.long(word, words);
    this.pending = word.slice(1);
    return this.letter(words);
  }

  private letter(words: Words): Found {
    const letter = this.pending.slice(0, 1);
    this.pending = this.pending.slice(1);
    const option = this.options.letters.get(letter);
    if (!option) return wrong(letter, `invalid option -- '${letter}'`);
    if (option.argument === 'none') return { name: option.name };
    const attached = this.pending === '' ? undefined : this.pending;
    this.pending = '';
    return this.withArgument(option, attached, words, letter, `option requires an argument -- '${letter}'`);
  }

  private long(word: string, words: Words): Found {
    const [, given = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word)!;
    const candidates = this.candidates(given);
    const [option] = candidates;
    if (!option) return wrong(given, `unrecognized option '--${given}'`);
    if (candidates.length > 1) return wrong(given, `option '--${given}' is ambiguous`);
    if (option.argument === 'none') {
      if (value !== undefined) return wrong(given, `option '--${given}' doesn't allow an argument`);
      return { name: option.name };
    }
    return this.withArgument(option, value, words, given, `option '--${given}' requires an argument`);
  }

  /** The option of that name, otherwise all whose names begin with it. */
  private candidates(given: string): Option[] {
    const { names } = this.options;
    const exact = names.get(given);
    if (exact || given === '') return exact ? [exact] : [];
    return [...new Set([...names].filter(([name]) => name.startsWith(given)).map(([, option]) => option))];
  }

  private withArgument(
    { name, argument }: Option,
    attached: string | undefined,
    words: Words,
    given: string,
    complaint: string,
  ): Found {
    if (attached !== undefined || argument === 'optional') return { name, argument: attached };
    if (words.position < words.count) return { name, argument: words.at(words.position++) };
    return { ...wrong(given, complaint), name: this.options.tellsMissing ? ':' : '?' };
  }
}

const wrong = (given: string, problem: string): Found => ({ name: '?', argument: problem, wrong: given });
