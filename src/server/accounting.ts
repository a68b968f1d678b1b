/** The acctlog (4/4-log-formats): who logged in, and who ran which console command. */
import type { AuthStatus } from './auth/scheme';
import { textOfBytes } from './bytes';
import type { VirtualClock } from './clock';
import type { Logs } from './logs';

/** Texts are byte strings, one character per byte. */
interface AccountedConnection {
  /** The listener's address as configured: `*:2025`, `/tmp/2025`. */
  readonly listener: string;
  /** `ip:port`; undefined on a Unix socket. */
  readonly peer?: string | undefined;
  readonly user: string;
}

export interface AccountedLogin extends AccountedConnection {
  readonly status: AuthStatus;
}

export interface AccountedCommand extends AccountedLogin {
  readonly command: string;
  /** The role that allowed it. */
  readonly role?: string | undefined;
}

const AUTHORIZED: Readonly<Record<AuthStatus, string>> = { ok: '1', fail: '0', error: '-1' };

export class Accounting {
  constructor(
    private readonly logs: Logs,
    private readonly clock: VirtualClock,
  ) {}

  /** `<time>@N@<listener>@<peer>@<user>@<1|0>` */
  authentication({ listener, peer, user, status }: AccountedLogin): void {
    this.#write('N', [listener, peer ?? '', user, status === 'ok' ? '1' : '0'], {
      listener,
      peer,
      user: shown(user),
      status,
    });
  }

  /** `<time>@T@<listener>@<peer>@<user>@0`: the client took too long to log in. */
  timeout({ listener, peer, user }: AccountedConnection): void {
    this.#write('T', [listener, peer ?? '', user, '0'], { listener, peer, user: shown(user) });
  }

  /** `<time>@Z@<listener>@<peer>@<user>@<1|0|-1>@<command>[@<role>]` */
  authorization({ listener, peer, user, status, command, role }: AccountedCommand): void {
    const values = [listener, peer ?? '', user, AUTHORIZED[status], command];
    this.#write('Z', role === undefined ? values : [...values, role], {
      listener,
      peer,
      user: shown(user),
      status,
      command: shown(command),
      role,
    });
  }

  #write(type: string, values: readonly string[], fields: Readonly<Record<string, unknown>>): void {
    const line = [String(this.clock.seconds()), type, ...values.map(escaped)].join('@');
    this.logs.write('acctlog', shown(line), { type, ...fields });
  }
}

/** `@`, `\`, line ends and other control characters get a `\` before them, and stay what they are. */
const escaped = (value: string) => value.replace(/[@\\\x00-\x1f\x7f]/g, '\\$&');

const shown = (bytes: string) => textOfBytes(Buffer.from(bytes, 'latin1'));
