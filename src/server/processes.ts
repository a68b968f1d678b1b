/** Commands that scripts want the shell to run: none is; the test says how each would end. */
import { UsageError } from '../support/errors';
import { byteString } from './bytes';

export interface ProcessAnswer {
  /** Exit status, 0 to 255; 0. */
  readonly status?: number;
  /** What the command prints, as text (UTF-8) or bytes; nothing. */
  readonly stdout?: string | Uint8Array;
}

/** One command that a script ran. */
export interface ProcessCall {
  readonly command: string;
  /** The function that was called. */
  readonly caller: 'os.execute' | 'io.popen';
  /** What the script has written to the command's standard input so far. */
  readonly input: Buffer;
  /** Its exit status; undefined when the test has no answer for the command. */
  readonly status: number | undefined;
  /** Virtual time. */
  readonly at: Date;
}

/** What `mta.processes.on` gives: the calls that it answered so far, and the way back. */
export interface ProcessHandle {
  readonly calls: readonly ProcessCall[];
  restore(): void;
}

export interface ProcessRun {
  /** Undefined when nothing answers the command. */
  readonly answer: { readonly status: number; readonly stdout: Buffer } | undefined;
  /** Takes what the script writes to the command's standard input. */
  readonly input: (bytes: Uint8Array) => void;
}

interface Answerer {
  readonly pattern: string | RegExp;
  readonly answer: (command: string) => ProcessAnswer;
  readonly calls: ProcessCall[];
}

/** Answers by the exact command. */
export type ProcessesOption = Readonly<Record<string, ProcessAnswer>>;

export class Processes {
  readonly #answerers: Answerer[] = [];
  readonly #calls: ProcessCall[] = [];

  constructor(
    private readonly clock: { now(): Date },
    answers: ProcessesOption = {},
  ) {
    if (typeof answers !== 'object' || (answers as unknown) === null || Array.isArray(answers))
      throw new UsageError("option processes: an object { 'command': { status, stdout } } expected");
    for (const [command, answer] of Object.entries(answers)) this.on(command, answer);
  }

  /** Every command that scripts wanted to run, in order. */
  get calls(): readonly ProcessCall[] {
    return this.#calls;
  }

  /**
   * Says how commands end: the one that is exactly `pattern`, or those that it matches. Of several answers the one
   * that was given last counts. Throws UsageError for an answer of another form.
   */
  on(
    pattern: string | RegExp,
    answer: ProcessAnswer | ((command: string) => ProcessAnswer) = {},
  ): ProcessHandle {
    if (typeof pattern !== 'string' && !((pattern as unknown) instanceof RegExp))
      throw new UsageError('processes.on: a command or a RegExp expected');
    if (typeof answer !== 'function') readAnswer(pattern, answer);
    const answerer: Answerer = {
      pattern,
      answer: typeof answer === 'function' ? answer : () => answer,
      calls: [],
    };
    this.#answerers.push(answerer);
    const restore = () => {
      const at = this.#answerers.indexOf(answerer);
      if (at >= 0) this.#answerers.splice(at, 1);
    };
    return { calls: answerer.calls, restore };
  }

  /** Records a command and answers it. */
  run(command: string, caller: ProcessCall['caller']): ProcessRun {
    const answerer = this.#answerers.findLast(({ pattern }) => matches(pattern, command));
    const answer = answerer && readAnswer(answerer.pattern, answerer.answer(command));
    const call = { command, caller, input: Buffer.alloc(0), status: answer?.status, at: this.clock.now() };
    this.#calls.push(call);
    answerer?.calls.push(call);
    return { answer, input: (bytes) => (call.input = Buffer.concat([call.input, bytes])) };
  }
}

function matches(pattern: string | RegExp, command: string): boolean {
  return typeof pattern === 'string' ? pattern === command : command.search(pattern) >= 0;
}

function readAnswer(pattern: string | RegExp, answer: unknown): { status: number; stdout: Buffer } {
  const where = `the answer to the command ${typeof pattern === 'string' ? `'${pattern}'` : String(pattern)}`;
  if (typeof answer !== 'object' || answer === null)
    throw new UsageError(`${where}: { status, stdout } expected`);
  const { status = 0, stdout = '', ...others } = answer as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new UsageError(`${where}: unknown member '${unknown}': status, stdout`);
  if (!Number.isInteger(status) || (status as number) < 0 || (status as number) > 255)
    throw new UsageError(`${where}: status is an integer from 0 to 255`);
  if (typeof stdout !== 'string' && !(stdout instanceof Uint8Array))
    throw new UsageError(`${where}: stdout is text or a Buffer`);
  return { status: status as number, stdout: Buffer.from(byteString(stdout), 'latin1') };
}
