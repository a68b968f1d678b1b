/** The recipients of a session, which scripts read and change (4/lua/ref-vctx-recipient-list). */
import { LuaRaise, LuaTable, type HostCall, type LuaValue } from '../lua';
import { PHASES } from '../server/reception/policy';
import type { RecipientList } from '../server/reception/recipients';
import type { ValidationContext } from '../server/reception/validation-context';
import { bareAddress } from './envelope-address';
import { requirePhase } from './phases';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { sessionOf } from './session-ties';
import { text } from './values';

const FINAL = 'the recipient list is final: it cannot be changed any more';

function recipientsOf(vctx: LuaValue, name: string): RecipientList {
  const session = sessionOf(vctx as ValidationContext);
  if (session) return session.recipients;
  throw new LuaRaise(`vctx:${name}: there is no SMTP session with a list of recipients`);
}

/** The list, to be changed. Raises when it is too late for that. */
function open(vctx: LuaValue, name: string): RecipientList {
  const recipients = recipientsOf(vctx, name);
  if (recipients.isFinal) throw new LuaRaise(`vctx:${name}: ${FINAL}`);
  return recipients;
}

/** One address, or those of a table by their indexes, from 0 or 1 on. */
function given(value: LuaValue, name: string): string[] {
  if (!(value instanceof LuaTable)) return [bareAddress(text(value))];
  const entries = [...value.entries()].sort(([a], [b]) => Number(a) - Number(b));
  return entries.map(([, address]) => {
    if (typeof address === 'string') return bareAddress(address);
    throw new LuaRaise(`bad argument #1 to '${name}' (a table of addresses expected)`);
  });
}

const change =
  (name: string, effect: (recipients: RecipientList, addresses: string[]) => void): ApiImplementation =>
  (_runtime, [vctx, addresses]) => {
    effect(open(vctx, name), given(addresses, name));
    return undefined;
  };

/** The documented example walks the list from 0 to `#list`. */
function listTable({ vm }: Runtime, recipients: RecipientList): LuaTable {
  const table = vm.newTable();
  [...recipients].forEach((address, i) => {
    table.set(i, address);
  });
  return table;
}

const LIST_RULE = {
  name: 'vctx:recipient_list',
  phases: PHASES.filter((phase) => phase !== 'rcptto'),
  doc: '4/lua/ref-vctx-recipient-list',
};

function recipientList(runtime: Runtime, [vctx, addresses]: LuaValue[], call: HostCall): LuaValue {
  requirePhase(runtime, LIST_RULE, call);
  if (addresses !== undefined) open(vctx, 'recipient_list').replace(given(addresses, 'recipient_list'));
  return listTable(runtime, recipientsOf(vctx, 'recipient_list'));
}

type CFunction = (recipients: RecipientList, args: LuaValue[]) => LuaValue | LuaValue[];

/** The list in its order, as C functions know it: positions from 0 on, -1 for none. */
const C_FUNCTIONS: Readonly<Record<string, CFunction>> = {
  add_rcpt: (recipients, [given, unique]) => {
    const address = bareAddress(text(given));
    if (Number(unique) !== 0 && [...recipients].includes(address)) return -1;
    recipients.add(address);
    return recipients.length - 1;
  },
  remove_rcpt: (recipients, [given]) => {
    const position = [...recipients].indexOf(bareAddress(text(given)));
    if (position !== -1) recipients.remove(bareAddress(text(given)));
    return position;
  },
  remove_all_rcpts: (recipients) => {
    recipients.replace([]);
    return 1;
  },
};

const changing =
  (name: string, body: CFunction): ApiImplementation =>
  (_runtime, [vctx, ...args]) =>
    body(open(vctx, name), args);

const reading =
  (name: string, body: CFunction): ApiImplementation =>
  (_runtime, [vctx, ...args]) =>
    body(recipientsOf(vctx, name), args);

const cFunctions: readonly [string, ApiImplementation][] = [
  ...Object.entries(C_FUNCTIONS).map(([name, body]): [string, ApiImplementation] => [
    name,
    changing(name, body),
  ]),
  ['can_modify_rcpts', reading('can_modify_rcpts', ({ isFinal }) => (isFinal ? 0 : 1))],
  [
    'iterate_rcpt',
    reading('iterate_rcpt', (recipients, [position]) => {
      const next = Number(position) + 1;
      return [next < recipients.length ? next : -1, recipients.at(Number(position))];
    }),
  ],
];

/** 4/lua/ref-vctx-add-recipient and its neighbours, 3/3-api/apis-validate-context-add-rcpt and its neighbours */
export const recipientLists: ApiTable = {
  ...Object.fromEntries(
    cFunctions.flatMap(([name, implementation]) => [
      [`vctx:${name}`, implementation],
      [`msys.core.validate_context_${name}`, implementation],
    ]),
  ),
  'vctx:add_recipient': change('add_recipient', (recipients, addresses) => {
    for (const address of addresses) recipients.add(address);
  }),
  'vctx:remove_recipient': change('remove_recipient', (recipients, addresses) => {
    for (const address of addresses) recipients.remove(address);
  }),
  'vctx:recipient_list': recipientList,
};
