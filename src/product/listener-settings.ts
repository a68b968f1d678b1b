/** What the configuration says about the clients of a listener, as the listeners want it. */
import type { ControlSettings } from '../listeners/control/settings';
import { DEFAULT_SETTINGS as CONTROL_DEFAULTS } from '../listeners/control/settings';
import { DEFAULT_HTTP_SETTINGS, type HttpSettings, type TlsSettings } from '../listeners/http/settings';
import type { Configuration } from '../server/config/configuration';
import type { ConfigListener } from '../server/config/listeners';
import type { Reading } from '../server/config/reading';

/** Which option a setting is, and how its value is read. */
export type Rules<Settings> = {
  readonly [Name in keyof Settings]?: readonly [option: string, read: (reading: Reading) => Settings[Name]];
};

export const flag = (reading: Reading) => reading.boolean();
export const number = (reading: Reading) => reading.number();
export const seconds = (reading: Reading) => reading.seconds();
export const text = (reading: Reading) => reading.text;
/** Null is how the documentation writes that an option has no value. */
const parameters = (reading: Reading) =>
  reading.value.kind === 'dictionary'
    ? (Object.fromEntries(reading.dictionary()) as { uri: string } & Record<string, string>)
    : undefined;

const HTTP: Rules<HttpSettings> = {
  enableAuthentication: ['Enable_Authentication', flag],
  alwaysAllow: ['Always_Allow', flag],
  alwaysDeny: ['Always_Deny', flag],
  authPlain: ['AuthPlainParameters', parameters],
  authDigest: ['AuthDigestMD5Parameters', parameters],
  maxRequestSize: ['Max_Request_Size', (reading) => number(reading) || undefined],
  idleTime: ['Idle_Time', seconds],
  logRequestsToPaniclog: ['Log_Requests_to_Paniclog', flag],
  disableChunked: ['Disable_Chunked', flag],
  proxyProtocol: ['Proxy_Protocol', flag],
  proxyProtocolTimeout: ['Proxy_Protocol_Timeout', seconds],
  fileMode: ['File_Mode', number],
};

export const tlsRules: Rules<TlsSettings> = {
  certificate: ['TLS_Certificate', text],
  key: ['TLS_Key', text],
  clientCa: ['TLS_Client_CA', text],
  ciphers: ['TLS_Ciphers', text],
  protocols: ['TLS_Protocols', text],
  verifyMode: ['TLS_Verify_Mode', (reading) => VERIFY_MODES[reading.text.toLowerCase()]],
  peerIsAuthorized: ['TLS_Verified_Peer_Is_Authorized', flag],
};
const VERIFY_MODES: Readonly<Record<string, TlsSettings['verifyMode']>> = {
  none: 'none',
  require: 'require',
};

const CONTROL: Rules<ControlSettings> = {
  enableAuthentication: ['Enable_Authentication', flag],
  enableAuthorization: ['Enable_Authorization', flag],
  alwaysAllow: ['Always_Allow', flag],
  alwaysDeny: ['Always_Deny', flag],
  authLogin: ['AuthLoginParameters', parameters],
  authDigestMd5: ['AuthDigestMD5Parameters', parameters],
  authCramMd5: ['AuthCramMD5Parameters', parameters],
  authorization: ['AuthorizationParameters', parameters],
  timeout: ['Timeout', seconds],
  fileMode: ['File_Mode', number],
};

/** What is set by hand, or by the documented default where the code has no other. */
export function readSettings<Settings extends object>(
  rules: Rules<Settings>,
  listener: ConfigListener,
  peer: string | undefined,
): Partial<Settings> {
  const settings: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules) as [string, Rule][]) {
    const [option, readValue] = rule;
    const reading = listener.option(option, peer);
    if (!reading || reading.text.toUpperCase() === 'NULL') continue;
    const value = readValue(reading);
    if (value !== undefined) settings[name] = value;
  }
  return settings as Partial<Settings>;
}

type Rule = readonly [option: string, read: (reading: Reading) => unknown];

export function httpSettings(listener: ConfigListener, peer: string): HttpSettings {
  return {
    ...DEFAULT_HTTP_SETTINGS,
    // The second version of the header came with Momentum 5.4.
    proxyProtocolVersions: [1],
    ...readSettings(HTTP, listener, peer),
    tls: tlsSettings(listener, peer),
  };
}

/**
 * HTTPS when the listener, its pathway or a scope within it has a certificate; a global one, which delivery uses, only
 * with `Use_SSL`. `none` is no certificate.
 */
function tlsSettings(listener: ConfigListener, peer: string): TlsSettings | undefined {
  const tls = readSettings(tlsRules, listener, peer);
  const { certificate = 'none' } = tls;
  if (certificate.toLowerCase() === 'none') return undefined;
  const source = listener.option('TLS_Certificate', peer)?.source;
  const isOwn = source?.kind === 'option' && source.path.length > 0;
  const useSsl = listener.option('Use_SSL', peer);
  const isWanted = useSsl?.source.kind === 'option' ? useSsl.boolean() : isOwn;
  return isWanted ? { ...tls, certificate } : undefined;
}

/** Peers of a Unix socket count as loopback (4/control-authz). */
export function controlSettings(listener: ConfigListener, peer = '127.0.0.1'): ControlSettings {
  const settings = readSettings(CONTROL, listener, peer);
  const { authLogin, authDigestMd5, authCramMd5 } = settings;
  // Parameters of a mechanism are there to be used (3/3-reference/conf-aaa).
  const enableAuthentication = [authLogin, authDigestMd5, authCramMd5].some(Boolean);
  return { ...CONTROL_DEFAULTS, enableAuthentication, ...settings };
}

/** The listener of an address in a configuration; addresses compare as the configuration does. */
export function listenerAt(
  configuration: Configuration,
  kind: string,
  address: string,
): ConfigListener | undefined {
  return configuration.listeners(kind).find((listener) => listener.address === address);
}

/**
 * The settings for a peer of an address as the configuration has them when it is asked. Each configuration is read
 * once for each peer: it never changes.
 */
export function settingsSource<Settings>(
  running: () => Configuration,
  kind: string,
  address: string,
  read: (listener: ConfigListener, peer: string | undefined) => Settings,
  defaults: Settings,
): (peer?: string) => Settings {
  const known = new WeakMap<Configuration, Map<string | undefined, Settings>>();
  return (peer) => {
    const configuration = running();
    let byPeer = known.get(configuration);
    if (!byPeer) known.set(configuration, (byPeer = new Map<string | undefined, Settings>()));
    let settings = byPeer.get(peer);
    if (settings === undefined) {
      const listener = listenerAt(configuration, kind, address);
      if (byPeer.size >= MOST_PEERS) byPeer.clear();
      byPeer.set(peer, (settings = listener ? read(listener, peer) : defaults));
    }
    return settings;
  };
}

const MOST_PEERS = 10_000;
