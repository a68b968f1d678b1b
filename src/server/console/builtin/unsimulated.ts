/** Commands of the product that are known and not simulated: they say so, rather than be unknown. */
import names from './unsimulated-commands.json';
import type { BuiltinCommand } from './command';

const NAMES: Readonly<Record<string, string>> = names;

/** Documented, and gone with this version. */
const REMOVED: Readonly<Record<string, string>> = { 'tls rekey': '5.3' };

function textOf(name: string, line: string, doc: string): string {
  const version = REMOVED[name];
  return version === undefined
    ? `'${line}' is a command of Momentum and is not simulated. See ${doc} in the product's documentation.\n`
    : `Unknown command: ${line}\nMomentum ${version} removed it: see ${doc} in the product's documentation.\n`;
}

/** Each answers FAILED. */
export const unsimulatedCommands: readonly BuiltinCommand[] = Object.entries(NAMES).map(([name, doc]) => ({
  name: name.replace(':instance', ''),
  hasInstance: name.includes(':instance'),
  summary: name in REMOVED ? 'no longer there' : 'not simulated',
  doc,
  run: ({ line }) => ({ text: textOf(name, line, doc), status: 'FAILED' }),
}));
