import { AcceptConstruct } from '../../../src/server/accept-construct';
import { NO_POLICY, type Phase, type ReceptionPolicy } from '../../../src/server/reception/policy';
import type { OpenOptions } from '../../../src/server/reception/reception';
import { DEFAULT_RECEPTION_SETTINGS, type ReceptionSettings } from '../../../src/server/reception/settings';
import type { PolicySubject } from '../../../src/server/reception/policy';
import type { ReceptionSession } from '../../../src/server/reception/session';
import type { Verdict } from '../../../src/server/reception/verdict';
import { ServerState } from '../../../src/server/server';
import { SocketAddress } from '../../../src/server/socket-address';

export const CONTENT = 'Date: Thu, 1 Jan 2026 00:00:00 +0000\r\nSubject: hello\r\n\r\nthe body\r\n';
export const PEER = SocketAddress.ip('192.0.2.1', 4711);
export const LOCAL = SocketAddress.ip('198.51.100.1', 25);

type Callouts = { readonly [P in Phase]?: (subject: PolicySubject) => void };

/** A server whose modules are functions of the test. */
export class Fixture {
  readonly server = new ServerState({ now: new Date('2026-01-01T00:00:00Z'), seed: 1 });
  /** The callouts and hooks in their order. */
  readonly calls: string[] = [];

  constructor(callouts: Callouts = {}, hooks: Partial<ReceptionPolicy> = {}) {
    const policy: ReceptionPolicy = {
      ...NO_POLICY,
      validate: (phase, subject) => {
        this.calls.push(phase);
        callouts[phase]?.(subject);
        return Promise.resolve();
      },
      notify: (hook) => {
        this.calls.push(hook);
        return Promise.resolve();
      },
      dealloc: () => {
        this.calls.push('dealloc');
        return Promise.resolve();
      },
      ...hooks,
    };
    this.server.reception.policy = () => policy;
  }

  open(settings: Partial<ReceptionSettings> = {}, options: OpenOptions = {}): ReceptionSession {
    const accept = new AcceptConstruct('smtp', PEER, '*:25', this.server.ids.next(), LOCAL);
    const all = { ...DEFAULT_RECEPTION_SETTINGS, version: '5.3', openRelay: true, ...settings };
    return this.server.reception.open(accept, { settings: all, ...options });
  }

  /** Begins a session as far as a command after EHLO. */
  async greet(
    settings: Partial<ReceptionSettings> = {},
    options: OpenOptions = {},
  ): Promise<ReceptionSession> {
    const session = this.open(settings, options);
    await session.connect();
    await session.ehlo('EHLO client.example.com\r\n', 'client.example.com');
    return session;
  }

  /** A transaction; the verdict about the body, or the first one that refuses. */
  async send(
    session: ReceptionSession,
    { from = 'me@example.com', to = ['you@example.org'], content = CONTENT } = {},
  ): Promise<Verdict> {
    const steps = [
      () => session.mail(`MAIL FROM:<${from}>\r\n`, from),
      ...to.map((address) => () => session.rcpt(`RCPT TO:<${address}>\r\n`, address)),
      () => session.dataCommand(),
    ];
    for (const step of steps) {
      const verdict = await step();
      if ((verdict.reply?.code ?? 0) >= 400) return verdict;
    }
    return session.data(Buffer.from(content, 'latin1'));
  }

  get messages() {
    return [...this.server.messages];
  }

  get rejectlog(): string[] {
    return this.server.logs.rejectlog.map(({ text }) => text);
  }
}
