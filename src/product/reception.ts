/** Ties reception to the configuration and to the scripts. */
import { testPcre } from '../api/regex-tester';
import type { Generation } from '../scriptlet/generation';
import { luaPolicy } from '../scriptlet/policy';
import type { AcceptConstruct } from '../server/accept-construct';
import type { Configuration } from '../server/config/configuration';
import type { ConfigListener } from '../server/config/listeners';
import type { RegexTester } from '../server/auth/authorization';
import { byteString, shownText } from '../server/bytes';
import type { MessageContext } from '../server/queues';
import type { ReceptionPolicy } from '../server/reception/policy';
import type { ContextOrder } from '../server/reception/rejection-line';
import type { ReceptionSettings } from '../server/reception/settings';
import type { ServerState } from '../server/server';
import { isSwitchedOn } from './loggers';
import { receptionSettings } from './reception-settings';

/** Choices that the product leaves open. */
export interface ReceptionChoices {
  /** What the reply to a message that was taken has before its id. */
  readonly acceptedText?: string;
  /** The order of the variables in the rejectlog. */
  readonly rejectlogContext?: ContextOrder;
}

export interface ReceptionConnection {
  readonly running: () => Configuration;
  readonly generation: () => Generation;
  /** Of the product. */
  readonly version: string;
  readonly choices: ReceptionChoices;
  /** The option `context`. */
  readonly context: MessageContext;
  /** Takes the error of a script. Throws what must end the server. */
  readonly onError: (error: unknown) => void;
}

const KIND = 'ESMTP_Listener';
/** Clients of Unix sockets have no address; as for the listeners, they count as local ones. */
const LOOPBACK = '127.0.0.1';
const MOST_PEERS = 10_000;

export function connectReception(
  server: ServerState,
  { running, generation, version, choices, context, onError }: ReceptionConnection,
): void {
  const { reception } = server;
  const policies = new WeakMap<Generation, ReceptionPolicy>();
  reception.policy = () => {
    const current = generation();
    let policy = policies.get(current);
    if (!policy) policies.set(current, (policy = luaPolicy(current, onError)));
    return policy;
  };
  reception.settings = cachedSettings(running, version);
  const { options } = reception;
  options.logsRejections = () => isSwitchedOn(running(), 'ec_logger', 'log_rejections');
  options.matches = reportingRegex(server);
  options.acceptedText = byteString(choices.acceptedText ?? options.acceptedText);
  options.context = context;
  options.contextOrder = choices.rejectlogContext ?? options.contextOrder;
}

/** What is no regular expression matches nothing, and is reported once. */
function reportingRegex(server: ServerState): RegexTester {
  const reported = new Set<string>();
  return (pattern, text) => {
    try {
      return testPcre(pattern, text);
    } catch (error) {
      const { message } = error as Error;
      if (!reported.has(pattern))
        server.report('CONFIG_OPTION', `the regular expression ${shownText(pattern)}: ${message}`);
      reported.add(pattern);
      return false;
    }
  };
}

/** Each configuration is read once for each peer: it never changes. */
function cachedSettings(running: () => Configuration, version: string) {
  const known = new WeakMap<Configuration, Map<string, ReceptionSettings>>();
  return (accept?: AcceptConstruct): ReceptionSettings => {
    const configuration = running();
    let byPeer = known.get(configuration);
    if (!byPeer) known.set(configuration, (byPeer = new Map<string, ReceptionSettings>()));
    const peer = accept && (accept.remoteAddress.host || LOOPBACK);
    const key = accept ? `${accept.listener} ${peer}` : '';
    let settings = byPeer.get(key);
    if (!settings) {
      if (byPeer.size >= MOST_PEERS) byPeer.clear();
      const listener = accept && listenerOf(configuration, accept.listener);
      byPeer.set(key, (settings = receptionSettings(configuration, version, listener, peer)));
    }
    return settings;
  };
}

/** By its address as the logs show it, where `*` stands for the host that is left out. */
const listenerOf = (configuration: Configuration, address: string): ConfigListener | undefined =>
  configuration
    .listeners(KIND)
    .find((listener) => [listener.address, listener.address.replace(/^:/, '*:')].includes(address));
