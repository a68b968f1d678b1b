import { setImmediate } from 'node:timers';
import type { HttpSession } from './session';

// Taken when this file loads: a test runner's fake timers replace the global.
const onNextTurn = setImmediate;

/** The requests of one server whose handlers returned ASYNC: none of them outlives the server. */
export class SuspendedSessions {
  private readonly sessions = new Set<HttpSession>();
  private end: ((session: HttpSession) => void) | undefined;

  /** How many wait to be resumed. */
  get size(): number {
    return this.sessions.size;
  }

  /**
   * Waits until a suspended session is resumed; answers whether its handler is invoked again. When the server stops
   * first the answer is no, and the response an empty 500. Rejects when the server crashes first.
   */
  async isResumed(session: HttpSession): Promise<boolean> {
    this.sessions.add(session);
    this.end?.(session);
    try {
      const resumption = await session.suspension.wait();
      if (resumption === 'stopped') {
        session.reset();
        session.statusError();
      }
      return resumption === 'again';
    } finally {
      this.sessions.delete(session);
    }
  }

  /** Ends all that wait, and those that will; resolves when their responses are on their way. */
  async stop(): Promise<void> {
    this.endAll((session) => session.suspension.resume('stopped'));
    await new Promise<void>((resolve) => {
      onNextTurn(resolve);
    });
  }

  crash(error: Error): void {
    this.endAll((session) => session.suspension.abort(error));
  }

  private endAll(end: (session: HttpSession) => void): void {
    this.end = end;
    for (const session of this.sessions) end(session);
  }
}
