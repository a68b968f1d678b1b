/**
 * The base of every error that momentum-sim throws on purpose.
 *
 * `code` is stable: tests and the pages under docs/diagnostics refer to it.
 * `message` says what happened and where, why it matters in production, and what to do.
 */
export abstract class MomentumSimError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The caller misused the library itself (a wrong option, a server that is already stopped). */
export class UsageError extends MomentumSimError {
  readonly code = 'USAGE';
}
