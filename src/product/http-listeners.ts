import type http from 'node:http';
import type { Socket } from 'node:net';
import { HttpListener } from '../listeners/http/listener';
import type { HttpRouter } from '../listeners/http/router';
import { DEFAULT_HTTP_SETTINGS, type HttpSettings } from '../listeners/http/settings';
import type { Configuration } from '../server/config/configuration';
import type { ConfigListener } from '../server/config/listeners';
import { UsageError } from '../support/errors';
import { bindServer, bindTarget, type BoundAddress, type ListenAddress } from './bind';
import { httpSettings, settingsSource } from './listener-settings';

const KIND = 'HTTP_Listener';

export interface HttpListenersOptions {
  readonly router: HttpRouter;
  readonly running: () => Configuration;
  /** What a test sets, over what the configuration says. */
  readonly overrides: Partial<HttpSettings>;
  readonly readFile: (path: string) => Buffer | undefined;
  readonly onCrash: (error: unknown) => void;
  readonly onConnection: (socket: Socket) => void;
  readonly onProblem: (message: string) => void;
}

/** The HTTP listeners of the running configuration, each made when it is first needed (4/http-listener). */
export class HttpListeners {
  readonly #listeners = new Map<string, HttpListener>();

  constructor(private readonly options: HttpListenersOptions) {}

  /** The first one's server; listening only once someone makes it. Throws UsageError when there is none. */
  get first(): http.Server {
    return this.#at(this.#first()).server;
  }

  /** What the first one's configuration says about a client. */
  settings(peer: string): { readonly address: string; readonly settings: HttpSettings } {
    const { address } = this.#first();
    return { address, settings: this.#settingsOf(address)(peer) };
  }

  /** Listens with the first one at another address than the configured one. */
  async listen(address: ListenAddress): Promise<BoundAddress> {
    const server = this.first;
    if (server.listening) throw new UsageError('the HTTP server is listening already');
    return bindServer(server, bindTarget(address));
  }

  /** Listens with all that are enabled, at their configured addresses. */
  async listenAll(): Promise<BoundAddress[]> {
    const bound: BoundAddress[] = [];
    for (const listener of this.#configured().filter(({ enabled }) => enabled)) {
      const { server } = this.#at(listener);
      if (!server.listening) bound.push(await bindServer(server, bindTarget(listener.address)));
    }
    return bound;
  }

  /** Takes over a new configuration: `Enable` closes and opens sockets, listeners that are gone are closed. */
  async update(): Promise<void> {
    const configured = new Map(this.#configured().map((listener) => [listener.address, listener]));
    for (const [address, listener] of this.#listeners) {
      const { enabled } = configured.get(address) ?? {};
      if (enabled !== undefined) await listener.setEnabled(enabled);
      else {
        this.#listeners.delete(address);
        await listener.close();
      }
    }
  }

  reset(): void {
    for (const listener of this.#listeners.values()) listener.reset();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#listeners.values()].map((listener) => listener.close()));
  }

  #configured(): readonly ConfigListener[] {
    return this.options.running().listeners(KIND);
  }

  #first(): ConfigListener {
    const [first] = this.#configured();
    if (first) return first;
    throw new UsageError(
      'the configuration has no HTTP_Listener with a Listen stanza: in production nobody answers HTTP. Add HTTP_Listener { Listen ":2081" { } }',
    );
  }

  #at({ address, enabled }: ConfigListener): HttpListener {
    let listener = this.#listeners.get(address);
    if (!listener) {
      const { router, readFile, onCrash, onConnection, onProblem } = this.options;
      const settings = this.#settingsOf(address);
      // The log shows an address without a host as the product does.
      const shown = address.replace(/^:/, '*:');
      listener = new HttpListener(router, {
        address: shown,
        settings,
        readFile,
        onCrash,
        onConnection,
        onProblem,
      });
      if (!enabled) void listener.setEnabled(false);
      this.#listeners.set(address, listener);
    }
    return listener;
  }

  readonly #sources = new Map<string, (peer: string) => HttpSettings>();

  #settingsOf(address: string): (peer: string) => HttpSettings {
    let source = this.#sources.get(address);
    if (!source) {
      const { running, overrides } = this.options;
      const read = (listener: ConfigListener, peer = '127.0.0.1') => ({
        ...httpSettings(listener, peer),
        ...overrides,
      });
      const defaults = { ...DEFAULT_HTTP_SETTINGS, ...overrides };
      this.#sources.set(address, (source = settingsSource(running, KIND, address, read, defaults)));
    }
    return source;
  }
}
