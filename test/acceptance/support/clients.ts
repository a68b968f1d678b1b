/** Clients of a server whose sessions are counted, over sockets and in process. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Momentum } from '../../../src';
import { guardedServer, type GuardedOptions } from './guarded';
import { codesOf, dialogue, Wire } from './wire';

/** A whole session, sent at once, and the codes that answer it. */
export const DIALOGUE = dialogue('From: a@b.example\r\n\r\n.hello\r\n');
export const CODES = [220, 250, 250, 250, 354, 250, 221];
/** Up to the end mark of the message. */
export const COMPLETE = DIALOGUE.indexOf('QUIT');

/** Codes of 4/message-responses and of the RFCs of the extensions. */
const KNOWN_CODES = new Set([
  214, 220, 221, 235, 250, 252, 334, 354, 421, 451, 452, 454, 500, 501, 502, 503, 504, 535, 550, 551, 552,
  554,
]);

export function expectReplies(said: string): void {
  const lines = said.split('\r\n');
  expect(lines.pop()).toBe('');
  expect(lines.filter((line) => !/^\d{3}[ -]/.test(line))).toEqual([]);
  expect(codesOf(said).filter((code) => !KNOWN_CODES.has(code))).toEqual([]);
}

/** Without ids, times and the client's port, which differ between connections. */
export const comparable = (said: string): string =>
  said.replace(/\b[\dA-F]{2}\/[\dA-F]{2}-\d{5}-[\dA-F]{8}/g, '<id>').replace(/:\d{4,5}\b/g, ':<port>');

/** One server of a test, and the clients that it has to do with. */
export class Clients {
  readonly #wires: Wire[] = [];
  #port = 0;
  mta!: Momentum;

  /** Starts the server, which listens on a socket. */
  async start(options = '', more: GuardedOptions = {}): Promise<void> {
    this.mta = await guardedServer(options, more);
    const { smtp } = await this.mta.listen({ smtp: 0 });
    this.#port = smtp!.port;
  }

  async stop(): Promise<void> {
    for (const wire of this.#wires.splice(0)) wire.destroy();
    await this.mta.stop();
  }

  async dial(): Promise<Wire> {
    const wire = await Wire.open(this.#port);
    this.#wires.push(wire);
    return wire;
  }

  /** Sends bytes piece by piece and ends; what the server said. */
  async overSocket(pieces: readonly string[]): Promise<string> {
    const wire = await this.dial();
    for (const piece of pieces) {
      wire.write(piece);
      await turn();
    }
    wire.end();
    await wire.closed;
    return wire.said;
  }

  /** The same without a socket. */
  async inProcess(pieces: readonly string[]): Promise<string> {
    const session = this.mta.smtp.session();
    await session.greeting;
    for (const piece of pieces) {
      session.write(Buffer.from(piece, 'latin1'));
      for (let i = 0; i < 3; i++) await turn();
    }
    for (let i = 0; i < 30; i++) await turn();
    const said = session.transcript
      .filter((line) => !line.startsWith('C: '))
      .map((line) => `${line.slice(3)}\r\n`);
    await session.disconnect();
    return said.join('');
  }
}
