import type { Configuration } from '../server/config/configuration';
import type { Reading } from '../server/config/reading';
import { parseBoolean, parseSeconds } from '../server/config/reading';
import { pathText } from '../server/config/print';
import { DELIVERY_DEFAULTS, type DeliveryScope, type DeliverySettings } from '../server/delivery/settings';

/** The delivery side of the running configuration. */
export class ConfiguredDelivery implements DeliverySettings {
  constructor(private readonly running: () => Configuration) {}

  text(option: string, where: DeliveryScope): string | undefined {
    return this.read(option, where)?.text ?? DELIVERY_DEFAULTS[option];
  }

  /** Times may be written with units (`4 hours`) and are seconds. */
  number(option: string, where: DeliveryScope): number | undefined {
    const text = this.text(option, where);
    return text === undefined ? undefined : parseSeconds(text);
  }

  boolean(option: string, where: DeliveryScope): boolean {
    const byDefault = DELIVERY_DEFAULTS[option] ?? '';
    return parseBoolean(this.text(option, where) ?? '') ?? parseBoolean(byDefault) ?? false;
  }

  list(option: string, where: DeliveryScope): readonly string[] {
    return this.read(option, where)?.list() ?? [];
  }

  source(option: string, where: DeliveryScope): string {
    const source = this.read(option, where)?.source;
    return source?.kind === 'option' ? pathText(source.path) || 'global' : 'default';
  }

  private read(option: string, { domain, binding, group, host }: DeliveryScope): Reading | undefined {
    return this.running().delivery(option, { domain, binding, bindingGroup: group, host });
  }
}
