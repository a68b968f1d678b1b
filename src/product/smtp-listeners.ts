// Not the global one, which jest's fake timers replace.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SmtpService } from '../listeners/smtp/conversation';
import { SmtpEngine } from '../listeners/smtp/engine';
import type { Input } from '../listeners/smtp/input';
import { SmtpServer, type Ends } from '../listeners/smtp/server';
import { DEFAULT_SMTP_SETTINGS, type SmtpSettings } from '../listeners/smtp/settings';
import type { Transport } from '../listeners/smtp/transport';
import { AcceptConstruct } from '../server/accept-construct';
import type { Configuration } from '../server/config/configuration';
import type { ConfigListener } from '../server/config/listeners';
import type { ServerState } from '../server/server';
import { SocketAddress } from '../server/socket-address';
import { UsageError } from '../support/errors';
import { bindServer, bindTarget, type BoundAddress, type ListenAddress } from './bind';
import type { InboundConnections } from './inbound';
import { settingsSource } from './listener-settings';
import { SessionSlots } from './session-slots';
import { smtpProblems } from './smtp-problems';
import { smtpSettings } from './smtp-settings';

const KIND = 'ESMTP_Listener';
/** Clients of Unix sockets have no address; as on the control listener, they count as local ones. */
const LOOPBACK = '127.0.0.1';

export interface SmtpListenersOptions {
  readonly server: ServerState;
  readonly service: Omit<SmtpService, 'clock' | 'random'>;
  readonly running: () => Configuration;
  readonly inbound: InboundConnections;
  readonly readFile: (path: string) => Buffer | undefined;
  /** Runs what may take the server down. */
  readonly survive: <R>(work: () => Promise<R>) => Promise<R>;
  /** Takes the error of a session that nobody waits for. */
  readonly onError: (error: unknown) => void;
  readonly onProblem: (message: string) => void;
}

/** A session that is under way. */
interface Running {
  readonly engine: SmtpEngine;
  readonly transport: Transport;
  readonly over: Promise<void>;
  /** Makes `over` resolve, whatever the session waits for. */
  readonly abandon: () => void;
}

/** The ESMTP listeners of the running configuration, and all sessions, with sockets and without (4/esmtp-listener). */
export class SmtpListeners {
  readonly #options: SmtpListenersOptions;
  readonly #service: SmtpService;
  readonly #servers = new Map<string, { readonly server: SmtpServer; bound: BoundAddress | undefined }>();
  /** Of listeners that a configuration has dropped: their sessions go on. */
  readonly #retired: SmtpServer[] = [];
  readonly #running = new Set<Running>();
  readonly #slots = new SessionSlots();

  constructor(options: SmtpListenersOptions) {
    this.#options = options;
    const { clock, random } = options.server;
    this.#service = { ...options.service, clock, random: random.fork('smtp challenges') };
  }

  /** Listens with the first listener of the configuration at another address than the configured one. */
  async listen(address: ListenAddress): Promise<BoundAddress> {
    return this.#bind(this.#first().address, address);
  }

