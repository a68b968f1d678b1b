/** `message retry` and `message fail`. */
import type { QueuedMessage } from '../../queues';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { expectWords } from './filters';
import { texts } from './layout';
import { notFound } from './message-not-found';

type Operation = (call: CommandCall, id: string) => Promise<QueuedMessage | undefined>;

async function onMessage(call: CommandCall, operation: Operation, done: string): Promise<CommandAnswer> {
  expectWords(call.args, 1);
  const [id] = texts(call.args);
  const message = await operation(call, id!);
  return message ? { text: `${done}\n`, data: { id: message.id } } : notFound(call.server, id!);
}

const failing = (name: string, summary: string, quiet: boolean): BuiltinCommand => ({
  name,
  usage: 'message_id',
  summary,
  doc: `4/console-commands/${name.replaceAll(' ', '-')}`,
  run: (call) =>
    onMessage(
      call,
      ({ server }, id) => server.delivery.operations.failMessage(id, { quiet }),
      'Message failed',
    ),
});

export const messageCommands: readonly BuiltinCommand[] = [
  {
    name: 'message retry',
    usage: 'message_id',
    summary: 'perform an immediate delivery attempt on a message',
    doc: '4/console-commands/message-retry',
    run: (call) =>
      onMessage(
        call,
        ({ server }, id) => server.delivery.operations.retry(id),
        'Message requeued for delivery',
      ),
  },
  failing('message fail', 'fail a message', false),
  failing('message fail quiet', 'fail a message and do not create a non-delivery receipt', true),
];
