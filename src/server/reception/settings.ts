/**
 * The options of reception, as they are for one peer of one listener (their pages are 4/config/ref-<name>). Lists and
 * texts are as configured.
 */
export interface ReceptionSettings {
  /** What the server calls itself. */
  readonly hostname: string;
  /** `Received_Hostname`: in place of it in `Received:`. */
  readonly receivedHostname?: string | undefined;
  /** The product's version, for `Received:`. */
  readonly version: string;
  readonly pathwayGroup: string;

  readonly relayHosts: readonly string[];
  readonly relayDomains: readonly string[];
  readonly openRelay: boolean;
  /** Undefined: not set. Empty: everything is relayed (4/config/ref-relay-for-sending-domains). */
  readonly relayForSendingDomains: readonly string[] | undefined;
  readonly allowNullSender: boolean;

  readonly traceHeaders: boolean;
  readonly dateHeader: 'ignore' | 'pedantic' | 'ifneeded';
  readonly messageIdHeader: 'ignore' | 'ifneeded';
  readonly missingHeaders: 'reject' | 'allow';
  readonly loneLfInHeaders: 'fix' | 'pedantic';
  readonly loneLfInBody: 'ignore' | 'fix' | 'pedantic';
  /** A number is a length that `maxLineLengthPolicy` is for. */
  readonly maxLineLength: 'ignore' | 'fix' | 'pedantic' | number;
  readonly maxLineLengthPolicy: 'none' | 'fix' | 'reject';

  /** `generate_bounces_for_multi_recipient_policy_rejections` */
  readonly bounceRejectedRecipients: boolean;
}

/** The product's defaults. */
export const DEFAULT_RECEPTION_SETTINGS: ReceptionSettings = {
  hostname: 'localhost',
  version: '',
  pathwayGroup: 'default',
  relayHosts: [],
  relayDomains: [],
  openRelay: false,
  relayForSendingDomains: undefined,
  allowNullSender: true,
  traceHeaders: true,
  dateHeader: 'ifneeded',
  messageIdHeader: 'ifneeded',
  missingHeaders: 'reject',
  loneLfInHeaders: 'pedantic',
  loneLfInBody: 'ignore',
  maxLineLength: 'ignore',
  maxLineLengthPolicy: 'none',
  bounceRejectedRecipients: true,
};
