/** The class of open files, `FILE*`, and what its methods share with the functions of io. */
import type { LuaFile } from '../system';
import { T, TValue, type LuaState } from '../vm/fengari';
import { toText } from '../vm/operations';
import { addressOf } from './conversions';
import {
  argAt,
  argCount,
  badArgument,
  checkOption,
  checkString,
  hasRoom,
  libraryError,
  optInteger,
  pushBoolean,
  pushNil,
  pushNumber,
  pushText,
  pushValue,
  toInt64,
  vmOf,
} from './args';
import { buffers, textOfBuffer } from './buffer';
import { NativeClass } from './native-class';
import { perVM } from './per-vm';
import { formatFloat, parseSpecification } from './printf';
import { Stream, type Access, type Origin } from './stream';
import { attempt, pushFailure } from './system-errors';

export interface Handle {
  /** Undefined once it is closed. */
  stream: Stream | undefined;
  readonly isStandard?: boolean;
}

export function newHandle(L: LuaState, file: LuaFile, access: Access): TValue {
  return handles.create(L, { stream: new Stream(file, access) });
}

/** The stream of an open handle. */
export function checkStream(L: LuaState, at: number): Stream {
  return handles.check(L, at).stream ?? libraryError(L, 'attempt to use a closed file');
}

/** Writes the arguments from `first` on; numbers as C's `%.14g` prints them. */
export function writeArguments(L: LuaState, stream: Stream, first: number): number {
  const count = argCount(L);
  let text = '';
  const flush = () => {
    L.l_G.meter.give(L, text.length);
    stream.write(text);
    return pushBoolean(L, true);
  };
  const refused = (error: Parameters<typeof pushFailure>[1]) => pushFailure(L, error);
  for (let i = first; i <= count; i++) {
    const value = argAt(L, i);
    const buffer = buffers.dataOf(L, value);
    if (value.type === T.number) text += formatFloat(NUMBER, 'g', value.value as number);
    else if (buffer) text += textOfBuffer(buffer);
    else {
      // What comes before a wrong argument has been written by then.
      if (toText(value) === undefined) attempt(L, flush, refused);
      text += checkString(L, i);
    }
  }
  return attempt(L, flush, refused);
}

const NUMBER = parseSpecification('.14');

/** Reads by the formats from argument `first` on, by lines when there are none; nil for what is not there ends it. */
export function readFormats(L: LuaState, stream: Stream, first: number): number {
  const last = argCount(L);
  const read = () => {
    if (last < first) return pushResult(L, stream.readLine());
    if (!hasRoom(L, last)) libraryError(L, 'stack overflow (too many arguments)');
    for (let i = first; i <= last; i++) {
      const result = readFormat(L, stream, i);
      pushResult(L, result);
      if (result === undefined) return i - first + 1;
    }
    return last - first + 1;
  };
  return attempt(L, read, (error) => pushFailure(L, error));
}

function readFormat(L: LuaState, stream: Stream, at: number): string | number | undefined {
  const format = argAt(L, at);
  if (format.type === T.number) {
    const count = toInt64(format.value as number);
    if (count === 0) return stream.atEnd() ? undefined : '';
    return stream.readCount(count < 0 ? Infinity : count);
  }
  const text = toText(format);
  if (!text?.startsWith('*')) return badArgument(L, at, 'invalid option');
  switch (text[1]) {
    case 'n':
      return stream.readNumber();
    case 'l':
      return stream.readLine();
    case 'a':
      return stream.readCount(Infinity) ?? '';
    default:
      return badArgument(L, at, 'invalid format');
  }
}

function pushResult(L: LuaState, result: string | number | undefined): 1 {
  if (result === undefined) return pushNil(L);
  return typeof result === 'number' ? pushNumber(L, result) : pushText(L, result);
}

/** Pushes the function that gives a handle's lines, one a call; at the end it closes the handle when it may. */
export function pushLines(L: LuaState, handle: Handle, closes: boolean): number {
  const step = (l: LuaState): number => {
    const { stream } = handle;
    if (!stream) return libraryError(l, 'file is already closed');
    return attempt(
      l,
      () => {
        const line = stream.readLine();
        if (line !== undefined) return pushText(l, line);
        if (closes) closeHandle(l, handle);
        return 0;
      },
      ({ text }) => libraryError(l, text),
    );
  };
  return pushValue(L, new TValue(T.hostFunction, step));
}

/** Closes an open handle and pushes what `close` answers. */
export function closeHandle(L: LuaState, handle: Handle): number {
  if (handle.isStandard) {
    pushNil(L);
    return 1 + pushText(L, 'cannot close standard file');
  }
  const { file } = handle.stream!;
  handle.stream = undefined;
  return attempt(
    L,
    () => {
      file.close();
      return pushBoolean(L, true);
    },
    (error) => pushFailure(L, error),
  );
}

const BUFFERINGS = ['no', 'full', 'line'];
const ORIGINS = ['set', 'cur', 'end'];

export const handles: NativeClass<Handle> = new NativeClass<Handle>('FILE*', {
  __tostring(L) {
    const { stream } = handles.check(L, 1);
    return pushText(L, `file (${stream ? addressOf(L, argAt(L, 1)) : 'closed'})`);
  },
  close(L) {
    checkStream(L, 1);
    return closeHandle(L, handles.check(L, 1));
  },
  flush(L) {
    checkStream(L, 1);
    return pushBoolean(L, true);
  },
  lines(L) {
    checkStream(L, 1);
    return pushLines(L, handles.check(L, 1), false);
  },
  read: (L) => readFormats(L, checkStream(L, 1), 2),
  seek(L) {
    const stream = checkStream(L, 1);
    const origin = checkOption(L, 2, ORIGINS, 'cur') as Origin;
    const offset = optInteger(L, 3, 0);
    return attempt(
      L,
      () => pushNumber(L, stream.seek(origin, offset)),
      (error) => pushFailure(L, error),
    );
  },
  setvbuf(L) {
    checkStream(L, 1);
    checkOption(L, 2, BUFFERINGS);
    optInteger(L, 3, 0);
    return pushBoolean(L, true);
  },
  write: (L) => writeArguments(L, checkStream(L, 1), 2),
});

const EMPTY = new Uint8Array();

/** A file that is a stream in one direction: pipes, and the standard files. */
export function pipe(ends: { source?: Uint8Array; sink?: (bytes: Uint8Array) => void }): LuaFile {
  const { source = EMPTY, sink } = ends;
  return {
    isSeekable: false,
    read: (position, length) => source.subarray(position, position + length),
    write: (bytes) => sink?.(bytes),
    size: () => source.length,
    close: () => undefined,
  };
}

function standard(L: LuaState, file: LuaFile, access: Access): TValue {
  return handles.create(L, { stream: new Stream(file, access), isStandard: true });
}

function standardOutput(L: LuaState, name: 'stdout' | 'stderr'): TValue {
  const sink = (bytes: Uint8Array) => vmOf(L).options.write?.(Buffer.from(bytes).toString('latin1'), name);
  return standard(L, pipe({ sink }), { read: false, write: true });
}

export const standardFiles = perVM((L) => ({
  stdin: standard(L, vmOf(L).options.stdin ?? pipe({}), { read: true, write: false }),
  stdout: standardOutput(L, 'stdout'),
  stderr: standardOutput(L, 'stderr'),
}));
