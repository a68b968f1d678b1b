/** The switches of logger modules (4/modules/ec-logger, 4/modules/bounce-logger). */
import type { Configuration } from '../server/config/configuration';
import { parseBoolean } from '../server/config/reading';
import { isLoaded, textOf } from './modules';

/** Whether a stanza of a logger, enabled itself, writes the lines of a switch. Switches are on unless they are turned off. */
export function isSwitchedOn(configuration: Configuration, module: string, option: string): boolean {
  if (!isLoaded(configuration, module)) return false;
  return configuration.root
    .childrenOf(module)
    .some((stanza) =>
      [option, 'enabled'].every((name) => parseBoolean(textOf(stanza, name) ?? 'true') ?? true),
    );
}
