import type http from 'node:http';
import { isAbsolute } from 'node:path';
import { toLuaValue, toTest } from './api/convert';
import { objectOf } from './api/view-objects';
import type { FakeFunction } from './api/runtime';
import { readInjection, type InjectOptions } from './injection';
import { toHeaderObject } from './listeners/http/headers';
import { LuaSyntaxError, Source, type LuaFunction } from './lua';
import { readOptions, type MomentumOptions } from './options';
import type { BoundAddress } from './product/bind';
import { Product } from './product/product';
import { inProcessRequest, type RequestOptions } from './requests';
import type { VirtualClock } from './server/clock';
import type { Configuration } from './server/config/configuration';
import type { ConsoleResult } from './server/console/result';
import { DataSourceViews } from './server/datasources/view';
import type { Diagnostics } from './server/diagnostics';
import type { SimulatedDns } from './server/dns/simulated-dns';
import type { DomainView, DomainViews } from './server/domain-view';
import type { VirtualFiles } from './server/files/virtual-files';
import type { Jlogs } from './server/io/jlogs';
import type { Journal } from './server/journal';
import type { ReceivedMessage } from './server/messages/message-view';
import type { LogEntry, LogName, PaniclogEntry } from './server/logs';
import { toPlain, type Plain } from './server/plain';
import type { Processes } from './server/processes';
import type { Remote } from './server/remote';
import type { SimulatedUpstreams } from './server/upstreams/upstreams';
import { Smtp } from './smtp/smtp';
import { ConfigError, UsageError, type MomentumCrash } from './support/errors';

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
  readonly smtp?: number | string;
  /** A port, `host:port`, or the path of a Unix socket. */
  readonly control?: number | string;
}

export interface ListenAddresses {
  http?: { address: string; port: number };
  smtp?: { address: string; port: number };
  control?: { address: string; port: number } | { path: string };
}

/** Where all listeners of the configuration were bound. */
export interface BoundListeners {
  readonly http: readonly BoundAddress[];
  readonly smtp: readonly BoundAddress[];
  readonly control: readonly BoundAddress[];
}

/** One simulated Momentum server. */
export class Momentum implements AsyncDisposable {
  private reloading: Promise<unknown> = Promise.resolve();
  private isStopping = false;

  /** Rejects with ConfigError when the configuration cannot be committed, with UsageError for wrong options. */
  static async start(options: MomentumOptions = {}): Promise<Momentum> {
    const mta = new Momentum(new Product(readOptions(options)));
    await mta.product.start();
    for (const listener of startListeners) listener(mta);
    return mta;
  }

  private constructor(private readonly product: Product) {}

  /** The files that scripts see. They outlive reloads. */
  get files(): VirtualFiles {
    return this.product.files;
  }

  /** The journalled logs that scripts wrote (`jlog://`), by the paths of their directories. */
  get jlogs(): Jlogs {
    return this.product.server.jlogs;
  }

  /** Commands that scripts run: none is started, the test says how each ends. */
  get processes(): Processes {
    return this.product.processes;
  }

  // HTTP

  /**
   * The server of the first HTTP_Listener, not listening until someone makes it: supertest, or `listen`. Throws
   * UsageError when the configuration has none.
   */
  get http(): http.Server {
    return this.product.http.first;
  }

  /** Answers a request without a socket. Rejects with MomentumCrash when handling it takes the server down. */
  async request(request: RequestOptions): Promise<InProcessResponse> {
    this.product.ensureRunning();
    const { router, http } = this.product;
    const { address, settings } = http.settings('127.0.0.1');
    const response = await router.handle(inProcessRequest(request, address), settings);
    return {
      status: response.status,
      statusText: response.statusText,
      headers: toHeaderObject(response.headers),
      text: response.body.toString('utf8'),
      body: response.body,
      handler: response.handler,
    };
  }

  // SMTP

