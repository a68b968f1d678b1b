import { createHmac } from 'node:crypto';

/** Milliseconds, in virtual time. */
export const NONCE_LIFETIME = 300_000;
/** Nonces in use whose counters are remembered; clients of older ones have to begin again. */
const MOST_IN_USE = 10_000;

/**
 * The nonces of HTTP Digest. A nonce carries its time and a signature, so that one that nobody uses takes no memory.
 *
 * Equal sequences of random numbers give equal nonces: secrets of a simulation, not of a server on a network.
 */
export class Nonces {
  private readonly key: Buffer;
  private serial = 0;
  /** The highest counter that came with each nonce, in the order in which the nonces were first used. */
  private readonly used = new Map<string, number>();
  /** Nonces up to this serial are stale: their counters may have been forgotten. */
  private forgotten = 0;

  /** @param random gives integers from 0 to 2^32 - 1 */
  constructor(
    random: () => number,
    private readonly clock: { now(): number },
  ) {
    this.key = Buffer.alloc(32);
    for (let at = 0; at < this.key.length; at += 4) this.key.writeUInt32BE(random(), at);
  }

  issue(): string {
    const body = `${this.clock.now().toString(36)}.${(++this.serial).toString(36)}`;
    return `${body}.${this.sign(body)}`;
  }

  /**
   * Counts a use of a nonce. Answers false when it is stale: not of this server, too old, or used with this counter
   * or a higher one before.
   */
  use(nonce: string, count: number): boolean {
    if (!this.isOwn(nonce) || this.isExpired(nonce) || count <= (this.used.get(nonce) ?? 0)) return false;
    this.used.set(nonce, count);
    if (this.used.size > MOST_IN_USE) this.forgetFirst();
    return true;
  }

  private isOwn(nonce: string): boolean {
    const end = nonce.lastIndexOf('.');
    return end > 0 && this.sign(nonce.slice(0, end)) === nonce.slice(end + 1);
  }

  private isExpired(nonce: string): boolean {
    const age = this.clock.now() - part(nonce, 0);
    return age < 0 || age > NONCE_LIFETIME || part(nonce, 1) <= this.forgotten;
  }

  private forgetFirst(): void {
    const [first] = this.used.keys();
    this.used.delete(first!);
    this.forgotten = Math.max(this.forgotten, part(first!, 1));
  }

  private sign(body: string): string {
    return createHmac('sha256', this.key).update(body).digest('hex').slice(0, 32);
  }
}

/** The time (0) or the serial (1) of an own nonce. */
function part(nonce: string, index: 0 | 1): number {
  return parseInt(nonce.split('.')[index]!, 36);
}
