import type http from 'node:http';
import { toLuaValue, toTest } from './api/convert';
import type { FakeFunction } from './api/runtime';
import { ConsoleRunner } from './console-runner';
import { createControlServer, type ControlServer } from './listeners/control/server';
import { toHeaderObject } from './listeners/http/headers';
import { HttpRouter } from './listeners/http/router';
import { closeHttpServer, createHttpServer } from './listeners/http/server';
import { LuaError, LuaSyntaxError, Source, toDisplay, type LuaFunction } from './lua';
import { readOptions, type MomentumOptions, type ReadOptions } from './options';
import { inProcessRequest, type RequestOptions } from './requests';
import type { Generation, ScriptSystem } from './scriptlet/generation';
import { assemble, retire } from './scriptlet/load';
import { ScriptProcesses } from './scriptlet/script-processes';
import type { VirtualClock } from './server/clock';
import type { ConsoleResult } from './server/console/result';
import type { Diagnostics } from './server/diagnostics';
import type { DomainView, DomainViews } from './server/domain-view';
import { VirtualFiles } from './server/files/virtual-files';
import type { HttpSession } from './server/http/session';
import type { Journal } from './server/journal';
import type { LogEntry, LogName, PaniclogEntry } from './server/logs';
import { toPlain, type Plain } from './server/plain';
import { Processes } from './server/processes';
import { ServerState } from './server/server';
import { ConfigError, MomentumCrash, StrictViolation, UsageError } from './support/errors';

/** The answer to `mta.request`. Header names are in lower case. */
export interface InProcessResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** The body as text: UTF-8 where it is that. */
  readonly text: string;
  readonly body: Buffer;
  /** The endpoint that answered, undefined when none did. */
  readonly handler: { readonly method: string | null; readonly path: string } | undefined;
}

export interface ReloadResult {
  readonly ok: boolean;
  /** What the console prints. */
  readonly output: string;
  readonly error?: ConfigError;
}

/** What `mta.fake` gives: the calls so far, and the way back. */
export interface FakeHandle {
  readonly calls: readonly (readonly unknown[])[];
  restore(): void;
}

export interface ListenOptions {
  /** A port (0: any) or `host:port`; on loopback unless said otherwise. */
  readonly http?: number | string;
  /** A port, `host:port`, or the path of a Unix socket. */
  readonly control?: number | string;
}

export interface ListenAddresses {
  http?: { address: string; port: number };
  control?: { address: string; port: number } | { path: string };
}

/** One simulated Momentum server. */
export class Momentum implements AsyncDisposable {
  private readonly server: ServerState;
  private readonly fakes = new Map<string, FakeFunction>();
  private readonly router: HttpRouter;
  private readonly consoleRunner: ConsoleRunner;
  private readonly controls: ControlServer[] = [];
  private readonly failures: Error[] = [];
  private readonly system: ScriptSystem;
  /** The files that scripts see. They outlive reloads. */
  readonly files: VirtualFiles;
  /** Commands that scripts run: none is started, the test says how each ends. */
  readonly processes: Processes;
  private generation!: Generation;
  private httpServer: http.Server | undefined;
  private crash: MomentumCrash | undefined;
  private stopping: Promise<void> | undefined;
  private reloading: Promise<unknown> = Promise.resolve();

  /** Rejects with ConfigError when the configuration cannot be committed, with UsageError for wrong options. */
  static async start(options: MomentumOptions = {}): Promise<Momentum> {
    const mta = new Momentum(readOptions(options));
    mta.generation = await mta.assemble();
    for (const listener of startListeners) listener(mta);
    return mta;
  }

