import type { ControlConnection } from '../../listeners/control/client';
import { UsageError } from '../../support/errors';
import { withLineEnd, writeOutput } from './output';
import { lineCount, type Pager } from './pager';
import { TerminalLines, type TerminalOptions } from './terminal-lines';

export interface InteractiveOptions extends Pick<TerminalOptions, 'input' | 'output' | 'history'> {
  /** For the prompt: `john@127.0.0.1:2025`. */
  readonly endpoint: string;
  /** Undefined where $PAGER says nothing. */
  readonly pager: Pager | undefined;
  readonly now: () => Date;
}

/** Lines of a terminal that does not tell how many it has. */
const DEFAULT_ROWS = 24;
const RULE = '#'.repeat(46);
/** What the console itself understands. */
const OWN_COMMANDS = ['\\pager', 'quit'];

/**
 * The console on a terminal (3/3-reference/operations-console): a banner with the server's version, then commands at a
 * prompt until `quit` or Ctrl-D. Ctrl-C clears the line; while a command runs, it ends the connection. Resolves to
 * the exit status, 0; rejects with UsageError when the connection ends.
 */
export async function runInteractive(
  connection: ControlConnection,
  options: InteractiveOptions,
): Promise<number> {
  const { input, output, history, endpoint, now } = options;
  output.write(await banner(connection, endpoint));
  let names = await commandNames(connection);
  const lines = new TerminalLines({
    input,
    output,
    history,
    completions: (line) => names.filter((name) => name.startsWith(line)),
    onInterrupt: () => connection.close(),
  });
  void connection.closed.then(() => lines.close());
  const paging = new Paging(options, lines);
  try {
    for (;;) {
      const line = await lines.next(`${clockTime(now())} ${endpoint}> `);
      const command = line?.trim();
      if (command === undefined || command === 'quit') break;
      if (command === '\\pager') output.write(paging.toggle());
      else if (command !== '') {
        await paging.show((await connection.request(command)).outputBytes);
        // The command may have brought others, by a reload.
        names = await commandNames(connection);
      }
    }
  } finally {
    lines.close();
  }
  if (connection.isOpen) return 0;
  // The prompt's line is still open.
  output.write('\n');
  throw new UsageError(`the control channel at ${endpoint} closed the connection`);
}

/** `\pager` (4/console-commands/pager): output of more lines than the terminal has goes through the pager. */
class Paging {
  private isOn = false;

  constructor(
    private readonly options: InteractiveOptions,
    private readonly lines: TerminalLines,
  ) {}

  /** Answers what to tell of it. */
  toggle(): string {
    if (!this.options.pager) return 'PAGER is not set.\n';
    this.isOn = !this.isOn;
    return `Pager is ${this.isOn ? 'on' : 'off'}.\n`;
  }

  async show(bytes: Buffer): Promise<void> {
    const { output, pager } = this.options;
    const text = withLineEnd(bytes);
    const isLong = lineCount(text) > (output.rows ?? DEFAULT_ROWS);
    if (isLong && this.isOn && pager && (await this.lines.without(() => pager(text)))) return;
    writeOutput(output, text);
  }
}

async function banner(connection: ControlConnection, endpoint: string): Promise<string> {
  const { status, output } = await connection.request('version');
  const text = status === 'COMPLETED' ? output.trimEnd() : `connected to ${endpoint}`;
  return [RULE, ...text.split(/\r?\n/).map((line) => `# ${line}`), RULE, ''].join('\n');
}

/** What the server and the console understand, sorted. An ended connection has no commands. */
async function commandNames(connection: ControlConnection): Promise<string[]> {
  const names = await connection.commandNames().catch(() => []);
  return [...new Set([...names, ...OWN_COMMANDS])].sort();
}

/** `HH:MM:SS`, local. */
function clockTime(date: Date): string {
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
