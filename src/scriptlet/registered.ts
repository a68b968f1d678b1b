/** What scripts registered, with an open registration while a configuration generation is assembled. */
import type { RegisteredModule, Registrations } from '../api/runtime';
import type { LuaFunction } from '../lua';
import { CommandRegistry } from '../server/console/commands';
import { EndpointRegistry, endpointName, type EndpointName } from '../server/http/registry';
import type { HttpSession } from '../server/http/session';

export type Endpoints = EndpointRegistry<(session: HttpSession) => Promise<void>>;
export type Commands = CommandRegistry<LuaFunction>;

interface Generation {
  readonly endpoints: Endpoints;
  readonly commands: Commands;
}

export class Registered implements Registrations {
  readonly modules: RegisteredModule[] = [];
  #committed: Generation = { endpoints: new EndpointRegistry(), commands: new CommandRegistry() };
  #open: Generation | undefined;

  /** Where scripts register: the generation being assembled, otherwise the running one. */
  get endpoints(): Endpoints {
    return (this.#open ?? this.#committed).endpoints;
  }

  get commands(): Commands {
    return (this.#open ?? this.#committed).commands;
  }

  /** What serves. */
  get running(): Generation {
    return this.#committed;
  }

  /** A new generation: endpoints have to be registered anew, commands remain (4/hooks/config-rsrc-setup). */
  begin(): void {
    this.#open = { endpoints: new EndpointRegistry(), commands: this.#committed.commands.copy() };
  }

  /** Drops the generation being assembled. */
  rollback(): void {
    this.#open = undefined;
  }

  /** Lets the generation being assembled serve; answers the endpoints that the one before it had and it has not. */
  commit(): EndpointName[] {
    const before = this.#committed.endpoints;
    this.#committed = this.#open ?? this.#committed;
    this.#open = undefined;
    const names = new Set([...this.#committed.endpoints].map((endpoint) => keyOf(endpointName(endpoint))));
    return before.endpoints.filter((name) => !names.has(keyOf(name)));
  }
}

const keyOf = ({ method, path }: EndpointName) => `${method ?? '*'} ${path}`;
