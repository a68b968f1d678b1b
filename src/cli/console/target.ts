import { socketOptions } from '../../listeners/control/address';
import { UsageError } from '../../support/errors';

/** Where the console connects to, and as whom. */
export interface Target {
  readonly address: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** For the prompt: the address with the user, without the password. */
  readonly shown: string;
}

export const DEFAULT_ADDRESS = '/tmp/2025';

/** A slash before the `@` belongs to a path. */
const WITH_USER = /^([^/:@]+)(?::([^@]*))?@(.+)$/s;

/** Reads `[user[:password]@]address` (3/3-reference/operations-console). Throws UsageError for what is none. */
export function parseTarget(text: string): Target {
  if (text.startsWith('ssh://'))
    throw new UsageError(
      'tunnels through ssh are not simulated: open one with ssh -L and connect to its port',
    );
  const [, user, password, address = text] = WITH_USER.exec(text) ?? [];
  socketOptions(address);
  return { address, user, password, shown: user === undefined ? address : `${user}@${address}` };
}
