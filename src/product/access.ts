/** Who may do what: the checks that the listeners ask for, over the credentials and rules of the server. */
import { scriptAuth } from '../api/auth-hooks';
import { testPcre } from '../api/regex-tester';
import type { AccessChecks } from '../listeners/control/access';
import type { ControlSettings } from '../listeners/control/settings';
import type { AuthenticationOptions, HttpAuthenticator } from '../listeners/http/authentication';
import type { SmtpAuthenticator } from '../listeners/smtp/authenticator';
import type { Generation } from '../scriptlet/generation';
import { AcceptConstruct } from '../server/accept-construct';
import { Accounting } from '../server/accounting';
import { Authenticator } from '../server/auth/authenticator';
import { Authorizer } from '../server/auth/authorizer';
import type { Role } from '../server/auth/authorization';
import { byteString } from '../server/bytes';
import type { Configuration } from '../server/config/configuration';
import type { ConsoleSession } from '../server/console/builtin/session';
import type { VirtualFiles } from '../server/files/virtual-files';
import type { HttpRequest } from '../server/http/messages';
import type { ServerState } from '../server/server';
import { SocketAddress } from '../server/socket-address';
import { authDsScheme } from './auth-ds';

export interface AccessOptions {
  readonly server: ServerState;
  readonly files: VirtualFiles;
  readonly generation: () => Generation;
  readonly configuration: () => Configuration;
  /** Takes an error of a script's function; throws it when it ends the server. */
  readonly onError: (error: unknown) => void;
}

export class Access {
  readonly #options: AccessOptions;
  readonly #authenticator: Authenticator;
  readonly #accounting: Accounting;

  constructor(options: AccessOptions) {
    const { server, files, generation, configuration, onError } = options;
    this.#options = options;
    this.#accounting = new Accounting(server.logs, server.clock);
    this.#authenticator = new Authenticator({
      files,
      logs: server.logs,
      scripts: () => scriptAuth(generation().runtime, generation().hooks),
      configured: (scheme) => authDsScheme(scheme, configuration(), server),
      onError,
    });
  }

  /** HTTP Basic and Digest (3/3-rest/rest-http-listener). */
  get http(): AuthenticationOptions {
    const { server, configuration } = this.#options;
    const random = server.random.fork('http nonces');
    return {
      authenticator: this.#httpAuthenticator(),
      get hostname() {
        return byteString(hostnameOf(configuration()));
      },
      random: () => random.uint32(),
      onAuthentication: ({ user, outcome, request }) =>
        this.#accounting.authentication({
          listener: request.listener ?? '',
          peer: `${request.remote.address}:${request.remote.port}`,
          user,
          status: outcome,
        }),
    };
  }

  #httpAuthenticator(): HttpAuthenticator {
    return {
      plain: async (user, password, { uri, ...params }, request) => {
        const ac = this.#accepted('http', addressOf(request), request.listener);
        const verdict = await this.#authenticator.authenticate({
          uri,
          user,
          password,
          params: definedOf(params),
          ac,
        });
        return verdict.status;
      },
      ha1: async (user, realm, { uri }) => {
        const { status, ha1 } = await this.#authenticator.ha1(uri, user, realm);
        if (status === 'error') throw new Error(`${uri} cannot serve Digest authentication`);
        return ha1;
      },
    };
  }

  /** AUTH (4/inbound-smtp). */
  get smtp(): SmtpAuthenticator {
    return {
      login: ({ parameters: { uri, ...params }, accept: ac, ...credentials }) =>
        this.#authenticator.authenticate({ ...credentials, uri, params: definedOf(params), ac }),
      ha1: (user, realm, { uri }) => this.#authenticator.ha1(uri, user, realm),
      record: (user, status, { listener, remoteAddress }) =>
        this.#accounting.authentication({ listener, peer: remoteAddress.toString(), user, status }),
    };
  }

  /** The control channel (4/control-auth, 4/control-authz). */
  get control(): AccessChecks {
    return {
      authenticator: {
        login: async (user, password, settings, session) => {
          const status = await this.#login(user, password, settings, session);
          if (parametersOf(settings)?.log_authentication?.toLowerCase() === 'true')
            this.#accounting.authentication({ ...connectionOf(session), user, status });
          return status;
        },
        implicit: (session) => this.#accounting.authentication({ ...connectionOf(session), status: 'ok' }),
        timedOut: (session) => this.#accounting.timeout(connectionOf(session)),
      },
      authorize: (session, command, settings) =>
        this.#authorizer.authorize(session, settings.authorization?.uri, command),
    };
  }

  get #authorizer(): Authorizer {
    const { server } = this.#options;
    const { authorization, logs } = server;
    const authenticator = this.#authenticator;
    return new Authorizer({
      authenticator,
      authorization,
      accounting: this.#accounting,
      logs,
      test: testPcre,
    });
  }

  async #login(user: string, password: string, settings: ControlSettings, session: ConsoleSession) {
    const parameters = parametersOf(settings);
    if (!parameters) return 'error';
    const { uri, ...params } = parameters;
    const ac = this.#accepted('control', peerAddress(session), session.listener);
    const { status } = await this.#authenticator.authenticate({ uri, user, password, params, ac });
    return status;
  }

  #accepted(protocol: 'http' | 'control', peer: SocketAddress, listener = ''): AcceptConstruct {
    return new AcceptConstruct(protocol, peer, listener, this.#options.server.ids.next());
  }
}

/** The mechanism does not go over the wire: those that are configured are asked in the order of their strength. */
const parametersOf = ({ authDigestMd5, authCramMd5, authLogin }: ControlSettings) =>
  authDigestMd5 ?? authCramMd5 ?? authLogin;

const addressOf = ({ remote }: Pick<HttpRequest, 'remote'>) => SocketAddress.ip(remote.address, remote.port);

function peerAddress({ peer }: ConsoleSession): SocketAddress {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(peer ?? '') ?? [];
  return host === undefined ? SocketAddress.unix() : SocketAddress.ip(host, Number(port));
}

const connectionOf = ({ listener = '', peer, user = '' }: ConsoleSession) => ({ listener, peer, user });

function definedOf(parameters: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** The server's own name (4/config/ref-hostname), which is also the realm of HTTP authentication. */
export function hostnameOf(configuration: Configuration): string {
  return configuration.get([], 'Hostname')?.text ?? 'localhost';
}

/** The roles of the stanza `Authorization` (4/config/ref-authorization). */
export function rolesOf(configuration: Configuration): Role[] {
  return configuration.root.childrenOf('authorization').flatMap((stanza) =>
    stanza.childrenOf('role').map((role) => ({
      name: role.instance ?? '',
      allow: configuration.get(['authorization', ['role', role.instance ?? '']], 'allow')?.list() ?? [],
    })),
  );
}