  private constructor(private readonly options: ReadOptions) {
    this.server = new ServerState(options);
    this.server.diagnostics.onAdd((diagnostic) => {
      if (diagnostic.severity === 'violation')
        this.failures.push(new StrictViolation(diagnostic.code, diagnostic.message, diagnostic.frames));
    });
    const { clock } = this.server;
    const startedAt = clock.millis();
    this.files = new VirtualFiles(options.files, [process.cwd(), ...options.roots], clock);
    this.processes = new Processes(clock, options.processes);
    this.system = {
      files: this.files.scripts,
      processes: new ScriptProcesses(this.server, this.processes),
      environment: options.environment,
      timezone: options.timezone,
      cpuTime: () => (clock.millis() - startedAt) / 1000,
    };
    this.router = new HttpRouter({
      ...options.http,
      registry: () => this.running().endpoints,
      clock: { now: () => this.server.clock.millis() },
      log: ({ text, at: _at, ...fields }) => this.server.logs.write('httplog', text, fields),
      onError: (error) => this.handlerFailed(error),
      onProblems: (session) => this.reportProblems(session),
    });
    this.consoleRunner = new ConsoleRunner(this.server, (error) => this.handlerFailed(error));
  }

  private assemble(): Promise<Generation> {
    const { scripts, roots, limits } = this.options;
    const onError = (error: unknown) => this.handlerFailed(error);
    return assemble(this.server, scripts, { roots, limits, fakes: this.fakes, system: this.system, onError });
  }

  /** The running generation. Throws when the server is down. */
  private running(): Generation {
    if (this.crash) throw this.crash;
    if (this.stopping) throw new UsageError('this server has been stopped');
    return this.generation;
  }

  // HTTP

  /** A server that is not listening until someone makes it: supertest, or `listen`. */
  get http(): http.Server {
    return (this.httpServer ??= createHttpServer(this.router, {
      onCrash: (error) => this.noteFailure(error),
      maxRequestSize: this.options.http.maxRequestSize,
      listenAddress: '*:2081',
    }));
  }

  /** Answers a request without a socket. Rejects with MomentumCrash when handling it takes the server down. */
  async request(request: RequestOptions): Promise<InProcessResponse> {
    this.running();
    const response = await this.router.handle(inProcessRequest(request));
    return {
      status: response.status,
      statusText: response.statusText,
      headers: toHeaderObject(response.headers),
      text: response.body.toString('utf8'),
      body: response.body,
      handler: response.handler,
    };
  }

  /** A handler's error is a 500 and an entry in the paniclog; a crash takes the server down. */
  private handlerFailed(error: unknown): void {
    if (error instanceof MomentumCrash) {
      this.goDown(error);
      throw error;
    }
    const lua = error instanceof LuaError ? error : undefined;
    const text = lua?.traceback ?? (error instanceof Error ? error.message : String(error));
    this.server.logs.panic('scriptlet', toDisplay(text), lua?.frames);
    if (error instanceof Error && !(error instanceof StrictViolation)) this.failures.push(error);
  }

  private noteFailure(error: unknown): void {
    if (error instanceof Error && !this.failures.includes(error)) this.failures.push(error);
  }

  private reportProblems(session: HttpSession): void {
    for (const problem of session.problems) {
      const text = `${session.request.method} ${session.url.path}: ${problem}`;
      if (this.server.report('RESPONSE_PROBLEM', text)) throw new StrictViolation('RESPONSE_PROBLEM', text);
    }
  }

  private goDown(crash: MomentumCrash): void {
    this.crash ??= crash;
    for (const control of this.controls) control.reset();
  }

  // Console

  /** Runs a console command. Rejects with MomentumCrash when it takes the server down. */
  async console(line: string | Buffer): Promise<ConsoleResult> {
    return this.consoleRunner.run(this.running(), line);
  }

  // Sockets

  /** Binds real sockets, on loopback unless an address says otherwise. */
  async listen(addresses: ListenOptions): Promise<ListenAddresses> {
    this.running();
    const bound: ListenAddresses = {};
    if (addresses.http !== undefined) bound.http = await this.listenHttp(addresses.http);
    if (addresses.control !== undefined) {
      const control = createControlServer((line) => this.console(line));
      this.controls.push(control);
      bound.control = await control.listen(addresses.control);
    }
    return bound;
  }

