/** For what an option is read: the most specific stanza that fits wins (4/4-ecelerity-conf-fallback). */
export interface DeliveryScope {
  readonly domain?: string;
  readonly binding?: string;
  readonly group?: string;
  /** A mail exchanger: only `host` stanzas are looked at then (4/config/ref-outbound-throttle-connections). */
  readonly host?: string;
}

/** The delivery side of the configuration, by the product's option names in lower case. */
export interface DeliverySettings {
  /** Undefined when the option is set nowhere and has no default. */
  text(option: string, where: DeliveryScope): string | undefined;
  /** Undefined too when the value is no number. */
  number(option: string, where: DeliveryScope): number | undefined;
  boolean(option: string, where: DeliveryScope): boolean;
  list(option: string, where: DeliveryScope): readonly string[];
  /** Names the stanza that the value comes from: throttles are shared by all that falls back to the same one. */
  source(option: string, where: DeliveryScope): string;
}

/** The defaults of the product's options (the page of each is 4/config/ref-<name>). */
export const DELIVERY_DEFAULTS: Readonly<Record<string, string>> = {
  blackhole: 'false',
  connect_timeout: '300',
  bounces_inline_original: 'headers',
  default_binding: 'normal',
  delivery_response_timeout: '5000',
  delay_dsn_max_retry_interval: '43200',
  delay_dsn_retry_interval: '3600',
  delayed_queue_scan_interval: '15',
  drop_body_after_trans_fail: '3',
  generate_bounces: 'true',
  generate_delay_dsn: 'false',
  host_failure_retry: '120',
  http_method: 'POST',
  http_version: '1.1',
  idle_timeout: '5',
  max_outbound_connections: '32',
  max_resident_active_queue: '250',
  max_retries: 'auto',
  max_retry_interval: '43200',
  message_expiration: '86400',
  mx_failures_to_delay: '50',
  never_attempt_expired_messages: 'false',
  never_retry: 'false',
  outbound_throttle_connections: '0',
  outbound_throttle_messages: '0',
  retry_interval: '1200',
  suspend_delivery: 'false',
  tls: 'no',
  tls_verify: 'no',
};

const TRUE = new Set(['true', 'on', 'enabled', '1', 'yes']);

export const isTrue = (text: string | undefined): boolean => TRUE.has((text ?? '').toLowerCase());

/** The stanzas that may set an option for a scope, most specific first. */
function stanzas(where: DeliveryScope): DeliveryScope[] {
  const { domain, binding, group, host } = where;
  const ofHost = [{ group, binding, host }, { group, host }, { binding, host }, { host }];
  const ofDomain: DeliveryScope[] = [
    { group, binding, domain },
    { binding, domain },
    { group, domain },
    { group, binding },
    { binding },
    { group },
    { domain },
    {},
  ];
  const given = new Set(Object.keys(where).filter((member) => where[member as keyof DeliveryScope]));
  const chain = host === undefined ? ofDomain : ofHost;
  return chain.filter((stanza) => Object.keys(stanza).every((member) => given.has(member)));
}

const keyOf = ({ domain, binding, group, host }: DeliveryScope): string =>
  [
    group && `binding_group ${group}`,
    binding && `binding ${binding}`,
    domain && `domain ${domain}`,
    host && `host ${host}`,
  ]
    .filter(Boolean)
    .join(', ') || 'global';

/** The product's defaults, and values that are set one by one. */
export class PlainDeliverySettings implements DeliverySettings {
  readonly #values = new Map<string, Map<string, string>>();

  /** Sets an option in one stanza, the global one when no scope is given. Lists are separated by white space. */
  set(option: string, value: string | number | boolean, stanza: DeliveryScope = {}): this {
    const key = keyOf(stanza);
    const values = this.#values.get(key) ?? new Map<string, string>();
    this.#values.set(key, values.set(option.toLowerCase(), String(value)));
    return this;
  }

  unset(option: string, stanza: DeliveryScope = {}): this {
    this.#values.get(keyOf(stanza))?.delete(option.toLowerCase());
    return this;
  }

  text(option: string, where: DeliveryScope): string | undefined {
    const stanza = this.#stanzaOf(option, where);
    if (stanza === undefined) return where.host === undefined ? DELIVERY_DEFAULTS[option] : undefined;
    return this.#values.get(stanza)?.get(option);
  }

  number(option: string, where: DeliveryScope): number | undefined {
    const text = this.text(option, where)?.trim() ?? '';
    const number = text === '' ? NaN : Number(text);
    return Number.isFinite(number) ? number : undefined;
  }

  boolean(option: string, where: DeliveryScope): boolean {
    return isTrue(this.text(option, where));
  }

  list(option: string, where: DeliveryScope): readonly string[] {
    return (this.text(option, where) ?? '').split(/\s+/).filter(Boolean);
  }

  source(option: string, where: DeliveryScope): string {
    return this.#stanzaOf(option, where) ?? 'default';
  }

  #stanzaOf(option: string, where: DeliveryScope): string | undefined {
    if (this.#values.size === 0) return undefined;
    return stanzas(where)
      .map(keyOf)
      .find((key) => this.#values.get(key)?.has(option));
  }
}
