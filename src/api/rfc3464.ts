import { LuaRaise, type LuaTable, type LuaValue } from '../lua';
import type { DsnAction } from '../server/delivery/dsn-action';
import { readReport, type ReceivedReport } from '../server/delivery/received-report';
import { fieldLines, responseFields, type ReportFields } from '../server/delivery/report-fields';
import { Dictionary } from '../server/http/dictionary';
import { Message } from '../server/messages/message';
import { coreConstant } from './constants';
import { bindMessage } from './delivery-objects';
import { bindDictionary } from './dictionary';
import type { ApiTable, Runtime } from './runtime';
import { text } from './values';

const ACTIONS: readonly DsnAction[] = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'];

function actionOf(runtime: Runtime, value: LuaValue, name: string): DsnAction {
  const action = ACTIONS.find((one) => coreConstant(runtime, one.toUpperCase()) === value);
  if (action) return action;
  const known = ACTIONS.map((one) => `msys.core.${one.toUpperCase()}`).join(', ');
  throw new LuaRaise(`bad argument #2 to '${name}' (one of ${known} expected)`);
}

function tableOf({ vm }: Runtime, fields: Iterable<readonly [string, string]>): LuaTable {
  const table = vm.newTable();
  for (const [name, value] of fields) table.set(name, value);
  return table;
}

const fieldsOf = ({ server }: Runtime, message: Message, action: DsnAction): readonly ReportFields[] =>
  server.delivery.engine.reports.fields(message, action);

/** The fields of a message and an action; of a text, what it tells by itself. */
function statusText(runtime: Runtime, [subject, action]: LuaValue[]): LuaValue {
  const name = 'compute_delivery_status_string';
  if (!(subject instanceof Message)) return fieldLines(responseFields(text(subject)));
  return fieldsOf(runtime, subject, actionOf(runtime, action, name))
    .map(fieldLines)
    .join('\r\n');
}

async function create(runtime: Runtime, args: LuaValue[], name: string): Promise<Message | undefined> {
  const [message, action] = args;
  const { reports } = runtime.server.delivery.engine;
  return reports.make(message as Message, actionOf(runtime, action, name));
}

async function send(runtime: Runtime, args: LuaValue[], name: string): Promise<boolean> {
  const report = await create(runtime, args, name);
  const queued = report && (await runtime.server.delivery.engine.reports.submit(report));
  return queued !== undefined;
}

function extract(message: LuaValue): ReceivedReport | undefined {
  const { content } = message as Message;
  return content && readReport(content);
}

/** Reports about messages (4/lua/ref-msys-rfc-3464-compute-delivery-status and the following pages). */
export const rfc3464: ApiTable = {
  'msys.rfc3464.compute_delivery_status': (runtime, [message, action]) => {
    const name = 'compute_delivery_status';
    return tableOf(runtime, fieldsOf(runtime, message as Message, actionOf(runtime, action, name)).flat());
  },
  'msys.rfc3464.compute_delivery_status_string': statusText,
  'msys.rfc3464.extract_delivery_status': (runtime, [message]) => {
    const report = extract(message);
    return report && tableOf(runtime, report);
  },
  'msys.rfc3464.create_mdn': async (runtime, args) => {
    const report = await create(runtime, args, 'create_mdn');
    return report && bindMessage(runtime, report);
  },
  'msys.rfc3464.send_mdn': async (runtime, args) => ((await send(runtime, args, 'send_mdn')) ? 1 : 0),

  'msys.core.ec_generate_rfc3464_message': async (runtime, args) => {
    const report = await create(runtime, args, 'ec_generate_rfc3464_message');
    return report && bindMessage(runtime, report);
  },
  'msys.core.ec_generate_rfc3464_notification': async (runtime, args) => {
    await send(runtime, args, 'ec_generate_rfc3464_notification');
    return undefined;
  },
  'msys.core.ec_parse_rfc3464_delivery_status': (runtime, [message]) => {
    const report = extract(message);
    return report ? [1, bindDictionary(runtime, new Dictionary(report))] : [0, undefined];
  },
};