  private async listenHttp(address: number | string): Promise<{ address: string; port: number }> {
    const server = this.http;
    if (server.listening) throw new UsageError('the HTTP server is listening already');
    const [host, port] = hostAndPort(address);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    const bound = server.address() as { address: string; port: number };
    return { address: bound.address, port: bound.port };
  }

  // State

  /** A live view of a domain's record and queue, undefined when there is no record. */
  domain(name: string): DomainView | undefined {
    return this.server.domainViews.get(name);
  }

  get domains(): DomainViews {
    return this.server.domainViews;
  }

  get clock(): VirtualClock {
    return this.server.clock;
  }

  /** Every call that Lua made into the product, in order. */
  get journal(): Journal {
    return this.server.journal;
  }

  /** Crashes, violations and warnings. Looking at them tells the jest integration that the test expects them. */
  get diagnostics(): Diagnostics {
    this.failures.length = 0;
    return this.server.diagnostics;
  }

  /** The paniclog. Looking at it tells the jest integration that the test expects what is in it. */
  get paniclog(): readonly PaniclogEntry[] {
    this.failures.length = 0;
    return this.server.logs.paniclog;
  }

  get mainlog(): readonly LogEntry[] {
    return this.server.logs.mainlog;
  }

  get rejectlog(): readonly LogEntry[] {
    return this.server.logs.rejectlog;
  }

  get bouncelog(): readonly LogEntry[] {
    return this.server.logs.bouncelog;
  }

  get httplog(): readonly LogEntry[] {
    return this.server.logs.httplog;
  }

  get acctlog(): readonly LogEntry[] {
    return this.server.logs.acctlog;
  }

  /** Calls `listener` for every log entry from now on; returns the function that stops it. */
  onLog(listener: (log: LogName, entry: LogEntry) => void): () => void {
    return this.server.logs.onEntry(listener);
  }

  /** Registered endpoints in the order in which they are tried; `method` is null for every method. */
  get endpoints(): readonly { readonly method: string | null; readonly path: string }[] {
    return this.running().endpoints.endpoints;
  }

  /** Prefixes of the registered console commands. */
  get commands(): readonly string[] {
    return this.running().commands.prefixes;
  }

  /** What took the server down. Looking at it tells the jest integration that the test expects it. */
  get crashed(): MomentumCrash | undefined {
    this.failures.length = 0;
    return this.crash;
  }

  /** Plain, stable state for `toMatchSnapshot`. */
  snapshot(): Plain {
    const { generation, server } = this;
    return toPlain({
      endpoints: generation.endpoints.endpoints,
      commands: generation.commands.prefixes,
      domains: server.domainViews,
      queues: [...server.domains].map(({ name, active, delayedCount }) => ({
        domain: name,
        active,
        delayed: delayedCount,
      })),
      messages: [],
      logs: server.logs,
      diagnostics: server.diagnostics,
    });
  }

  // Lua

  /**
   * Calls one callout or hook of a registered module and resolves to its results. With `module:callout` as the name it
   * is that module's; otherwise the first module's that has it. Arguments are converted as `mta.fake` does; `self` is a
   * fresh table over the module's.
   */
  async call(callout: string, ...args: unknown[]): Promise<unknown[]> {
    const { hooks, vm } = this.running();
    const [, moduleName, name = callout] = /^([^:]*):(.*)$/.exec(callout) ?? [];
    const module = hooks
      .providers(name)
      .find((provider) => moduleName === undefined || provider.name === moduleName);
    if (!module) throw new UsageError(`call('${callout}'): no registered module has this callout`);
    const values = args.map((arg) => toLuaValue(vm, arg));
    const results = await this.survive(() => hooks.call(module, name, { args: values }));
    return results.map((value) => toTest(vm, value));
  }

