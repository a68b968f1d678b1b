import { catalogue } from '../catalogue';
import {
  callerOf,
  callerPlace,
  LuaFunction,
  LuaRaise,
  LuaTable,
  toDisplay,
  type HostCall,
  type LuaValue,
} from '../lua';
import { BUILTIN_COMMANDS } from '../server/console/builtin';
import { CommandPrefixError } from '../server/console/commands';
import { contextOf, type ApiTable, type Runtime } from './runtime';
import { text } from './values';

function registerControl(runtime: Runtime, [prefix, command]: LuaValue[], call: HostCall): LuaValue {
  const words = text(prefix).split(' ');
  const builtin = BUILTIN_COMMANDS.find(words);
  if (builtin?.name.split(' ').length === words.length) {
    const message = `the console command '${toDisplay(text(prefix))}' hides one of the product's own (${builtin.doc}).`;
    runtime.server.report('SHADOWED_COMMAND', message, callerOf(call.L));
  }
  try {
    runtime.registrations.commands.register(
      toDisplay(text(prefix)),
      command as LuaFunction,
      callerPlace(call.L),
    );
  } catch (error) {
    if (error instanceof CommandPrefixError) throw new LuaRaise(error.message);
    throw error;
  }
  runtime.vm.retain(command as LuaFunction);
  return undefined;
}

function registerModule(runtime: Runtime, [given, table]: LuaValue[], call: HostCall): LuaValue {
  const name = toDisplay(text(given));
  const keys: string[] = [];
  for (const [key, value] of (table as LuaTable).entries())
    if (typeof key === 'string' && value instanceof LuaFunction) keys.push(key);
  const callouts = keys.filter((key) => catalogue.callout(key));
  if (callouts.length === 0) noUsableCallout(runtime, name, keys, call);
  else warnOfNearMisses(runtime, name, keys, call);
  runtime.vm.retain(table as LuaTable);
  runtime.registrations.modules.push({
    name,
    table: table as LuaTable,
    callouts,
    script: contextOf(call)?.script,
  });
  return undefined;
}

/** Production writes one line into the paniclog and never calls the module. */
function noUsableCallout(runtime: Runtime, name: string, keys: readonly string[], call: HostCall): void {
  const { server } = runtime;
  server.logs.panic('scriptlet', `no usable methods found for module ${name} in registerModule call`);
  const near = keys
    .map((key) => [key, catalogue.nearestCallout(key)])
    .filter(([, nearest]) => nearest)
    .map(([key, nearest]) => `'${key}' (did you mean '${nearest}'?)`);
  const found =
    keys.length > 0 ? `its functions are ${keys.map((key) => `'${key}'`).join(', ')}` : 'it has no function';
  const message = `no usable methods found for module ${name}: ${near.length > 0 ? `${near.join(', ')} is no callout or hook` : `${found}, and none is a callout or hook of Momentum`}. In production the module is never called, and only the paniclog says so.`;
  if (server.report('NO_USABLE_CALLOUT', message, callerOf(call.L))) throw new LuaRaise(message);
}

/** A key that is almost a callout, beside real ones: probably a typing mistake. */
function warnOfNearMisses(runtime: Runtime, name: string, keys: readonly string[], call: HostCall): void {
  for (const key of keys) {
    if (catalogue.callout(key)) continue;
    const nearest = catalogue.nearestCallout(key);
    const looksLikeOne = nearest ?? (/^(core|validate|config)_/.test(key) ? '' : undefined);
    if (looksLikeOne === undefined) continue;
    const hint = nearest ? `; did you mean '${nearest}'?` : '.';
    runtime.server.report(
      'UNKNOWN_CALLOUT',
      `'${key}' of module ${name} is no callout or hook that Momentum documents${hint} Production never calls it.`,
      callerOf(call.L),
    );
  }
}

/** `msys.registerModule` (4/lua/ref-msys-register-module), `msys.registerControl` (4/lua/ref-msys-register-control). */
export const registration: ApiTable = {
  'msys.registerModule': registerModule,
  'msys.registerControl': registerControl,
};
