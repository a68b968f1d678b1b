import { ConfigError } from '../../support/errors';
import { excerptOf, type TextPosition } from '../../support/excerpt';

/** A configuration text that cannot be read; `file`, `line`, `column` and `excerpt` say where and show it. */
export class ConfigSyntaxError extends ConfigError {
  override readonly code = 'CONFIG_SYNTAX';

  constructor(reason: string, file: string, text: string, { line, column }: TextPosition) {
    const excerpt = excerptOf(text, { line, column });
    super(`${file}:${line}:${column}: ${reason}\n\n${excerpt}`, {
      file,
      line,
      column,
      excerpt,
      frames: [{ name: 'configuration', file, line, column, kind: 'main' }],
    });
  }
}
