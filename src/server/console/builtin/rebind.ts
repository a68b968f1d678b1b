/** `rebind` (4/console-commands/rebind). */
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { ALL, bindingOf, expectWords, unlessAll } from './filters';
import { texts } from './layout';

/** Counts the messages whose binding is determined anew, whether it changes or not. */
async function rebind({ server, args }: CommandCall): Promise<CommandAnswer> {
  expectWords(args, 1, 2);
  const [name, domain] = texts(args) as [string, string | undefined];
  if (name !== ALL) bindingOf(server, name);
  const filter = { binding: unlessAll(name), domain };
  const { operations } = server.delivery;
  const { length } = operations.select(filter);
  const changed = await operations.rebind(filter);
  return {
    text: `Rebound ${length} messages.\n`,
    data: { messagesRebound: length, bindingsChanged: changed.length },
  };
}

export const rebindCommand: BuiltinCommand = {
  name: 'rebind',
  usage: 'binding_name | all [domain_name]',
  summary: 'rebind the messages in a binding or domain',
  doc: '4/console-commands/rebind',
  run: rebind,
};
