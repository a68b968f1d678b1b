import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { runInteractive } from '../../../src/cli/console/interactive';
import { ControlConnection } from '../../../src/listeners/control/client';
import type { ControlAddress } from './support';

export const ENTER = '\r';
export const TAB = '\t';
/** Of the terminal, in lines. */
const ROWS = 4;

/** The interactive console on a terminal of the test's, at 10:47:35 as in the documentation's samples. */
export class ConsoleOnTerminal {
  readonly paged: string[] = [];
  readonly #input = new PassThrough();
  readonly #output = Object.assign(new PassThrough(), { rows: ROWS });
  readonly #status: Promise<number>;
  #shown = '';

  /** `hasPager`: as with $PAGER set. */
  static async open(address: ControlAddress, hasPager = true): Promise<ConsoleOnTerminal> {
    return new ConsoleOnTerminal(await ControlConnection.open(address), hasPager);
  }

  private constructor(connection: ControlConnection, hasPager: boolean) {
    this.#output.on('data', (bytes: Buffer) => (this.#shown += bytes.toString()));
    this.#status = runInteractive(connection, {
      input: this.#input,
      output: this.#output,
      history: { load: () => [], save: () => undefined },
      endpoint: '/tmp/2025',
      pager: hasPager ? (text) => Promise.resolve(this.paged.push(text.toString()) > 0) : undefined,
      now: () => new Date(2026, 0, 1, 10, 47, 35),
    }).finally(() => connection.close());
  }

  get shown(): string {
    return stripVTControlCharacters(this.#shown).replaceAll('\r\n', '\n');
  }

  /** Types keys and resolves when the screen ends with the text. */
  async type(keys: string, end = '10:47:35 /tmp/2025> '): Promise<void> {
    const before = this.#shown.length;
    this.#input.write(keys);
    while (this.#shown.length === before || !this.shown.endsWith(end)) await once(this.#output, 'data');
  }

  /** Types keys that leave the console; resolves to its exit status. */
  leave(keys: string): Promise<number> {
    this.#input.write(keys);
    return this.#status;
  }
}
