import { Server, type ServerOptions } from 'node:http';
// Not the global one, which jest's fake timers replace.
import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * An HTTP server whose `close` accepts the clients that are already connecting before it stops listening.
 *
 * The test client that finds the server not listening makes it listen and closes it after its own response. Node
 * accepts one connection a turn, so that, of many requests at the same time, the system would reset all those
 * still in its queue.
 */
export class PatientServer extends Server {
  private accepted = 0;

  constructor(options: ServerOptions) {
    super(options);
    this.on('connection', () => this.accepted++);
  }

  override close(callback?: (error?: Error) => void): this {
    if (!this.listening) return super.close(callback);
    void this.untilQueueIsEmpty().then(() => super.close(callback));
    return this;
  }

  private async untilQueueIsEmpty(): Promise<void> {
    let before: number;
    do {
      before = this.accepted;
      await nextTurn();
      await nextTurn();
    } while (this.accepted > before);
  }
}
