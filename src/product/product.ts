/** One simulated server put together: configuration, scripts, listeners, console. */
import type { FakeFunction } from '../api/runtime';
import { HttpRouter } from '../listeners/http/router';
import type { LuaLimits } from '../lua';
import type { Generation, ScriptSystem } from '../scriptlet/generation';
import type { Script } from '../scriptlet/scripts';
import { ScriptProcesses } from '../scriptlet/script-processes';
import { configFiles } from '../server/config/files';
import type { ConfigSource } from '../server/config/load';
import { inProcessSession } from '../server/console/builtin/session';
import type { ConsoleResult } from '../server/console/result';
import type { DataSourceFixture } from '../server/datasources/fixtures';
import { readDomainsOption } from '../server/domain-fixtures';
import type { FixtureFile } from '../server/files/fixtures';
import { VirtualFiles } from '../server/files/virtual-files';
import type { ResponseOptions } from '../server/http/response';
import type { HttpSession } from '../server/http/session';
import type { UrlOptions } from '../server/http/url-details';
import type { MessageContext } from '../server/queues';
import { Processes, type ProcessesOption } from '../server/processes';
import { ServerState, type ServerOptions } from '../server/server';
import { MomentumCrash, StrictViolation, UsageError } from '../support/errors';
import { Access } from './access';
import { Console } from './console';
import { ProductHost, VERSION } from './console-host';
import { ControlListeners } from './control-listeners';
import { connectDelivery } from './delivery';
import { Failures } from './failures';
import { HttpListeners } from './http-listeners';
import { Lifecycle } from './lifecycle';
import { connectReception, type ReceptionChoices } from './reception';
import { InboundConnections } from './inbound';
import { isLoaded } from './modules';
import { SmtpListeners } from './smtp-listeners';

export interface ProductOptions extends ServerOptions {
  readonly config: ConfigSource;
  readonly scripts: readonly Script[];
  readonly roots: readonly string[];
  readonly datasources: ReadonlyMap<string, DataSourceFixture>;
  readonly context: MessageContext;
  readonly files: readonly FixtureFile[];
  readonly processes: ProcessesOption | undefined;
  readonly environment: Map<string, string>;
  readonly timezone: string | undefined;
  readonly limits: Partial<LuaLimits> | undefined;
  readonly http: ResponseOptions & UrlOptions & { readonly maxRequestSize?: number };
  readonly reception: ReceptionChoices;
}

/** What the banner of SMTP calls the product (4/esmtp-listener-extensions). */
const SOFTWARE = `ecelerity ${VERSION}`;

export class Product {
  readonly server: ServerState;
  readonly files: VirtualFiles;
  readonly processes: Processes;
  readonly failures: Failures;
  readonly fakes = new Map<string, FakeFunction>();
  readonly lifecycle: Lifecycle;
  readonly router: HttpRouter;
  readonly http: HttpListeners;
  readonly control: ControlListeners;
  readonly smtp: SmtpListeners;
  /** Whose commands `mta.console` runs: one session for the whole life of the server. */
  readonly session = inProcessSession();
  readonly #console: Console;
  readonly #inbound: InboundConnections;
  readonly #access: Access;
  #stopping: Promise<void> | undefined;

