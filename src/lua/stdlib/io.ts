/** 5.1's io library, as far as it needs no files: the standard streams. Output goes to the host. */
import { stringValue, T, type LuaState, type Table, type TValue } from '../vm/fengari';
import { toText } from '../vm/operations';
import { rawSet } from '../vm/tables';
import { formatFloat, parseSpecification } from './printf';
import { addressOf } from './conversions';
import {
  argAt,
  argCount,
  badArgument,
  checkAny,
  checkOption,
  checkString,
  optInteger,
  optString,
  pushBoolean,
  pushNil,
  pushText,
  pushValue,
  vmOf,
  wrongType,
  type Library,
} from './args';
import { buffers, textOfBuffer } from './buffer';
import { NativeClass } from './native-class';
import { notSimulated } from './not-simulated';
import { perVM } from './per-vm';

/** One of the three standard streams. */
interface Stream {
  readonly name: 'stdin' | 'stdout' | 'stderr';
}

const NUMBER = parseSpecification('.14');

/** Writes the arguments from `first` on; numbers as C's `%.14g` prints them. */
function writeArguments(L: LuaState, first: number): number {
  let text = '';
  for (let i = first; i <= argCount(L); i++) {
    const value = argAt(L, i);
    const buffer = buffers.dataOf(L, value);
    if (value.type === T.number) text += formatFloat(NUMBER, 'g', value.value as number);
    else text += buffer ? textOfBuffer(buffer) : checkString(L, i);
  }
  if (text !== '') vmOf(L).options.write?.(text);
  return pushBoolean(L, true);
}

const READ_FORMATS = /^\*[nla]/;

/** Complains about what `read` would not understand: a count of bytes, `*n`, `*l` or `*a`. */
function checkFormats(L: LuaState, first: number): void {
  for (let i = first; i <= argCount(L); i++)
    if (argAt(L, i).type !== T.number && !READ_FORMATS.test(checkString(L, i)))
      badArgument(L, i, checkString(L, i).startsWith('*') ? 'invalid format' : 'invalid option');
}

function refuseToClose(L: LuaState): number {
  pushNil(L);
  return 1 + pushText(L, 'cannot close standard file');
}

const BUFFERINGS = ['no', 'full', 'line'];
const ORIGINS = ['set', 'cur', 'end'];

const files: NativeClass<Stream> = new NativeClass<Stream>('FILE*', {
  __tostring(L) {
    files.check(L, 1);
    return pushText(L, `file (${addressOf(L, argAt(L, 1))})`);
  },
  close(L) {
    files.check(L, 1);
    return refuseToClose(L);
  },
  flush(L) {
    files.check(L, 1);
    return pushBoolean(L, true);
  },
  lines: notSimulated('file:lines', (L) => files.check(L, 1)),
  read: notSimulated('file:read', (L) => {
    files.check(L, 1);
    checkFormats(L, 2);
  }),
  seek: notSimulated('file:seek', (L) => {
    files.check(L, 1);
    checkOption(L, 2, ORIGINS, 'cur');
    optInteger(L, 3, 0);
  }),
  setvbuf(L) {
    files.check(L, 1);
    checkOption(L, 2, BUFFERINGS);
    optInteger(L, 3, 0);
    return pushBoolean(L, true);
  },
  write(L) {
    files.check(L, 1);
    return writeArguments(L, 2);
  },
});

const streams = perVM((L) => ({
  stdin: files.create(L, { name: 'stdin' }),
  stdout: files.create(L, { name: 'stdout' }),
  stderr: files.create(L, { name: 'stderr' }),
}));

/** The streams that `io.read` and `io.write` use. */
const defaults = perVM((L) => ({ input: streams(L).stdin, output: streams(L).stdout }));

/** `io.input` and `io.output`: the default stream, after it was set to the argument when there is one. */
function defaultStream(which: 'input' | 'output') {
  const openFile = notSimulated(`io.${which} with a file name`);
  return (L: LuaState): number => {
    const given = argAt(L, 1);
    if (toText(given) !== undefined) return openFile(L);
    if (given.type !== T.nil) {
      files.check(L, 1);
      defaults(L)[which] = copyOf(L, given);
    }
    return pushValue(L, defaults(L)[which]);
  };
}

function copyOf(L: LuaState, value: TValue): TValue {
  const { stdin, stdout, stderr } = streams(L);
  return [stdin, stdout, stderr].find((stream) => stream.value === value.value)!;
}

/** `file`, or nil for anything that is none (standard streams cannot be closed). */
function type(L: LuaState): number {
  return files.dataOf(L, checkAny(L, 1)) ? pushText(L, 'file') : pushNil(L);
}

export const io: Library = {
  close(L) {
    if (argCount(L) > 0 && !files.dataOf(L, argAt(L, 1))) wrongType(L, 1, files.name);
    return refuseToClose(L);
  },
  flush: (L) => pushBoolean(L, true),
  input: defaultStream('input'),
  lines: notSimulated('io.lines', (L) => optString(L, 1)),
  open: notSimulated('io.open', (L) => [checkString(L, 1), optString(L, 2)]),
  output: defaultStream('output'),
  popen: notSimulated('io.popen', (L) => [checkString(L, 1), optString(L, 2)]),
  read: notSimulated('io.read', (L) => checkFormats(L, 1)),
  tmpfile: notSimulated('io.tmpfile'),
  type,
  write: (L) => writeArguments(L, 1),
};

/** Puts the standard streams into the library's table. */
export function addStreams(L: LuaState, library: Table): void {
  for (const [name, stream] of Object.entries(streams(L))) rawSet(L, library, stringValue(name), stream);
}
