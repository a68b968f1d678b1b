import { UsageError } from '../support/errors';
import { byteString } from './bytes';

/** Environment variables by name. */
export type EnvironmentOption = Readonly<Record<string, string>>;

/** The variables as byte strings. Throws UsageError for what no environment holds. */
export function readEnvironmentOption(env: unknown): [name: string, value: string][] {
  if (typeof env !== 'object' || env === null || Array.isArray(env))
    throw new UsageError('option env: an object { NAME: text } expected');
  return Object.entries(env).map(([name, value]: [string, unknown]) => {
    if (name === '' || /[=\0]/.test(name))
      throw new UsageError(`option env: '${name}' is no name of a variable`);
    if (typeof value !== 'string' || value.includes('\0'))
      throw new UsageError(`option env, ${name}: text expected`);
    return [byteString(name), byteString(value)];
  });
}
