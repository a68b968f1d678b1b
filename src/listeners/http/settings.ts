/** What a listener's configuration says about one client, fallback and the choice of the `Peer` scope done. */

/** The dictionary of `AuthPlainParameters` or `AuthDigestMD5Parameters`, with the configuration's own names. */
export interface AuthParameters {
  /** The authentication scheme and its argument: `file:///opt/msys/ecelerity/etc/passwd`, `ac_auth://`. */
  readonly uri: string;
  /** Of Digest; the host name of the server when left out. */
  readonly realm?: string;
  /** `"true"`: authentications are recorded. */
  readonly log_authentication?: string;
  readonly [parameter: string]: string | undefined;
}

/** Paths are of PEM files. */
export interface TlsSettings {
  /** `TLS_Certificate`: the certificate, its chain, and the key unless `key` names a file of its own. */
  readonly certificate: string;
  /** `TLS_Key` */
  readonly key?: string;
  /** `TLS_Client_CA`: the authorities that client certificates are verified against; none when left out. */
  readonly clientCa?: string;
  /** `TLS_Ciphers`: OpenSSL's cipher list for TLS 1.2; its default when left out. */
  readonly ciphers?: string;
  /** `TLS_Protocols`: `+ALL:-TLSv1.2`; all when left out. */
  readonly protocols?: string;
  /**
   * `TLS_Verify_Mode`: `none` asks for no certificate, `require` refuses clients without one; left out, a
   * certificate is optional, and verified when there is one.
   */
  readonly verifyMode?: 'none' | 'require';
  /** `TLS_Verified_Peer_Is_Authorized` */
  readonly peerIsAuthorized?: boolean;
}

/** The options of `HTTP_Listener`, `Listen` and `Peer` for one client (`4/config-options-summary`). */
export interface HttpSettings {
  readonly enableAuthentication: boolean;
  readonly alwaysAllow: boolean;
  /** Beats `alwaysAllow`. */
  readonly alwaysDeny: boolean;
  readonly authPlain?: AuthParameters;
  readonly authDigest?: AuthParameters;
  /** `Max_Request_Size`: bytes of one request's body; no limit when left out. */
  readonly maxRequestSize?: number;
  /** `Idle_Time`: seconds, in real time, before an idle client is dropped; 0 means never. */
  readonly idleTime: number;
  readonly logRequestsToPaniclog: boolean;
  /** Never use the chunked transfer coding in responses. Complete responses announce their length anyway. */
  readonly disableChunked: boolean;
  /** Every connection must begin with a PROXY header. */
  readonly proxyProtocol: boolean;
  /** Versions of the header that are understood; both when left out. The second came with Momentum 5.4. */
  readonly proxyProtocolVersions?: readonly (1 | 2)[];
  /** Seconds, in real time, until the PROXY header must be complete; 0 means no limit. */
  readonly proxyProtocolTimeout: number;
  /** `File_Mode` of a Unix socket. */
  readonly fileMode: number;
  /** HTTPS when present. */
  readonly tls?: TlsSettings;
}

/** The product's defaults. */
export const DEFAULT_HTTP_SETTINGS: HttpSettings = {
  enableAuthentication: false,
  alwaysAllow: false,
  alwaysDeny: false,
  idleTime: 0,
  logRequestsToPaniclog: false,
  disableChunked: false,
  proxyProtocol: false,
  proxyProtocolTimeout: 60,
  fileMode: 0o660,
};

/** One `Listen` stanza of an `HTTP_Listener`. */
export interface HttpListenerOptions {
  /** As configured: `*:2081`. */
  readonly address: string;
  /**
   * Asked when a connection is accepted, again once a PROXY header has told the client's address, and at each
   * request: what changes applies to the next request. Clients of a Unix socket count as `127.0.0.1`.
   */
  readonly settings: (peerIp: string) => HttpSettings;
}