  constructor(private readonly options: ProductOptions) {
    const server = (this.server = new ServerState({ ...options, domains: undefined }));
    this.#inbound = new InboundConnections(server.clock);
    this.failures = new Failures(server.diagnostics, server.logs, (crash) => this.#goDown(crash));
    this.files = new VirtualFiles(options.files, [process.cwd(), ...options.roots], server.clock);
    server.jlogs.makeDirectory = (path) => this.files.makeDirectory(path);
    this.processes = new Processes(server.clock, options.processes);
    this.lifecycle = this.#makeLifecycle();
    const configuration = () => this.lifecycle.config.running;
    connectDelivery(server, {
      running: configuration,
      generation: () => this.lifecycle.current,
      onError: this.failures.backgroundFailed,
    });
    connectReception(server, {
      running: configuration,
      generation: () => this.running,
      version: VERSION,
      choices: options.reception,
      context: options.context,
      onError: this.failures.handlerFailed,
    });
    this.#access = new Access({
      server,
      files: this.files,
      generation: () => this.running,
      configuration,
      onError: this.failures.handlerFailed,
    });
    this.router = this.#makeRouter();
    this.http = this.#makeHttp();
    this.control = new ControlListeners({
      run: (line, session) => this.console(line, session),
      commands: () => this.commandNames,
      running: configuration,
      access: () => this.#access.control,
      onConnection: (socket) => this.#inbound.add('Control', socket),
    });
    this.smtp = this.#makeSmtp();
    this.#console = new Console(server, this.#makeHost(), this.failures.handlerFailed);
    server.schedule.console = {
      run: (command, user) => this.console(Buffer.from(command, 'latin1'), { ...inProcessSession(), user }),
      onError: this.failures.backgroundFailed,
    };
  }

  async start(): Promise<void> {
    try {
      await this.server.dataSources.open(this.options.datasources, this.files);
      await this.lifecycle.start(this.options.config);
    } catch (error) {
      await this.server.dataSources.close();
      throw error;
    }
  }

  /** The scripts that serve. Throws when the server is down. */
  get running(): Generation {
    this.ensureRunning();
    return this.lifecycle.generation;
  }

  /** Throws what took the server down, or UsageError when it has been stopped. */
  ensureRunning(): void {
    if (this.failures.crash) throw this.failures.crash;
    if (this.#stopping) throw new UsageError('this server has been stopped');
  }

  /** Everything that could be typed at the console. */
  get commandNames(): string[] {
    return [...this.#console.builtinNames, ...this.running.commands.prefixes];
  }

  console(line: string | Uint8Array, session = this.session): Promise<ConsoleResult> {
    const { running } = this;
    return this.failures.survive(() => this.#console.run({ generation: running, session }, line));
  }

  /** Closes everything; nothing stays open. A second call waits for the first. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stopNow());
  }

  async #stopNow(): Promise<void> {
    this.server.delivery.engine.stop();
    await this.server.suspendedSessions.stop();
    await this.http.close();
    await this.control.close();
    await this.smtp.close();
    if (!this.failures.crash) await this.lifecycle.stop().catch((error: unknown) => this.#noteCrash(error));
    await this.server.dataSources.close();
  }

  #noteCrash(error: unknown): void {
    if (!(error instanceof MomentumCrash)) throw error;
    this.failures.goDown(error);
  }

  #goDown(crash: MomentumCrash): void {
    this.server.suspendedSessions.crash(crash);
    this.control.reset();
    this.http.reset();
    this.smtp.reset();
  }

  #makeLifecycle(): Lifecycle {
    const { scripts, roots, limits, environment, timezone } = this.options;
    const { server, files, fakes } = this;
    const startedAt = server.clock.millis();
    const system: ScriptSystem = {
      files: files.scripts,
      processes: new ScriptProcesses(server, this.processes),
      environment,
      timezone,
      cpuTime: () => (server.clock.millis() - startedAt) / 1000,
    };
    return new Lifecycle({
      server,
      domains: readDomainsOption(this.options.domains ?? []),
      modules: scripts,
      roots,
      limits,
      fakes,
      system,
      files: configFiles(files),
      memory: (file) => files.memory(file),
      onError: this.failures.handlerFailed,
      onCrash: this.failures.note,
      onCommit: async () => {
        await this.http.update();
        await this.smtp.update();
        this.server.reception.configurationChanged();
      },
    });
  }

  #makeRouter(): HttpRouter {
    const { server, failures } = this;
    return new HttpRouter({
      ...this.options.http,
      registry: () => this.running.endpoints,
      clock: { now: () => server.clock.millis() },
      authentication: this.#access.http,
      log: ({ text, at: _at, ...fields }) => {
        // The module that writes it (4/modules/http-logger).
        if (isLoaded(this.lifecycle.config.running, 'http_logger'))
          server.logs.write('httplog', text, fields);
      },
      paniclog: (message) => server.logs.panicAccess(message),
      onError: failures.handlerFailed,
      onProblems: (session) => this.#reportProblems(session),
    });
  }

  #reportProblems({ problems, request, url }: HttpSession): void {
    for (const problem of problems) {
      const text = `${request.method} ${url.path}: ${problem}`;
      if (this.server.report('RESPONSE_PROBLEM', text)) throw new StrictViolation('RESPONSE_PROBLEM', text);
    }
  }

  #makeHttp(): HttpListeners {
    const { maxRequestSize } = this.options.http;
    return new HttpListeners({
      router: this.router,
      running: () => this.lifecycle.config.running,
      overrides: maxRequestSize === undefined ? {} : { maxRequestSize },
      readFile: (path) => this.files.get(path),
      onCrash: this.failures.note,
      onConnection: (socket) => this.#inbound.add('HTTP', socket),
      onProblem: (message) => void this.server.logs.panic('http_listener', message),
    });
  }

  #makeSmtp(): SmtpListeners {
    const { server, failures } = this;
    return new SmtpListeners({
      server,
      service: { authenticator: this.#access.smtp, software: SOFTWARE },
      running: () => this.lifecycle.config.running,
      inbound: this.#inbound,
      readFile: (path) => this.files.get(path),
      survive: (work) => failures.survive(work),
      onError: failures.note,
      onProblem: (message) => void server.logs.panic('esmtp_listener', message),
    });
  }

  #makeHost(): ProductHost {
    return new ProductHost({
      config: this.lifecycle.config,
      files: this.files,
      generation: () => this.running,
      connections: () => this.#inbound.facts,
      // The answer is on its way when everything closes.
      stop: () => void setImmediate(() => void this.stop()),
    });
  }
}
