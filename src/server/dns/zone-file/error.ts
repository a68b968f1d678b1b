import { ConfigError } from '../../../support/errors';
import { excerptOf } from '../../../support/excerpt';
import { displayed } from '../names';

/** A place in a zone file, from 1; columns count bytes. */
export interface ZonePlace {
  readonly line: number;
  readonly column: number;
}

/** A zone file that cannot be read. `message` names the place and shows it. */
export class ZoneFileError extends ConfigError {
  override readonly code = 'ZONE_FILE';
}

/** `text` is the zone as a byte string, `file` its path when it has one. */
export function zoneFileError(text: string, at: ZonePlace, reason: string, file?: string): ZoneFileError {
  const line = text.split('\n')[at.line - 1] ?? '';
  const place = { line: at.line, column: displayed(line.slice(0, at.column - 1)).length + 1 };
  const excerpt = excerptOf(displayed(text), place);
  const message = `${file ?? 'option dns'}, line ${place.line}: ${displayed(reason)}\n\n${excerpt}`;
  return new ZoneFileError(message, { ...place, file, excerpt });
}
