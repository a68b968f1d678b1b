/** `flush domain` and `binding flush domain`: delayed messages are due now. */
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { ALL, bindingOf, expectWords, unlessAll } from './filters';
import { texts } from './layout';

async function flush({ server }: CommandCall, domain: string, binding?: string): Promise<CommandAnswer> {
  const messages = await server.delivery.operations.flush({ domain: unlessAll(domain), binding });
  const subject = domain === ALL ? 'All domains' : domain;
  return {
    text: `${subject} flushed.  ${messages.length} messages requeued.\n`,
    data: { messagesRequeued: messages.length },
  };
}

export const flushCommands: readonly BuiltinCommand[] = [
  {
    name: 'flush domain',
    usage: 'domain_name | all',
    summary: 'perform delivery attempt on delayed queue of a domain',
    doc: '4/console-commands/flush-domain',
    run(call) {
      expectWords(call.args, 1);
      const [domain] = texts(call.args);
      return flush(call, domain!);
    },
  },
  {
    name: 'binding flush domain',
    usage: 'binding_name domain_name | all',
    summary: 'perform delivery attempt on delayed queue of a domain on a binding',
    doc: '4/console-commands/binding-flush-domain',
    run(call) {
      expectWords(call.args, 2);
      const [binding, domain] = texts(call.args);
      return flush(call, domain!, bindingOf(call.server, binding!));
    },
  },
];
