/** `config` and `write config` on the console; 4/console-commands/config, 4/console-commands/write-config. */
import { textOfBytes } from '../../bytes';
import { ACTIONS, unknownAction, withFiles, type ConfigAnswer } from '../../config/commands';
import { plainScope, printRecursively } from '../../config/print';
import { CommandUsageError } from './dispatch';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';

const DOC = '4/console-commands/config';

/** A command line is bytes; configurations are text. */
const textOf = (bytes: string) =>
  /[^\x00-\xff]/.test(bytes) ? bytes : textOfBytes(Buffer.from(bytes, 'latin1'));

const ended = (text: string) => (text === '' ? '' : `${text}\n`);

function commandAnswer({ ok, text, data }: ConfigAnswer): CommandAnswer {
  return { text: ended(text), data, status: ok ? 'COMPLETED' : 'FAILED' };
}

const actions = Object.entries(ACTIONS).map(([name, action]): BuiltinCommand => ({
  name: `config ${name}`,
  usage: action.usage,
  summary: action.summary,
  doc: DOC,
  async run({ args, line, host, session }) {
    const command = textOf(line);
    const text = command.replace(/^\s*\S+\s+\S+\s*/, '');
    const call = { manager: host.config, session, words: args.map(textOf), text, command };
    return commandAnswer(await action.run(call));
  },
}));

async function writeConfig({ args, line, host }: CommandCall): Promise<CommandAnswer> {
  const [file, ...more] = args.map(textOf);
  if (more.length > 0) throw new CommandUsageError('write config takes one file');
  if (file !== undefined) return commandAnswer(withFiles(await host.config.write(textOf(line), file)));
  const { root } = host.config.running;
  return { text: ended(printRecursively(root).join('\n')), data: plainScope(root) };
}

export const configCommands: readonly BuiltinCommand[] = [
  {
    name: 'config',
    usage: 'action …',
    summary: 'show and change the configuration',
    doc: DOC,
    run: ({ args }) => commandAnswer(unknownAction(textOf(args[0] ?? ''))),
  },
  ...actions,
  {
    name: 'write config',
    usage: '[file]',
    summary: 'show the running configuration, or write it to a file',
    doc: '4/console-commands/write-config',
    run: writeConfig,
  },
];
