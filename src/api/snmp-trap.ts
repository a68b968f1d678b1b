import { isIPv4 } from 'node:net';
import { callerOf, LuaRaise, LuaTable, toDisplay, type HostCall, type LuaValue } from '../lua';
import type { SnmpTrap } from '../server/snmp-traps';
import type { ApiTable, Runtime } from './runtime';
import { text } from './values';

const KEYS = new Set(['type', 'payload', 'address', 'port', 'community', 'mib', 'trapvar.mib']);
/** Registered for traps. */
const PORT = 162;
const VARIABLE = '1.3.6.1.4.1.19552.1.4.1.0';

/** What a payload of each type is; undefined when it is not. */
const PAYLOADS: Readonly<Record<SnmpTrap['type'], (value: LuaValue) => string | number | undefined>> = {
  string: (value) => (typeof value === 'string' ? toDisplay(value) : undefined),
  counter: (value) => (typeof value === 'number' ? value : undefined),
  gauge: (value) => (typeof value === 'number' ? value : undefined),
  ip: (value) => (typeof value === 'string' && isIPv4(value) ? value : undefined),
};

function snmpTrap(runtime: Runtime, [given]: LuaValue[], call: HostCall): undefined {
  const table = given as LuaTable;
  const trap = read(runtime, table);
  if (typeof trap !== 'string') {
    runtime.server.facilities.snmpTraps.push(trap);
    return;
  }
  const message = `bad argument #1 to 'snmpTrap' (${trap})`;
  runtime.server.report('BAD_ARGUMENT', `${message}. See 4/lua/ref-msys-snmp-trap.`, callerOf(call.L));
  throw new LuaRaise(message);
}

/** The trap that a table describes, or what is wrong with it. */
function read({ server }: Runtime, table: LuaTable): SnmpTrap | string {
  const optional = (key: string) => {
    const value = table.get(key);
    return value === undefined ? undefined : toDisplay(text(value));
  };
  for (const [key] of table.entries())
    if (!KEYS.has(String(key))) return `there is no key '${toDisplay(String(key))}'`;
  const type = (optional('type') ?? '').toLowerCase();
  if (!Object.hasOwn(PAYLOADS, type)) return `type is none of ${Object.keys(PAYLOADS).join(', ')}`;
  const payload = PAYLOADS[type as SnmpTrap['type']](table.get('payload'));
  if (payload === undefined) return `payload does not fit the type ${type}`;
  const address = optional('address');
  if (address !== undefined && !isIPv4(address)) return `address '${address}' is no IPv4 address`;
  const port = Number(table.get('port') ?? PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65535) return `port ${port} is no port`;
  return {
    type: type as SnmpTrap['type'],
    payload,
    address,
    port,
    community: optional('community') ?? 'public',
    mib: optional('mib'),
    variable: optional('trapvar.mib') ?? VARIABLE,
    at: server.clock.now(),
  };
}

/** `msys.snmpTrap` (4/lua/ref-msys-snmp-trap): kept on the server, nothing is sent. */
export const traps: ApiTable = { 'msys.snmpTrap': snmpTrap };
