/** Boundaries between the parts of a multipart (RFC 2046 §5.1.1). */
import { createHash } from 'node:crypto';

const DIGEST_LENGTH = 22;

/**
 * A boundary that neither contains nor is contained in one of `taken`, and that none of `contents` has. The same
 * arguments give the same boundary (4/lua/ref-msg-make-boundary).
 */
export function makeBoundary(seed: string, taken: Iterable<string>, contents: readonly Buffer[]): string {
  const others = [...taken];
  for (let attempt = 0; ; attempt++) {
    const digest = createHash('sha256').update(`${attempt}:${seed}`).digest('base64');
    const boundary = `_----${digest.slice(0, DIGEST_LENGTH)}===_`;
    const clashes = others.some((other) => boundary.includes(other) || other.includes(boundary));
    if (!clashes && !contents.some((bytes) => bytes.includes(boundary))) return boundary;
  }
}
