/** `msg:header` and `msgpart:header`: what they have in common. */
import { LuaTable, type HostCall, type LuaValue, type LuaVM } from '../lua';
import { HeaderError } from '../mail/header-error';
import type { HeaderMode, Headers } from '../mail/headers';
import { misuse } from './misuse';
import type { Runtime } from './runtime';
import { text } from './values';

const MODES: readonly HeaderMode[] = ['replace', 'append', 'prepend'];

export interface HeaderChange {
  readonly name: string;
  /** Undefined removes all headers of the name. */
  readonly values: readonly string[] | undefined;
  readonly mode: HeaderMode;
}

/** An array of values, from 1. */
export function listTable(vm: LuaVM, values: readonly LuaValue[]): LuaTable {
  const table = vm.newTable();
  values.forEach((value, i) => {
    table.set(i + 1, value);
  });
  return table;
}

/** The values of all headers of a name, unfolded and decoded; an empty table when there are none. */
export function readHeader({ vm }: Runtime, headers: Headers, name: LuaValue): LuaTable {
  return listTable(vm, headers.get(text(name)));
}

/** What `(name, value, mode)` ask for. Raises for values and modes that there are not. */
export function headerChange(
  runtime: Runtime,
  [name, value, mode]: readonly LuaValue[],
  call: HostCall,
): HeaderChange {
  const wanted = mode === undefined ? 'replace' : MODES.find((known) => known === text(mode));
  if (!wanted)
    misuse(
      runtime,
      'BAD_ARGUMENT',
      `bad argument #3 to 'header' (the mode is replace, append or prepend, not '${text(mode)}'). See 4/lua/ref-header.`,
      call,
    );
  return { name: text(name), values: headerValues(runtime, value, call), mode: wanted };
}

function headerValues(runtime: Runtime, value: LuaValue, call: HostCall): string[] | undefined {
  if (value === undefined || value === '') return undefined;
  if (!(value instanceof LuaTable)) return [text(value)];
  const entries = [...value.entries()];
  const values = entries.map((_, i) => value.get(i + 1));
  const isList = values.every((item) => typeof item === 'string' || typeof item === 'number');
  if (isList) return values.map(text);
  return misuse(
    runtime,
    'BAD_ARGUMENT',
    "bad argument #2 to 'header' (a table of values is an array of strings). See 4/lua/ref-header.",
    call,
  );
}

/** Answers whether there is a change: a removal finds the header or does not. */
export function changeHeader(
  runtime: Runtime,
  headers: Headers,
  { name, values, mode }: HeaderChange,
  call: HostCall,
): boolean {
  try {
    if (!values) return headers.remove(name) > 0;
    headers.set(name, values, mode);
    return true;
  } catch (error) {
    if (!(error instanceof HeaderError)) throw error;
    return misuse(runtime, 'BAD_ARGUMENT', `header: ${error.message}. See 4/lua/ref-header.`, call);
  }
}