  /** Mail over SMTP without a socket: `session()` step by step, `send()` whole transactions. */
  get smtp(): Smtp {
    return (this.#smtp ??= new Smtp(this.product));
  }

  #smtp: Smtp | undefined;

  // Console

  /** Runs a console command. Rejects with MomentumCrash when it takes the server down. */
  async console(line: string | Buffer): Promise<ConsoleResult> {
    return this.product.console(line);
  }

  // Mail

  /**
   * Takes a mail on the way of HTTP: `msg_gen_data_spool`, `validate_set_binding` and final validation are called, the
   * other callouts are not (4/4-policy). Resolves to its messages, one for each recipient, whatever became of them.
   * Rejects with MomentumCrash when a callout takes the server down, with UsageError for wrong options.
   */
  async inject(mail: InjectOptions): Promise<readonly ReceivedMessage[]> {
    this.product.ensureRunning();
    const { server, failures } = this.product;
    const read = readInjection(mail, server.clock.now());
    const messages = await failures.survive(() => server.reception.inject({ ...read, method: 'rest' }));
    return messages.map((message) => server.messageViews.of(message));
  }

  // Sockets

  /**
   * Binds real sockets, on loopback unless an address says otherwise. Everything else is as the first listener of that
   * kind in the configuration has it.
   */
  async listen(addresses: ListenOptions): Promise<ListenAddresses> {
    this.product.ensureRunning();
    const { http, smtp, control } = this.product;
    const bound: ListenAddresses = {};
    if (addresses.http !== undefined)
      bound.http = (await http.listen(addresses.http)) as ListenAddresses['http'];
    if (addresses.smtp !== undefined)
      bound.smtp = (await smtp.listen(addresses.smtp)) as ListenAddresses['smtp'];
    if (addresses.control !== undefined) bound.control = await control.listen(addresses.control);
    return bound;
  }

  /** Binds the listeners of the configuration at their own addresses; those that are not enabled stay closed. */
  async listenConfigured(): Promise<BoundListeners> {
    this.product.ensureRunning();
    const { http, smtp, control } = this.product;
    return {
      http: await http.listenAll(),
      smtp: await smtp.listenAll(),
      control: await control.listenAll(),
    };
  }

  // State

  /** A live view of a domain's record and queue, undefined when there is no record. */
  domain(name: string): DomainView | undefined {
    return this.product.server.domainViews.get(name);
  }

  /** Every message that reception created, one for each recipient, in order; the newest 100,000 are kept. */
  get messages(): readonly ReceivedMessage[] {
    return this.product.server.messageViews.list;
  }

  get domains(): DomainViews {
    return this.product.server.domainViews;
  }

  /**
   * The far side of a domain, or of all domains (`*`). From the first call on, active messages of the domain are
   * delivered to it as the clock advances; it accepts them until it is scripted otherwise.
   */
  remote(domain: string): Remote {
    return this.product.server.delivery.remotes.of(domain);
  }

  /** What the DNS knows, changeable at any time, and what it was asked. */
  get dns(): SimulatedDns {
    return this.product.server.dns.simulated;
  }

  /** The data sources of `msys.db`: what scripts asked them, and what is in them. */
  get datasources(): DataSourceViews {
    return new DataSourceViews(this.product.server.dataSources);
  }

  /** The HTTP servers that scripts and deliveries over HTTP call, changeable at any time, and what they were asked. */
  get upstreams(): SimulatedUpstreams {
    return this.product.server.upstreams;
  }

  get clock(): VirtualClock {
    return this.product.server.clock;
  }

  /** Every call that Lua made into the product, in order. */
  get journal(): Journal {
    return this.product.server.journal;
  }

  /** Crashes, violations and warnings. Looking at them tells the jest integration that the test expects them. */
  get diagnostics(): Diagnostics {
    this.product.failures.expected();
    return this.product.server.diagnostics;
  }

  /** The paniclog. Looking at it tells the jest integration that the test expects what is in it. */
  get paniclog(): readonly PaniclogEntry[] {
    this.product.failures.expected();
    return this.product.server.logs.paniclog;
  }

  get mainlog(): readonly LogEntry[] {
    return this.product.server.logs.mainlog;
  }

  get rejectlog(): readonly LogEntry[] {
    return this.product.server.logs.rejectlog;
  }

  get bouncelog(): readonly LogEntry[] {
    return this.product.server.logs.bouncelog;
  }

  get httplog(): readonly LogEntry[] {
    return this.product.server.logs.httplog;
  }

  get acctlog(): readonly LogEntry[] {
    return this.product.server.logs.acctlog;
  }

  /** Calls `listener` for every log entry from now on; returns the function that stops it. */
  onLog(listener: (log: LogName, entry: LogEntry) => void): () => void {
    return this.product.server.logs.onEntry(listener);
  }

  /** Registered endpoints in the order in which they are tried; `method` is null for every method. */
  get endpoints(): readonly { readonly method: string | null; readonly path: string }[] {
    return this.product.running.endpoints.endpoints;
  }

  /** Prefixes of the registered console commands. */
  get commands(): readonly string[] {
    return this.product.running.commands.prefixes;
  }

  /** What took the server down. Looking at it tells the jest integration that the test expects it. */
  get crashed(): MomentumCrash | undefined {
    this.product.failures.expected();
    return this.product.failures.crash;
  }

  /** Plain, stable state for `toMatchSnapshot`. */
  snapshot(): Plain {
    const { server, lifecycle } = this.product;
    const { generation } = lifecycle;
    return toPlain({
      endpoints: generation.endpoints.endpoints,
      commands: generation.commands.prefixes,
      domains: server.domainViews,
      queues: [...server.domains].map(({ name, active, delayedCount }) => ({
        domain: name,
        active,
        delayed: delayedCount,
      })),
      messages: server.messageViews.list,
      logs: server.logs,
      diagnostics: server.diagnostics,
    });
  }

  /** The running configuration, live changes included. */
  get configuration(): Configuration {
    return this.product.lifecycle.config.running;
  }

  /**
   * Absolute paths of the files that the running configuration was read from, and of all places where the scripts of
   * the latest load were looked for, whether there is a file or not: with a change of one of them, a reload may give
   * something else.
   */
  get sources(): readonly string[] {
    const { files, localChangesFile = '' } = this.configuration;
    const configured = [...files.map((file) => file.path), localChangesFile];
    return [...new Set([...configured.filter(isAbsolute), ...this.product.server.scriptFiles])];
  }

  // Lua

  /**
   * Calls one callout or hook of a registered module and resolves to its results. With `module:callout` as the name it
   * is that module's; otherwise the first module's that has it. Arguments are converted as `mta.fake` does; messages
   * of `mta.messages` and domains of `mta.domain` are for the script what they show. `self` is a fresh table over the
   * module's.
   */
  async call(callout: string, ...args: unknown[]): Promise<unknown[]> {
    const { hooks, vm, runtime } = this.product.running;
    const [, moduleName, name = callout] = /^([^:]*):(.*)$/.exec(callout) ?? [];
    const module = hooks
      .providers(name)
      .find((provider) => moduleName === undefined || provider.name === moduleName);
    if (!module) throw new UsageError(`call('${callout}'): no registered module has this callout`);
    const values = args.map((arg) => objectOf(runtime, arg) ?? toLuaValue(vm, arg));
    const results = await this.product.failures.survive(() => hooks.call(module, name, { args: values }));
    return results.map((value) => toTest(vm, value));
  }

  /** Runs Lua text (statements, or an expression) in the server's own state; resolves to its results. */
  async eval(lua: string): Promise<unknown[]> {
    const { vm } = this.product.running;
    const results = await this.product.failures.survive(() =>
      vm.call(this.chunk(lua), [], { phase: 'eval' }),
    );
    return results.map((value) => toTest(vm, value));
  }

  private chunk(lua: string): LuaFunction {
    const { vm } = this.product.lifecycle.generation;
    const text = Buffer.from(lua, 'utf8').toString('latin1');
    try {
      return vm.load(new Source('=eval', `return ${text}`));
    } catch (error) {
      if (!(error instanceof LuaSyntaxError)) throw error;
      return vm.load(new Source('=eval', text));
    }
  }

  /**
   * Puts a test's function in the place of one of the product's. It gets and gives what `eval` gives, messages and domains as
   * `mta.messages` and `mta.domain` have them; a promise makes the script wait.
   */
  fake(name: string, f: FakeFunction): FakeHandle {
    if (typeof f !== 'function') throw new UsageError(`fake('${name}'): a function expected`);
    const before = this.product.fakes.get(name);
    const calls: unknown[][] = [];
    this.product.fakes.set(name, (...args) => {
      calls.push(args);
      return f(...args);
    });
    return {
      calls,
      restore: () => {
        if (before) this.product.fakes.set(name, before);
        else this.product.fakes.delete(name);
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
    this.product.ensureRunning();
    const { lifecycle, failures, session } = this.product;
    const outcome = await failures.survive(() => lifecycle.config.reload(session, 'config reload'));
    if (outcome.ok) return { ok: true, output: outcome.text };
    failures.expected();
    const { error } = outcome;
    return { ok: false, output: outcome.text, error: error instanceof ConfigError ? error : undefined };
  }

  /** Closes everything; nothing stays open. A second call waits for the first. */
  stop(): Promise<void> {
    if (!this.isStopping) for (const listener of stopListeners) listener(this);
    this.isStopping = true;
    return this.product.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Errors of handlers, commands and rules that the test has not looked at; asking forgets them. */
  takeFailures(): Error[] {
    return this.product.failures.take();
  }
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
