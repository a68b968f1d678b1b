/** What the configuration says about the reception of mail. */
import { byteString } from '../server/bytes';
import type { Configuration } from '../server/config/configuration';
import type { ConfigListener } from '../server/config/listeners';
import type { Reading } from '../server/config/reading';
import { DEFAULT_RECEPTION_SETTINGS, type ReceptionSettings } from '../server/reception/settings';

/** Looks an option up where it counts. */
type Lookup = (option: string) => Reading | undefined;
type Rules = {
  readonly [Name in keyof ReceptionSettings]?: readonly [
    option: string,
    read: (reading: Reading) => ReceptionSettings[Name] | undefined,
  ];
};

const flag = (reading: Reading) => reading.boolean();
const list = (reading: Reading) => reading.list();
const bytes = (reading: Reading) => byteString(reading.text);
const word =
  <Word extends string>(...words: readonly Word[]) =>
  (reading: Reading): Word | undefined =>
    words.find((one) => one === reading.text.toLowerCase());
const lineLength = (reading: Reading) =>
  word('ignore', 'fix', 'pedantic')(reading) ?? (Number(reading.text) > 0 ? Number(reading.text) : undefined);

const RULES: Rules = {
  hostname: ['Hostname', bytes],
  receivedHostname: ['Received_Hostname', bytes],
  relayHosts: ['Relay_Hosts', list],
  relayDomains: ['Relay_Domains', list],
  openRelay: ['Open_Relay', flag],
  relayForSendingDomains: ['Relay_For_Sending_Domains', list],
  allowNullSender: ['Allow_Null_Envelope_Sender', flag],
  traceHeaders: ['RFC2822_Trace_Headers', flag],
  dateHeader: ['RFC2822_Date_Header', word('ignore', 'pedantic', 'ifneeded')],
  messageIdHeader: ['RFC2822_MessageID_Header', word('ignore', 'ifneeded')],
  missingHeaders: ['RFC2822_Missing_Headers', word('reject', 'allow')],
  loneLfInHeaders: ['RFC2822_Lone_LF_In_Headers', word('fix', 'pedantic')],
  loneLfInBody: ['RFC2822_Lone_LF_In_Body', word('ignore', 'fix', 'pedantic')],
  maxLineLength: ['RFC2822_Max_Line_Length', lineLength],
  maxLineLengthPolicy: ['RFC2822_Max_Line_Length_Policy', word('none', 'fix', 'reject')],
  bounceRejectedRecipients: ['Generate_Bounces_For_Multi_Recipient_Policy_Rejections', flag],
};

/** What is set, or by the documented default; values that are none of the option's are as if nothing were set. */
function read(lookup: Lookup): Partial<ReceptionSettings> {
  const settings: Record<string, unknown> = {};
  for (const [name, [option, readValue]] of Object.entries(RULES)) {
    const reading = lookup(option);
    const value = reading && (readValue as (reading: Reading) => unknown)(reading);
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}

/** For a peer of a listener; without one, for mail that no listener brings. `version` is the product's. */
export function receptionSettings(
  configuration: Configuration,
  version: string,
  listener?: ConfigListener,
  peer?: string,
): ReceptionSettings {
  const lookup: Lookup = listener
    ? (option) => listener.option(option, peer)
    : (option) => configuration.evaluate([], option);
  const pathway = listener?.option('Pathway', peer)?.text;
  return {
    ...DEFAULT_RECEPTION_SETTINGS,
    version,
    pathwayGroup: groupOf(configuration, pathway) ?? DEFAULT_RECEPTION_SETTINGS.pathwayGroup,
    ...read(lookup),
  };
}

/** The group that a pathway is configured in (4/config/ref-pathway-group). */
const groupOf = ({ root }: Configuration, pathway: string | undefined): string | undefined =>
  root
    .childrenOf('pathway_group')
    .find((group) => group.childrenOf('pathway').some(({ instance }) => instance === pathway))?.instance;
