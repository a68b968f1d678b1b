/** What the configuration says about the clients of an ESMTP_Listener. */
import type { AuthParameters, TlsSettings } from '../listeners/http/settings';
import {
  AUTH_MECHANISMS,
  DEFAULT_SMTP_SETTINGS,
  type AuthMechanism,
  type ConntrolSettings,
  type SessionLimit,
  type SmtpSettings,
} from '../listeners/smtp/settings';
import { byteString } from '../server/bytes';
import type { Configuration } from '../server/config/configuration';
import type { ConfigListener } from '../server/config/listeners';
import { pathText } from '../server/config/print';
import { parseSeconds, type Reading } from '../server/config/reading';
import { typeOf, type ConfigScope } from '../server/config/scope';
import { isLoaded } from './modules';
import { flag, number, readSettings, seconds, text, tlsRules, type Rules } from './listener-settings';

const bytes = (reading: Reading) => byteString(reading.text);
const INJECTION_POLICIES = ['allow', 'ignore', 'reject'] as const;
const policy = (reading: Reading) =>
  INJECTION_POLICIES.find((name) => name === reading.text.toLowerCase()) ??
  DEFAULT_SMTP_SETTINGS.starttlsInjection;

const RULES: Rules<SmtpSettings> = {
  staticBanner: ['Static_Banner', bytes],
  extensions: ['SMTP_Extensions', (reading) => reading.list().map(byteString)],
  maxMessageSize: ['Max_Message_Size', number],
  maxReceptionsPerConnection: ['Max_Receptions_Per_Connection', number],
  maxRecipientsPerConnection: ['Max_Recipients_Per_Connection', number],
  maxRecipientsPerMessage: ['Max_Recipients_Per_Message', number],
  requireEhlo: ['Require_EHLO', flag],
  allowIpLiteral: ['Allow_IP_Literal', flag],
  allowTrailingWhitespace: ['Allow_Trailing_Whitespace_In_Commands', flag],
  pedanticAddresses: ['RFC2821_Pedantic_Address_Rules', flag],
  domainForUnqualifiedRecipients: ['Domain_For_Unqualified_Recipient_Addresses', bytes],
  domainForUnqualifiedSender: ['Domain_For_Unqualified_Sender_Address', bytes],
  idleTime: ['Idle_Time', seconds],
  reconfigMessage: ['Reconfig_Message', bytes],
  starttlsInjection: ['Starttls_Injection_Policy', policy],
  useSsl: ['Use_SSL', flag],
  tlsVerifiedPeerCanRelay: ['TLS_Verified_Peer_Can_Relay', flag],
  alwaysAllow: ['Always_Allow', flag],
  alwaysDeny: ['Always_Deny', flag],
  proxyProtocol: ['Proxy_Protocol', flag],
  proxyProtocolTimeout: ['Proxy_Protocol_Timeout', seconds],
  context: ['Context', (reading) => context(reading)],
  pathway: ['Pathway', text],
  fileMode: ['File_Mode', number],
};

const AUTH_OPTIONS: Readonly<Record<AuthMechanism, string>> = {
  LOGIN: 'AuthLoginParameters',
  PLAIN: 'AuthPlainParameters',
  'CRAM-MD5': 'AuthCramMD5Parameters',
  'DIGEST-MD5': 'AuthDigestMD5Parameters',
};

export function smtpSettings(
  configuration: Configuration,
  listener: ConfigListener,
  peer: string,
): SmtpSettings {
  const banner = listener.option('Banner_Hostname', peer) ?? listener.option('Hostname', peer);
  return {
    ...DEFAULT_SMTP_SETTINGS,
    hostname: byteString(banner?.text ?? DEFAULT_SMTP_SETTINGS.hostname),
    ...readSettings(RULES, listener, peer),
    tls: tls(listener, peer),
    auth: auth(listener, peer),
    listenerSessions: limit(listener, 'Listener_Sessions', peer),
    serviceSessions: limit(listener, 'Service_Sessions', peer),
    conntrol: conntrol(configuration),
  };
}

const context = (reading: Reading) =>
  Object.fromEntries(Array.from(reading.dictionary(), (pair) => pair.map(byteString) as [string, string]));

function tls(listener: ConfigListener, peer: string): TlsSettings | undefined {
  const { certificate = 'none', ...others } = readSettings(tlsRules, listener, peer);
  return certificate.toLowerCase() === 'none' ? undefined : { ...others, certificate };
}

function auth(listener: ConfigListener, peer: string): SmtpSettings['auth'] {
  const parameters: Partial<Record<AuthMechanism, AuthParameters>> = {};
  for (const mechanism of AUTH_MECHANISMS) {
    const reading = listener.option(AUTH_OPTIONS[mechanism], peer);
    if (reading?.value.kind !== 'dictionary') continue;
    parameters[mechanism] = Object.fromEntries(reading.dictionary()) as AuthParameters;
  }
  return parameters;
}

/**
 * The budget belongs to the scope that has the option: a Peer has one of its own, otherwise all clients share the
 * listener's, and that of `Service_Sessions` all listeners (4/config/ref-listener-sessions, 4/config/ref-service-sessions).
 */
function limit(listener: ConfigListener, option: string, peer: string): SessionLimit | undefined {
  const reading = listener.option(option, peer);
  const most = reading?.number() ?? 0;
  if (!reading || most <= 0) return undefined;
  const path = reading.source.kind === 'option' ? reading.source.path : [];
  const last = path.at(-1);
  const isPeer = last !== undefined && typeOf(last).toLowerCase() === 'peer';
  const isShared = option === 'Service_Sessions' && !isPeer;
  return { most, scope: isShared ? option : `${option} ${pathText(path)}` };
}

function conntrol(configuration: Configuration): ConntrolSettings | undefined {
  if (!isLoaded(configuration, 'conntrol')) return undefined;
  const [stanza] = configuration.root.childrenOf('conntrol');
  return (
    stanza && {
      pauseTime: parseSeconds(optionText(stanza, 'pause_time') ?? '0') ?? 0,
      banner: optionText(stanza, 'banner'),
      disconnectRatware: optionText(stanza, 'disconnect_ratware'),
    }
  );
}

/** What a line end is written as in the configuration is one. */
function optionText(stanza: ConfigScope, name: string): string | undefined {
  const value = stanza.option(name)?.value;
  if (value?.kind !== 'text') return undefined;
  return byteString(value.text.replace(/\\r/g, '\r').replace(/\\n/g, '\n'));
}