  /** Runs Lua text (statements, or an expression) in the server's own state; resolves to its results. */
  async eval(lua: string): Promise<unknown[]> {
    const { vm } = this.running();
    const results = await this.survive(() => vm.call(this.chunk(lua), [], { phase: 'eval' }));
    return results.map((value) => toTest(vm, value));
  }

  private chunk(lua: string): LuaFunction {
    const { vm } = this.generation;
    const text = Buffer.from(lua, 'utf8').toString('latin1');
    try {
      return vm.load(new Source('=eval', `return ${text}`));
    } catch (error) {
      if (!(error instanceof LuaSyntaxError)) throw error;
      return vm.load(new Source('=eval', text));
    }
  }

  private async survive<R>(work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof MomentumCrash) this.goDown(error);
      throw error;
    }
  }

  /**
   * Puts a test's function in the place of one of the product's. It gets and gives what `eval` gives; a promise
   * makes the script wait.
   */
  fake(name: string, f: FakeFunction): FakeHandle {
    if (typeof f !== 'function') throw new UsageError(`fake('${name}'): a function expected`);
    const before = this.fakes.get(name);
    const calls: unknown[][] = [];
    this.fakes.set(name, (...args) => {
      calls.push(args);
      return f(...args);
    });
    return {
      calls,
      restore: () => {
        if (before) this.fakes.set(name, before);
        else this.fakes.delete(name);
      },
    };
  }

  // Life

  /** The console's `config reload`: loads everything anew and swaps, or leaves the running generation as it is. */
  async reload(): Promise<ReloadResult> {
    const turn = this.reloading.then(() => this.reloadNow());
    this.reloading = turn.catch(() => undefined);
    return turn;
  }

  private async reloadNow(): Promise<ReloadResult> {
    const old = this.running();
    let next: Generation;
    try {
      next = await this.survive(() => this.assemble());
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.failures.length = 0;
      this.server.logs.panic('scriptlet', error.message);
      return { ok: false, output: 'Reconfigure failed', error };
    }
    this.generation = next;
    await this.survive(() => retire(old));
    return { ok: true, output: 'Reconfigure complete.' };
  }

  /** Closes everything; nothing stays open. A second call waits for the first. */
  stop(): Promise<void> {
    return (this.stopping ??= this.stopNow());
  }

  private async stopNow(): Promise<void> {
    for (const listener of stopListeners) listener(this);
    if (this.httpServer) await closeHttpServer(this.httpServer);
    await Promise.all(this.controls.map((control) => control.close()));
    if (!this.crash) await retire(this.generation).catch((error: unknown) => this.noteCrash(error));
  }

  private noteCrash(error: unknown): void {
    if (!(error instanceof MomentumCrash)) throw error;
    this.crash = error;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Errors of handlers, commands and rules that the test has not looked at; asking forgets them. */
  takeFailures(): Error[] {
    return this.failures.splice(0);
  }
}

function hostAndPort(address: number | string): [host: string, port: number] {
  if (typeof address === 'number') return ['127.0.0.1', address];
  const match = /^(?:(.*):)?(\d+)$/.exec(address);
  if (!match) throw new UsageError(`an address is a port or host:port, not '${address}'`);
  const host = (match[1] ?? '127.0.0.1').replace(/^\[(.*)\]$/, '$1');
  return [host === '*' || host === '' ? '0.0.0.0' : host, Number(match[2])];
}

type Listener = (mta: Momentum) => void;
const startListeners = new Set<Listener>();
const stopListeners = new Set<Listener>();

/** For test integrations: told of every server that starts and stops in this process. */
export function observeServers(started: Listener, stopped: Listener): () => void {
  startListeners.add(started);
  stopListeners.add(stopped);
  return () => {
    startListeners.delete(started);
    stopListeners.delete(stopped);
  };
}
