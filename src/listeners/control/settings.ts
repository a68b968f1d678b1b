import type { ControlAddress } from './address';

/** An option like AuthLoginParameters: `uri`, and what its scheme takes besides (3/3-reference/conf-aaa). */
export type AuthParameters = Readonly<Record<string, string>> & { readonly uri: string };

/** The options that one connection is served with (4/control-listener, 4/control-auth, 4/control-authz). */
export interface ControlSettings {
  readonly enableAuthentication: boolean;
  readonly enableAuthorization: boolean;
  /** Authentication counts as succeeded, whatever comes of it. */
  readonly alwaysAllow: boolean;
  /** Authentication counts as failed; stronger than `alwaysAllow`. */
  readonly alwaysDeny: boolean;
  readonly authLogin?: AuthParameters;
  readonly authDigestMd5?: AuthParameters;
  readonly authCramMd5?: AuthParameters;
  readonly authorization?: AuthParameters;
  /** Seconds of real time without a command after which the connection is closed; 0: never. */
  readonly timeout: number;
  /** The access rights of a Unix socket's file. */
  readonly fileMode: number;
}

/** What holds where the configuration says nothing (3/3-reference/operations-console). */
export const DEFAULT_SETTINGS: ControlSettings = {
  enableAuthentication: false,
  enableAuthorization: false,
  alwaysAllow: false,
  alwaysDeny: false,
  timeout: 60,
  fileMode: 0o660,
};

/** One Listen of a Control_Listener. */
export interface ControlListenerOptions {
  /** As configured: `/tmp/2025`, `127.0.0.1:2025`. */
  readonly address: ControlAddress;
  /**
   * The settings for a peer, asked once per connection. Peers of a Unix socket have no IP (undefined); the access
   * lists take them for loopback addresses (4/control-authz).
   */
  settings(peerIp: string | undefined): ControlSettings;
}