  /** Listens with all that are enabled, at their configured addresses. */
  async listenAll(): Promise<BoundAddress[]> {
    const bound: BoundAddress[] = [];
    for (const { address, enabled } of this.#configured())
      if (enabled && !this.#servers.get(address)?.server.server.listening)
        bound.push(await this.#bind(address, address));
    return bound;
  }

  /**
   * A connection without a socket, to the listener that the configuration has at an address, or the first. `over` is the
   * end of it. Throws UsageError when there is no such listener.
   */
  connect(transport: Transport, input: Input, remote: SocketAddress, listener?: string): Running {
    const { address } = listener === undefined ? this.#first() : this.#at(listener);
    const running = this.#serve(address, transport, input, { remote, local: localAddress(address) });
    // Whoever waits for a reply is told; nobody may be waiting.
    running.over.catch(() => undefined);
    return running;
  }

  /** Takes over a new configuration: `Enable` closes and opens sockets; listeners that are gone are closed. */
  async update(): Promise<void> {
    this.#reportProblems();
    const configured = new Map(this.#configured().map((listener) => [listener.address, listener]));
    for (const [address, entry] of this.#servers) {
      const listener = configured.get(address);
      const { server, bound } = entry;
      if (!listener) {
        server.deafen();
        this.#servers.delete(address);
        this.#retired.push(server);
      } else if (!listener.enabled) server.deafen();
      else if (!server.server.listening && bound) await bindServer(server.server, targetOf(bound));
    }
  }

  reset(): void {
    for (const { transport } of this.#running) transport.reset();
    for (const server of this.#all) server.reset();
  }

  /** Closes everything. Sessions that wait for a script are not waited for: the clock stands still from now on. */
  async close(): Promise<void> {
    for (const { engine, transport } of this.#running) {
      engine.closed();
      transport.end();
    }
    await Promise.all(Array.from(this.#all, (server) => server.close()));
    for (let turn = 0; turn < LAST_TURNS && this.#running.size > 0; turn++) await nextTurn();
    for (const { abandon } of this.#running) abandon();
  }

  #reportProblems(): void {
    const { server, running } = this.#options;
    for (const listener of this.#configured()) {
      if (!listener.enabled) continue;
      const where = `${listener.kind} Listen "${listener.address}"`;
      for (const problem of smtpProblems(smtpSettings(running(), listener, LOOPBACK)))
        server.report('CONFIG_OPTION', `${where}: ${problem}`);
    }
  }

  get #all(): SmtpServer[] {
    return [...Array.from(this.#servers.values(), ({ server }) => server), ...this.#retired];
  }

  #configured(): readonly ConfigListener[] {
    return this.#options.running().listeners(KIND);
  }

  #first(): ConfigListener {
    const [first] = this.#configured();
    if (first) return first;
    throw new UsageError(
      'the configuration has no ESMTP_Listener with a Listen stanza: in production nobody answers SMTP. Add ESMTP_Listener { Listen ":25" { } }',
    );
  }

  #at(address: string): ConfigListener {
    const all = this.#configured();
    const found = all.find((listener) => listener.address === address || shown(listener.address) === address);
    if (found) return found;
    const known = all.map((listener) => JSON.stringify(listener.address)).join(', ');
    throw new UsageError(
      `the configuration has no ESMTP_Listener with Listen ${JSON.stringify(address)}; it has ${known || 'none'}`,
    );
  }

  async #bind(address: string, target: ListenAddress): Promise<BoundAddress> {
    let entry = this.#servers.get(address);
    if (entry?.server.server.listening) throw new UsageError('the SMTP server is listening already');
    if (!entry) {
      const server = new SmtpServer({
        settings: this.#settingsOf(address),
        readFile: this.#options.readFile,
        serve: (transport, input, ends) => {
          const { engine, over } = this.#serve(address, transport, input, ends);
          over.catch((error: unknown) => this.#failed(error));
          return engine;
        },
      });
      this.#servers.set(address, (entry = { server, bound: undefined }));
    }
    return (entry.bound = await bindServer(entry.server.server, bindTarget(target)));
  }

  /** TLS that cannot work is the configuration's fault, not the test's. */
  #failed(error: unknown): void {
    if (error instanceof UsageError) this.#options.onProblem(error.message);
    else this.#options.onError(error);
  }

  #serve(address: string, transport: Transport, input: Input, ends: Ends): Running {
    const { server, inbound, survive } = this.#options;
    const settingsOf = this.#settingsOf(address);
    const connectionId = server.ids.next();
    const ipOf = ({ host }: { host: string }) => (host === '' ? LOOPBACK : host);
    const { listenerSessions, serviceSessions } = settingsOf(ipOf(ends.remote));
    const leave = this.#slots.take([listenerSessions, serviceSessions]);
    const engine = new SmtpEngine({
      service: this.#service,
      transport,
      input,
      remote: ends.remote,
      settings: (ip) => settingsOf(ipOf({ host: ip })),
      open: (remote, { context, pathway }) => {
        const accept = new AcceptConstruct('smtp', remote, shown(address), connectionId, ends.local);
        return server.reception.open(accept, { context, pathway });
      },
      hasRoom: leave !== undefined,
    });
    const end = inbound.open({
      service: 'SMTP',
      handler: 'esmtp_message_factory',
      get peer() {
        return engine.remote.family === 'unix' ? undefined : engine.remote;
      },
      get state() {
        return engine.state;
      },
    });
    const serve = () =>
      survive(() => engine.serve()).finally(() => {
        leave?.();
        end();
        this.#running.delete(running);
      });
    const running = { engine, transport, ...abandonable(serve) };
    this.#running.add(running);
    return running;
  }

  readonly #sources = new Map<string, (peer: string) => SmtpSettings>();

  #settingsOf(address: string): (peer: string) => SmtpSettings {
    let source = this.#sources.get(address);
    if (!source) {
      const { running } = this.#options;
      const read = (listener: ConfigListener, peer = LOOPBACK) => smtpSettings(running(), listener, peer);
      this.#sources.set(
        address,
        (source = settingsSource(running, KIND, address, read, DEFAULT_SMTP_SETTINGS)),
      );
    }
    return source;
  }
}

/** Turns of the event loop in which sessions come to their end when the server stops. */
const LAST_TURNS = 100;

/** Begins work whose end need not be waited for. */
function abandonable(work: () => Promise<void>): Pick<Running, 'over' | 'abandon'> {
  let abandon: () => void = () => undefined;
  const over = new Promise<void>((resolve, reject) => {
    abandon = resolve;
    work().then(resolve, reject);
  });
  return { over, abandon };
}

/** The logs show an address without a host as the product does. */
const shown = (address: string) => address.replace(/^:/, '*:');

/** Where a client without a socket would have found the listener. */
function localAddress(address: string): SocketAddress {
  const target = bindTarget(address);
  if ('path' in target) return SocketAddress.unix(target.path);
  const isAny = ['0.0.0.0', '::'].includes(target.host);
  return SocketAddress.ip(isAny ? LOOPBACK : target.host, target.port);
}

const targetOf = (bound: BoundAddress) =>
  'path' in bound ? bound : { host: bound.address, port: bound.port };
