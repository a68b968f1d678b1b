import { acceptConstruct } from '../../../src/api/accept-construct';
import { toTest } from '../../../src/api/convert';
import { ecMessage } from '../../../src/api/message';
import { bindObject } from '../../../src/api/objects';
import type { EntryContext } from '../../../src/api/runtime';
import { tieToSession } from '../../../src/api/session-ties';
import { validateContext } from '../../../src/api/validate-context';
import { Source } from '../../../src/lua';
import { MessageContent } from '../../../src/mail/content';
import { Generation } from '../../../src/scriptlet/generation';
import { AcceptConstruct } from '../../../src/server/accept-construct';
import { Message } from '../../../src/server/messages/message';
import type { ReceptionSession } from '../../../src/server/reception/session';
import { ServerState, type ServerOptions } from '../../../src/server/server';
import { SocketAddress } from '../../../src/server/socket-address';

export const START = new Date('2026-01-02T03:04:05.600Z');
const PEER = SocketAddress.ip('192.0.2.3', 4711);
const LISTENER = SocketAddress.ip('198.51.100.1', 25);

/** What a callout is about: an SMTP session with a message in it, and a Lua state that sees both. */
export class PolicyFixture {
  readonly server: ServerState;
  readonly session: ReceptionSession;
  readonly message: Message;
  readonly generation: Generation;

  constructor(options: Partial<ServerOptions> = {}, peer = PEER) {
    this.server = new ServerState({ now: START, seed: 1, ...options });
    this.generation = new Generation(this.server, {
      roots: [],
      fakes: new Map(),
      system: {},
      memory: () => undefined,
      onError(error) {
        throw error;
      },
    });
    const accept = new AcceptConstruct('smtp', peer, '*:25', '3F/A0-00001-31B987F3', LISTENER);
    this.session = this.server.reception.open(accept);
    this.message = new Message({
      id: '00/01-00001-31B987F3',
      batchId: '00/02-00001-31B987F3',
      connectionId: accept.connectionId,
      created: START,
      method: 'esmtp',
      receivedFrom: peer,
      receivedVia: LISTENER,
    });
    this.message.from = 'sender@example.com';
    this.message.to = 'jo@Example.NET';
    this.message.content = new MessageContent(
      Buffer.from('Subject: hello\r\nX-One: 1\r\n\r\nfirst\r\nsecond\r\n', 'latin1'),
    );
  }

  /** Runs Lua with `msg`, `ac`, `vctx` and `core` in a callout; answers its results. */
  async run(lua: string, hook = 'validate_data_spool_each_rcpt'): Promise<unknown[]> {
    const { session, message, generation } = this;
    const { runtime, vm } = generation;
    tieToSession(session);
    const f = vm.load(new Source('=test', `local msg, ac, vctx = ... local core = msys.core ${lua}`));
    const context: EntryContext = { phase: 'hook', hook, subject: { session, message } };
    const results = await generation.run(
      f,
      [
        bindObject(runtime, ecMessage, message),
        bindObject(runtime, acceptConstruct, session.accept),
        bindObject(runtime, validateContext, session.vctx),
      ],
      context,
    );
    return results.map((result) => toTest(vm, result));
  }

  /** The codes of the diagnostics so far. */
  get codes(): string[] {
    return [...this.server.diagnostics].map(({ code }) => code);
  }
}
