import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export const ROOT = path.resolve(__dirname, '../..');
const RUN_SOURCES = ['-r', path.join(__dirname, 'typescript.cjs'), path.join(ROOT, 'src/cli/main.ts')];

export interface Outcome {
  /** The exit status, null when a signal ended the process. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Buffer;
}

export interface RunOptions {
  readonly input?: string | Buffer;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** A program that runs as a child process. */
export class Program {
  readonly process: ChildProcess;
  private readonly out: Buffer[] = [];
  private readonly err: Buffer[] = [];
  private readonly closed: Promise<unknown>;

  constructor(file: string, args: readonly string[], { input, cwd = ROOT, env }: RunOptions = {}) {
    this.process = spawn(file, args, { cwd, env: { ...process.env, ...env } });
    this.process.stdout!.on('data', (chunk: Buffer) => this.out.push(chunk));
    this.process.stderr!.on('data', (chunk: Buffer) => this.err.push(chunk));
    this.closed = once(this.process, 'close');
    // A program that ends without reading its input breaks the pipe.
    this.process.stdin!.on('error', () => undefined).end(input);
  }

  get stdout(): string {
    return Buffer.concat(this.out).toString();
  }

  get stderr(): string {
    return Buffer.concat(this.err).toString();
  }

  /** Resolves to the match once the output has one; rejects when the program ends before. */
  async waitFor(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this[stream]);
      if (match) return match;
      if (this.process.exitCode !== null) throw new Error(`ended without ${String(pattern)}: ${this.stderr}`);
      await Promise.race([once(this.process[stream]!, 'data'), this.closed]);
    }
  }

  async outcome(): Promise<Outcome> {
    await this.closed;
    const { stdout, stderr, out } = this;
    return { status: this.process.exitCode, stdout, stderr, stdoutBytes: Buffer.concat(out) };
  }
}

/** The command line, from the sources. */
export function cli(args: readonly string[], options?: RunOptions): Program {
  return new Program(process.execPath, [...RUN_SOURCES, ...args], options);
}

export function runCli(args: readonly string[], options?: RunOptions): Promise<Outcome> {
  return cli(args, options).outcome();
}
