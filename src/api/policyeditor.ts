import type { HostCall, HostResult, LuaTable, LuaValue } from '../lua';
import { LuaRaise, toDisplay } from '../lua';
import { match } from '../lua/packages/pcre/operations';
import { rfc2822Date } from '../mail/date';
import type { ServerState } from '../server/server';
import { contextText } from './context-dictionary';
import { bareAddress } from './envelope-address';
import { chooseBinding, chooseFromGroup } from './message-binding';
import { contentOf } from './message-content';
import { readEnvelope } from './message-inject';
import { EditorCall } from './policyeditor-parameters';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { traps } from './snmp-trap';

type EditorFunction = (
  editor: EditorCall,
  runtime: Runtime,
  call: HostCall,
) => HostResult | Promise<HostResult>;

/** When something was last done, in seconds, by server and by what it was. */
const throttled = new WeakMap<ServerState, Map<string, number>>();

/** Whether a parameter `throttle` forbids to do the same thing again so soon; otherwise it is noted as done. */
function isThrottled(editor: EditorCall, { server }: Runtime, what: string): boolean {
  const interval = Number(editor.value('throttle') ?? 0);
  let times = throttled.get(server);
  if (!times) throttled.set(server, (times = new Map<string, number>()));
  const key = `${editor.name} ${what}`;
  const last = times.get(key);
  const now = server.clock.seconds();
  if (interval > 0 && last !== undefined && now - last < interval) return true;
  times.set(key, now);
  return false;
}

/** One of several names that commas separate, at random. */
function anyOf({ server }: Runtime, list: string): string {
  const names = list.split(',').map((name) => name.trim());
  return names.length === 1 ? names[0]! : names[server.random.integer(0, names.length - 1)]!;
}

const context =
  (kind: 'connection' | 'message', isSet: boolean): EditorFunction =>
  (editor) => {
    const dictionary = (editor.vctx ?? editor.message.context)[kind];
    const key = editor.required('key');
    if (isSet) dictionary.set(key, contextText(editor.value('value'), editor.name, 3));
    return dictionary.get(key);
  };

const peer =
  (end: 'receivedFrom' | 'receivedVia'): EditorFunction =>
  ({ message }) =>
    message.origin[end]?.toString();

/** Variables are set to the subject and to what the pattern captured, with a dollar sign before their names. */
const pcreMatch: EditorFunction = (editor) => {
  const subject = editor.required('subject');
  const found = match(subject, editor.required('pattern'));
  if (!found) return false;
  if ('offset' in found) throw new LuaRaise(`msys.policyeditor.pcre_match: ${found.message}`);
  editor.variables.set('$0', subject);
  found.groups.slice(1).forEach((group, i) => {
    editor.variables.set(`$${i + 1}`, group);
  });
  for (const [name, group] of found.names) editor.variables.set(`$${name}`, group);
  return true;
};

/** A plain message without MIME. */
const sendEmail: EditorFunction = async (editor, runtime) => {
  const { server } = runtime;
  const envelope = readEnvelope(editor.required('from'), bareAddress(editor.required('to')), editor.name);
  const subject = editor.required('subject');
  if (isThrottled(editor, runtime, `${envelope.to.join()} ${subject}`)) return undefined;
  const lines = [
    `From: ${envelope.from}`,
    `To: ${envelope.to.join(', ')}`,
    `Subject: ${subject.replace(/[\r\n]+/g, ' ')}`,
    `Date: ${rfc2822Date(server.clock.now())}`,
    '',
    editor.required('body').replace(/\r\n?|\n/g, '\r\n'),
  ];
  await server.reception.submit({ ...envelope, raw: Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1') });
  return undefined;
};

/** Parameters of `msys.snmpTrap` by those of the policy editor. */
const TRAP_KEYS = {
  type: 'type',
  payload: 'payload',
  address: 'address',
  port: 'port',
  community: 'community',
  mib: 'mib',
  'trapvar.mib': 'trapvarmib',
} as const;

const sendTrap: EditorFunction = (editor, runtime, call) => {
  const what = `${editor.optional('address') ?? ''} ${editor.optional('mib') ?? ''}`;
  if (isThrottled(editor, runtime, what)) return undefined;
  const table = runtime.vm.newTable();
  for (const [to, from] of Object.entries(TRAP_KEYS)) table.set(to, editor.value(from));
  return traps['msys.snmpTrap']!(runtime, [table], call);
};

/** `msys.policyeditor.<name>(ctx, vars, params)`; each has a page 3/3-reference/lua-ref-msys-policyeditor-*. */
const FUNCTIONS: Readonly<Record<string, EditorFunction>> = {
  del_header: (editor) => {
    const name = editor.required('header');
    return contentOf(editor.message).headers.remove(name) > 0 ? name : undefined;
  },
  get_header: (editor) => contentOf(editor.message).headers.get(editor.required('header'))[0],
  get_mailfrom: ({ message }) => message.from,
  get_rcptto: ({ message }) => message.to,
  get_mess_recv_from: peer('receivedFrom'),
  get_mess_recv_via: peer('receivedVia'),
  get_variable: (editor) => editor.variables.index(editor.required('name')),
  set_variable: (editor) => {
    editor.variables.set(editor.required('name'), editor.value('value'));
    return editor.value('value');
  },
  pcre_match: pcreMatch,
  send_email: sendEmail,
  send_trap: sendTrap,
  set_binding: (editor, runtime) => {
    const name = toDisplay(anyOf(runtime, editor.required('binding')));
    return chooseBinding(runtime, editor.message, name) !== undefined;
  },
  set_binding_group: async (editor, runtime) => {
    const group = toDisplay(anyOf(runtime, editor.required('binding_group')));
    return (await chooseFromGroup(runtime, editor.message, group)) === group;
  },
  vctx_conn_get: context('connection', false),
  vctx_conn_set: context('connection', true),
  vctx_mess_get: context('message', false),
  vctx_mess_set: context('message', true),
};

const editing =
  (name: string, body: EditorFunction): ApiImplementation =>
  (runtime, [ctx, variables, parameters]: LuaValue[], call) =>
    body(new EditorCall(name, ctx as LuaTable, variables as LuaTable, parameters as LuaTable), runtime, call);

export const policyEditor: ApiTable = Object.fromEntries(
  Object.entries(FUNCTIONS).map(([name, body]) => [`msys.policyeditor.${name}`, editing(name, body)]),
);
