/** The product's `buffer` library: bytes of a fixed capacity that scripts write in place. */
import { allocate } from '../vm/budget';
import type { LuaState } from '../vm/fengari';
import {
  argAt,
  argCount,
  checkInteger,
  checkString,
  isString,
  libraryError,
  optInt,
  pushNil,
  pushNumber,
  pushText,
  pushValue,
  textOf,
  type Library,
} from './args';
import { NativeClass } from './native-class';

/** A buffer, or a slice that shares the bytes of one. */
interface BufferData {
  readonly bytes: Buffer;
  length: number;
}

const END = -1;
const MAX_CAPACITY = 2 ** 31 - 1;

/** Writes what fits; answers how many bytes that was. */
function writeInto(buffer: BufferData, bytes: Buffer, at: number): number {
  const offset = at === END ? buffer.length : at;
  if (offset < 0 || offset > buffer.bytes.length) return 0;
  const written = bytes.copy(buffer.bytes, offset);
  buffer.length = offset + written;
  return written;
}

function write(L: LuaState): number {
  const buffer = buffers.check(L, 1);
  const bytes = Buffer.from(checkString(L, 2), 'latin1');
  return pushNumber(L, writeInto(buffer, bytes, optInt(L, 3, END)));
}

function copy(L: LuaState): number {
  const source = buffers.check(L, 1);
  const target = buffers.check(L, 2);
  const to = optInt(L, 3, 0);
  const from = optInt(L, 4, 0);
  const given = optInt(L, 5, END);
  const length = given === END ? source.length - from : given;
  if (from < 0 || length < 0 || from + length > source.bytes.length) return pushNumber(L, 0);
  return pushNumber(L, writeInto(target, source.bytes.subarray(from, from + length), to));
}

/** `slice(offset, length)`: writing to the slice changes the buffer. */
function slice(L: LuaState): number {
  const buffer = buffers.check(L, 1);
  const offset = optInt(L, 2, 0);
  const length = optInt(L, 3, buffer.length);
  if (offset < 0 || length < 0 || offset + length > buffer.bytes.length) return pushNil(L);
  return pushValue(L, buffers.create(L, { bytes: buffer.bytes.subarray(offset, offset + length), length }));
}

/** `string(from, to)`, counted from 0, `to` excluded; nil outside the written part. */
function text(L: LuaState): number {
  const buffer = buffers.check(L, 1);
  const from = optInt(L, 2, 0);
  const to = optInt(L, 3, buffer.length);
  if (from < 0 || from > buffer.length || to < from || to > buffer.length) return pushNil(L);
  return pushText(L, buffer.bytes.toString('latin1', from, to));
}

export function textOfBuffer({ bytes, length }: BufferData): string {
  return bytes.toString('latin1', 0, length);
}

export const buffers: NativeClass<BufferData> = new NativeClass<BufferData>('buffer', {
  __len: (L): number => pushNumber(L, buffers.check(L, 1).length),
  __tostring: (L) => pushText(L, textOfBuffer(buffers.check(L, 1))),
  copy,
  slice,
  string: text,
  write,
});

/** `new(capacity)` or `new(text)`; nothing when there is not exactly one argument. */
function create(L: LuaState): number {
  if (argCount(L) !== 1) return 0;
  const given = argAt(L, 1);
  if (isString(given)) {
    const bytes = Buffer.from(textOf(given.value), 'latin1');
    return pushValue(L, buffers.create(L, { bytes, length: bytes.length }));
  }
  const capacity = checkInteger(L, 1);
  if (capacity < 0 || capacity > MAX_CAPACITY) libraryError(L, 'not enough memory');
  allocate(L, capacity);
  return pushValue(L, buffers.create(L, { bytes: Buffer.alloc(capacity), length: 0 }));
}

export const buffer: Library = { new: create };
