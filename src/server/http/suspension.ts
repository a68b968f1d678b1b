/** What ends a suspension: another invocation of the handler, or the end of the request. */
export type Resumption = 'again' | 'finished' | 'stopped';

const OK = 0;
const EBADF = 9;
const EINVAL = 22;

/**
 * Whether a request is suspended between two invocations of its handler. The operations answer 0 or an errno.
 *
 * Source: `3/3-api/apis-ec-httpsrv-session-suspend`, `3/3-api/apis-ec-httpsrv-session-resume`.
 */
export class Suspension {
  private resumption: Promise<Resumption> | undefined;
  private settle:
    | { readonly resolve: (resumption: Resumption) => void; readonly reject: (error: Error) => void }
    | undefined;

  /** From `suspend` until the handler goes on. */
  get isSuspended(): boolean {
    return this.resumption !== undefined;
  }

  /** EBADF when it is suspended already. */
  suspend(): number {
    if (this.resumption) return EBADF;
    this.resumption = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    // Nobody waits for it when the handler then does not return ASYNC.
    this.resumption.catch(() => undefined);
    return OK;
  }

  /** EINVAL when it is not suspended, or has been resumed already. */
  resume(resumption: Resumption): number {
    if (!this.settle) return EINVAL;
    this.settle.resolve(resumption);
    this.settle = undefined;
    return OK;
  }

  /** Ends the waiting with an error. */
  abort(error: Error): void {
    this.settle?.reject(error);
    this.settle = undefined;
  }

  /** Waits for `resume`, which may have come already. */
  async wait(): Promise<Resumption> {
    try {
      return (await this.resumption) ?? 'finished';
    } finally {
      this.resumption = undefined;
    }
  }
}
