import { displayed } from '../../dns/names';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';

/**
 * The commands of a module. They are there without a stanza, since the product loads many modules as required; a
 * configuration that has one and disables it has no such commands.
 */
export function commandsOfModule(module: string, commands: readonly BuiltinCommand[]): BuiltinCommand[] {
  return commands.map((command) => ({
    ...command,
    run: (call) => (isDisabled(module, call) ? unknown(module, call) : command.run(call)),
  }));
}

const isDisabled = (module: string, { host }: CommandCall) =>
  host.modules.some(({ scope, enabled }) => scope === module && !enabled);

const unknown = (module: string, { line }: CommandCall): CommandAnswer => ({
  text: `Unknown command: ${displayed(line)}\nThe configuration disables the module ${module}.\n`,
  status: 'FAILED',
});
