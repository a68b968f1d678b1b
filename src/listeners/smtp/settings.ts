/** What an ESMTP_Listener's configuration says about one client, fallback and the choice of the `Peer` scope done. */
import type { AuthParameters, TlsSettings } from '../http/settings';

/** `Listener_Sessions` or `Service_Sessions`: sessions that count against the limit have the same `scope`. */
export interface SessionLimit {
  readonly most: number;
  readonly scope: string;
}

/** The module `conntrol` (4/modules/conntrol). */
export interface ConntrolSettings {
  /** `pause_time`: seconds before the banner. */
  readonly pauseTime: number;
  /** `banner`: sent before the usual one, with its line ends. */
  readonly banner: string | undefined;
  /** `disconnect_ratware`: the reply to who does not wait for the banner. */
  readonly disconnectRatware: string | undefined;
}

/** The mechanisms of AUTH that have parameters in the configuration (4/inbound-smtp). */
export const AUTH_MECHANISMS = ['LOGIN', 'PLAIN', 'CRAM-MD5', 'DIGEST-MD5'] as const;
export type AuthMechanism = (typeof AUTH_MECHANISMS)[number];

/** The options of `ESMTP_Listener`, `Listen`, `Peer` and `Pathway` for one client (4/config-options-summary). */
export interface SmtpSettings {
  /** `Banner_Hostname`, otherwise `Hostname`. */
  readonly hostname: string;
  /** `Static_Banner`, with its code. */
  readonly staticBanner?: string;
  /** `SMTP_Extensions` as they are written: `AUTH LOGIN`, `STARTTLS`. */
  readonly extensions: readonly string[];
  /** `Max_Message_Size` in octets; 0: no limit. */
  readonly maxMessageSize: number;
  /** `Max_Receptions_Per_Connection`; 0: no limit. */
  readonly maxReceptionsPerConnection: number;
  /** `Max_Recipients_Per_Connection`; 0: no limit. */
  readonly maxRecipientsPerConnection: number;
  /** `Max_Recipients_Per_Message`; 0: no limit. */
  readonly maxRecipientsPerMessage: number;
  readonly listenerSessions?: SessionLimit;
  readonly serviceSessions?: SessionLimit;
  readonly requireEhlo: boolean;
  readonly allowIpLiteral: boolean;
  /** `Allow_Trailing_Whitespace_In_Commands`: blanks between an address and its angle brackets. */
  readonly allowTrailingWhitespace: boolean;
  /** `RFC2821_Pedantic_Address_Rules` */
  readonly pedanticAddresses: boolean;
  readonly domainForUnqualifiedRecipients?: string;
  readonly domainForUnqualifiedSender?: string;
  /** Seconds of the virtual clock; 0: never. */
  readonly idleTime: number;
  /** `Reconfig_Message`, without the code 421. */
  readonly reconfigMessage: string;
  readonly starttlsInjection: 'allow' | 'ignore' | 'reject';
  /** `Use_SSL`: TLS from the first byte on, and no STARTTLS. */
  readonly useSsl: boolean;
  readonly tls?: TlsSettings;
  /** `TLS_Verified_Peer_Can_Relay` */
  readonly tlsVerifiedPeerCanRelay: boolean;
  readonly alwaysAllow: boolean;
  /** Beats `alwaysAllow`. */
  readonly alwaysDeny: boolean;
  readonly auth: Readonly<Partial<Record<AuthMechanism, AuthParameters>>>;
  readonly proxyProtocol: boolean;
  /** Versions of the PROXY header that are understood. */
  readonly proxyProtocolVersions: readonly (1 | 2)[];
  /** Seconds of real time until the PROXY header must be complete; 0: no limit. */
  readonly proxyProtocolTimeout: number;
  /** `Context`: connection context that is there from the start. */
  readonly context: Readonly<Record<string, string>>;
  readonly pathway?: string;
  readonly conntrol?: ConntrolSettings;
  /** `File_Mode` of a Unix socket. */
  readonly fileMode: number;
}

/** The product's defaults. */
export const DEFAULT_SMTP_SETTINGS: SmtpSettings = {
  hostname: 'localhost',
  extensions: [],
  maxMessageSize: 0,
  maxReceptionsPerConnection: 0,
  maxRecipientsPerConnection: 0,
  maxRecipientsPerMessage: 0,
  requireEhlo: false,
  allowIpLiteral: true,
  allowTrailingWhitespace: false,
  pedanticAddresses: true,
  idleTime: 0,
  reconfigMessage: '4.3.2 Reconfiguration in progress',
  starttlsInjection: 'reject',
  useSsl: false,
  tlsVerifiedPeerCanRelay: false,
  alwaysAllow: false,
  alwaysDeny: false,
  auth: {},
  proxyProtocol: false,
  proxyProtocolVersions: [1],
  proxyProtocolTimeout: 60,
  context: {},
  fileMode: 0o660,
};
