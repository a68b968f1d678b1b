/** Ties an implementation to its catalogue entry: arguments checked, calls recorded, test doubles first. */
import { checkArguments, classKey, type ApiEntry, type ArgumentKind } from '../catalogue';
import {
  callerOf,
  callerPlace,
  LuaFunction,
  LuaRaise,
  LuaTable,
  LuaThread,
  LuaUserdata,
  stringToNumber,
  toDisplay,
  type HostCall,
  type HostImplementation,
  type HostResult,
  type LuaValue,
  type LuaVM,
} from '../lua';
import type { RecordedCall } from '../server/journal';
import { MomentumCrash, NotSimulated } from '../support/errors';
import { callTest, toTest } from './convert';
import { requirePhaseOf } from './phases';
import { viewOf } from './views';
import { contextOf, type ApiImplementation, type Runtime } from './runtime';

/** The host function for a catalogue entry; without an implementation, calling it is NotSimulated. */
export function bind(
  runtime: Runtime,
  entry: ApiEntry,
  implementation: ApiImplementation | undefined,
): HostImplementation {
  return (args, call) => {
    const fake = runtime.fakes.get(entry.name);
    if (!fake && !implementation) return notSimulated(runtime, entry, call);
    if (!fake) {
      check(runtime, entry, args, call);
      requirePhaseOf(runtime, entry, call);
    }
    const record = recordCall(runtime, entry.name, args, call);
    try {
      const result = fake
        ? callTest(runtime.vm, fake, args, (arg) => viewOf(runtime.server, arg))
        : implementation!(runtime, args, call);
      if (!(result instanceof Promise)) return settle(runtime, entry, record, result);
      return result.then(
        (value: HostResult) => settle(runtime, entry, record, value),
        (error: unknown) => {
          record.error = messageOf(error);
          throw error;
        },
      );
    } catch (error) {
      record.error = messageOf(error);
      throw error;
    }
  };
}

/** Notes the result; a function that is documented to return something returns nil rather than nothing. */
function settle(runtime: Runtime, entry: ApiEntry, record: RecordedCall, result: HostResult): HostResult {
  record.result = plainResult(runtime.vm, result);
  return result === undefined && entry.returns.length > 0 ? [undefined] : result;
}

function recordCall(runtime: Runtime, name: string, args: LuaValue[], call: HostCall): RecordedCall {
  return runtime.server.journal.record({
    name,
    args: args.map((arg) => toTest(runtime.vm, arg)),
    phase: contextOf(call)?.phase,
    at: callerPlace(call.L),
    time: runtime.server.clock.now(),
  });
}

function plainResult(vm: LuaVM, result: HostResult): unknown {
  if (!Array.isArray(result)) return toTest(vm, result);
  const values = (result as readonly LuaValue[]).map((value) => toTest(vm, value));
  return values.length > 1 ? values : values[0];
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function kindOf(vm: LuaVM, value: LuaValue): ArgumentKind {
  switch (typeof value) {
    case 'undefined':
      return { kind: 'nil' };
    case 'string':
      return { kind: 'string', numeric: stringToNumber(value) !== undefined };
    case 'boolean':
    case 'number':
      return { kind: typeof value as 'boolean' | 'number' };
    default:
      if (value instanceof LuaTable) return { kind: 'table' };
      if (value instanceof LuaFunction) return { kind: 'function' };
      if (value instanceof LuaThread) return { kind: 'thread' };
      if (value instanceof LuaUserdata) return { kind: 'userdata' };
      return { kind: 'userdata', className: vm.classOf(value) };
  }
}

function check(runtime: Runtime, entry: ApiEntry, args: LuaValue[], call: HostCall): void {
  const kinds = args.map((arg) => kindOf(runtime.vm, arg));
  if (entry.kind === 'method') checkReceiver(runtime, entry, kinds.shift(), call);
  const problem = checkArguments(entry, kinds);
  if (!problem || problem.extra) return;
  const { index, expected, actual } = problem;
  const isNil = actual === 'nil' || actual === 'no value';
  const text = `bad argument #${index} to '${entry.member}' (${expected} expected, got ${actual})`;
  refuse(runtime, entry, call, text, isNil && 'an unexpected nil can take the whole server down.');
}

/** A method called with a dot gets its first argument as the receiver. */
function checkReceiver(
  runtime: Runtime,
  entry: ApiEntry,
  receiver: ArgumentKind | undefined,
  call: HostCall,
): void {
  const className = receiver?.className;
  if (className !== undefined && classKey(className) === classKey(entry.receiver ?? '')) return;
  const actual = className ?? receiver?.kind ?? 'no value';
  const text = `calling '${entry.member}' on bad self (${entry.receiver} expected, got ${actual})`;
  refuse(runtime, entry, call, text, `write a colon before the name, as in ${entry.signature}.`);
}

function refuse(
  runtime: Runtime,
  entry: ApiEntry,
  call: HostCall,
  text: string,
  reason: string | false,
): never {
  const consequence = reason && `The product hands arguments on to C: ${reason}`;
  const parts = [`${text} in ${entry.signature}.`, consequence, entry.doc && `See ${entry.doc}.`];
  runtime.server.report('BAD_ARGUMENT', parts.filter(Boolean).join(' '), callerOf(call.L));
  throw new LuaRaise(text);
}

function notSimulated(runtime: Runtime, entry: ApiEntry, call: HostCall): never {
  const frames = callerOf(call.L);
  const text = `${entry.name} is part of Momentum's API and is not simulated. Give the test one of its own: mta.fake('${entry.name}', (...args) => result). Signature: ${entry.prototype ?? entry.signature}`;
  runtime.server.report('NOT_SIMULATED', text, frames);
  throw new NotSimulated(entry.name, text, frames);
}

/** Ends the server, as the product would end. */
export function crash(runtime: Runtime, code: 'ARGV_RANGE', message: string, call: HostCall): undefined {
  const frames = callerOf(call.L);
  if (runtime.server.report(code, message, frames)) throw new MomentumCrash(code, toDisplay(message), frames);
  return undefined;
}
