import type { Socket } from 'node:net';
import { createControlServer, type ControlServer } from '../listeners/control/server';
import type { AccessChecks } from '../listeners/control/access';
import type { RunCommand } from '../listeners/control/session';
import { DEFAULT_SETTINGS } from '../listeners/control/settings';
import type { Configuration } from '../server/config/configuration';
import type { ConfigListener } from '../server/config/listeners';
import { bindTarget, type BoundAddress, type ListenAddress } from './bind';
import { controlSettings, settingsSource } from './listener-settings';

const KIND = 'Control_Listener';

export interface ControlListenersOptions {
  readonly run: RunCommand;
  readonly commands: () => readonly string[];
  readonly running: () => Configuration;
  readonly access: () => AccessChecks;
  readonly onConnection: (socket: Socket) => void;
}

/** The listeners of the control channel (4/control-listener). */
export class ControlListeners {
  readonly #servers: ControlServer[] = [];

  constructor(private readonly options: ControlListenersOptions) {}

  /** One more, as the first one of the configuration but at another address. */
  listen(address: ListenAddress): Promise<BoundAddress> {
    const [first] = this.#configured();
    return this.#create(first).listen(address);
  }

  /** Listens with all that are enabled, at their configured addresses. */
  async listenAll(): Promise<BoundAddress[]> {
    const bound: BoundAddress[] = [];
    for (const listener of this.#configured().filter(({ enabled }) => enabled))
      bound.push(await this.#create(listener).listen(controlTarget(listener.address)));
    return bound;
  }

  reset(): void {
    for (const server of this.#servers) server.reset();
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }

  #configured(): readonly ConfigListener[] {
    return this.options.running().listeners(KIND);
  }

  #create(listener: ConfigListener | undefined): ControlServer {
    const { run, commands, running, access, onConnection } = this.options;
    const address = listener?.address ?? '/tmp/2025';
    const settings = settingsSource(running, KIND, address, controlSettings, DEFAULT_SETTINGS);
    const server = createControlServer(run, {
      ...access(),
      commands,
      onConnection,
      listener: { address, settings },
    });
    this.#servers.push(server);
    return server;
  }
}

/** Without a host, an address is on all interfaces. */
function controlTarget(address: string): string {
  const target = bindTarget(address);
  return 'path' in target ? target.path : `${bracketed(target.host)}:${target.port}`;
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);
