import { MomentumSimError } from '../support/errors';

/** A change of a MIME tree that cannot be made, or a part whose message has got other content since. */
export class MimeError extends MomentumSimError {
  readonly code = 'MIME';
}
