/** Commands of the product that are known and not simulated: they say so, rather than be unknown. */
import names from './unsimulated-commands.json';
import type { BuiltinCommand } from './command';

const NAMES: Readonly<Record<string, string>> = names;

/** Each answers FAILED. */
export const unsimulatedCommands: readonly BuiltinCommand[] = Object.entries(NAMES).map(([name, doc]) => ({
  name: name.replace(':instance', ''),
  hasInstance: name.includes(':instance'),
  summary: 'not simulated',
  doc,
  run: ({ line }) => ({
    text: `'${line}' is a command of Momentum and is not simulated. See ${doc} in the product's documentation.\n`,
    status: 'FAILED',
  }),
}));
