/** 5.1's io library. Files, processes and what becomes of output are the host's. */
import { callerOf } from '../vm/stack';
import { NO_FILES } from '../system';
import { cString } from '../syntax/source';
import { stringValue, T, TValue, type LuaState, type Table } from '../vm/fengari';
import { toText } from '../vm/operations';
import { rawSet } from '../vm/tables';
import {
  argAt,
  argCount,
  badArgument,
  checkAny,
  checkString,
  libraryError,
  optString,
  pushBoolean,
  pushNil,
  pushText,
  pushValue,
  vmOf,
  type Library,
} from './args';
import {
  checkStream,
  closeHandle,
  handles,
  newHandle,
  pipe,
  pushLines,
  readFormats,
  standardFiles,
  writeArguments,
} from './file-handle';
import { notSimulated } from './not-simulated';
import { parseMode } from './open-mode';
import { perVM } from './per-vm';
import type { Stream } from './stream';
import { attempt, pushFailure, systemError } from './system-errors';

/** The files that `io.read` and `io.write` use. */
const defaults = perVM((L) => ({ input: standardFiles(L).stdin, output: standardFiles(L).stdout }));

function defaultStream(L: LuaState, which: 'input' | 'output'): Stream {
  const { stream } = handles.dataOf(L, defaults(L)[which])!;
  return stream ?? libraryError(L, `standard ${which} file is closed`);
}

export const filesOf = (L: LuaState) => vmOf(L).options.files ?? NO_FILES;

function openFile(L: LuaState, name: string, modeText: string): TValue {
  const mode = parseMode(cString(modeText));
  if (!mode) throw systemError('EINVAL');
  return newHandle(L, filesOf(L).open(cString(name), mode), mode);
}

function open(L: LuaState): number {
  const name = checkString(L, 1);
  const mode = optString(L, 2) ?? 'r';
  return attempt(
    L,
    () => pushValue(L, openFile(L, name, mode)),
    (error) => pushFailure(L, error, cString(name)),
  );
}

/** Opens the file that argument 1 names; a failure is that argument's. */
function openArgument(L: LuaState, name: string, mode: string): TValue {
  let file: TValue;
  attempt(
    L,
    () => ((file = openFile(L, name, mode)), 0),
    ({ text }) => badArgument(L, 1, `${cString(name)}: ${text}`),
  );
  return file!;
}

/** `io.input` and `io.output`: the default file, after it was set to the argument when there is one. */
function defaultFile(which: 'input' | 'output', mode: string) {
  return (L: LuaState): number => {
    const given = argAt(L, 1);
    const name = toText(given);
    if (name !== undefined) defaults(L)[which] = openArgument(L, name, mode);
    else if (given.type !== T.nil) {
      checkStream(L, 1);
      defaults(L)[which] = new TValue(given.type, given.value);
    }
    return pushValue(L, defaults(L)[which]);
  };
}

function close(L: LuaState): number {
  const handle = argCount(L) === 0 ? handles.dataOf(L, defaults(L).output)! : handles.check(L, 1);
  if (!handle.stream) libraryError(L, 'attempt to use a closed file');
  return closeHandle(L, handle);
}

function lines(L: LuaState): number {
  if (argCount(L) === 0) {
    const handle = handles.dataOf(L, defaults(L).input)!;
    if (!handle.stream) libraryError(L, 'attempt to use a closed file');
    return pushLines(L, handle, false);
  }
  if (argAt(L, 1).type === T.nil) checkStream(L, 1);
  const file = openArgument(L, checkString(L, 1), 'r');
  return pushLines(L, handles.dataOf(L, file)!, true);
}

const refusePopen = notSimulated('io.popen');

function popen(L: LuaState): number {
  const command = cString(checkString(L, 1));
  const mode = cString(optString(L, 2) ?? 'r');
  const { processes } = vmOf(L).options;
  if (!processes) return refusePopen(L);
  return attempt(
    L,
    () => {
      if (!/^(?:r|w)e?$/.test(mode)) throw systemError('EINVAL');
      const { stdout, input } = processes.run(command, 'io.popen', () => callerOf(L));
      const reads = mode.startsWith('r');
      const file = reads ? pipe({ source: stdout }) : pipe({ sink: input });
      return pushValue(L, newHandle(L, file, { read: reads, write: !reads }));
    },
    (error) => pushFailure(L, error, command),
  );
}

function tmpfile(L: LuaState): number {
  return attempt(
    L,
    () => pushValue(L, newHandle(L, filesOf(L).temporaryFile(), { read: true, write: true })),
    (error) => pushFailure(L, error),
  );
}

/** `file`, `closed file`, or nil for anything that is none. */
function type(L: LuaState): number {
  const handle = handles.dataOf(L, checkAny(L, 1));
  if (!handle) return pushNil(L);
  return pushText(L, handle.stream ? 'file' : 'closed file');
}

export const io: Library = {
  close,
  flush(L) {
    defaultStream(L, 'output');
    return pushBoolean(L, true);
  },
  input: defaultFile('input', 'r'),
  lines,
  open,
  output: defaultFile('output', 'w'),
  popen,
  read: (L) => readFormats(L, defaultStream(L, 'input'), 1),
  tmpfile,
  type,
  write: (L) => writeArguments(L, defaultStream(L, 'output'), 1),
};

/** Puts the standard files into the library's table. */
export function addStreams(L: LuaState, library: Table): void {
  for (const [name, file] of Object.entries(standardFiles(L))) rawSet(L, library, stringValue(name), file);
}
