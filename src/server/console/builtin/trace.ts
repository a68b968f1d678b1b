/** `trace smtp …` (4/console-commands/trace-smtp): outbound dialogues are written into files. */
import { checkedDomainKey } from '../../domain-name';
import { FileError } from '../../files/file-error';
import { ANY, openTraceFile } from '../../smtp-traces';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { CommandUsageError } from './dispatch';
import { asUsage, bindingOf, expectWords, wholeNumber } from './filters';
import { labelled, number, texts } from './layout';

const DOC = '4/console-commands/trace-smtp';

function add({ server, host, args }: CommandCall): CommandAnswer {
  expectWords(args, 3);
  const [binding, name] = texts(args) as [string, string];
  if (binding !== ANY) bindingOf(server, binding);
  const domain = name === ANY ? name : asUsage(() => checkedDomainKey(name, 'trace smtp'));
  const file = openFile(host.files.scripts, args[2]!);
  const trace = server.smtpTraces.add({ binding, domain, file: texts(args)[2]! }, file);
  return { text: `Registered smtp tracer #${trace.id}\n`, data: { id: trace.id } };
}

function openFile(files: Parameters<typeof openTraceFile>[0], name: string) {
  try {
    return openTraceFile(files, name);
  } catch (error) {
    throw error instanceof FileError ? new CommandUsageError(`Unable to open: ${error.message}`) : error;
  }
}

function list({ server, args }: CommandCall): CommandAnswer {
  expectWords(args, 0);
  const traces = [...server.smtpTraces];
  const text = traces.map(({ id, binding, domain, file, size }) =>
    labelled(17, [
      [`[${number(id, 6)}]  binding`, binding],
      ['domain', domain],
      ['file', `${file} @ ${size}`],
    ]),
  );
  return { text: text.join(''), data: { traces } };
}

function remove({ server, args }: CommandCall): CommandAnswer {
  expectWords(args, 1);
  const id = wholeNumber(texts(args)[0]!, 'tracer_id', 1);
  if (!server.smtpTraces.remove(id)) return { text: `No smtp tracer #${id}\n`, status: 'FAILED' };
  return { text: `Removed smtp tracer #${id}\n`, data: { id } };
}

export const traceCommands: readonly BuiltinCommand[] = [
  {
    name: 'trace smtp add',
    usage: 'binding_name|* domain_name|* file_name',
    summary: 'add an SMTP trace',
    doc: DOC,
    run: add,
  },
  { name: 'trace smtp list', summary: 'list SMTP traces', doc: DOC, run: list },
  {
    name: 'trace smtp remove',
    usage: 'tracer_id',
    summary: 'remove an SMTP trace',
    doc: DOC,
    run: remove,
  },
];
