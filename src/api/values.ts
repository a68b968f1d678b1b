/** Lua values as a C function takes them. */
import { formatNumber, LuaRaise, type LuaValue } from '../lua';
import { EcString } from './ec-string';

/** C's success and the errno values that the API answers with. */
export const OK = 0;
export const ENOENT = 2;
export const EBADF = 9;

/** A string argument, as a byte string: numbers are written as Lua writes them. */
export function text(value: LuaValue): string {
  return typeof value === 'number' ? formatNumber(value) : String(value);
}

/** A string argument that may be a string buffer too. */
export function bytes(value: LuaValue): Buffer {
  return Buffer.from(value instanceof EcString ? value.text : text(value), 'latin1');
}

/**
 * The bytes of a buffer argument that is followed by its length (all, without one). Raises where C would read memory
 * behind the buffer.
 */
export function counted(name: string, buffer: LuaValue, length: LuaValue): string {
  const given = buffer instanceof EcString ? buffer.text : text(buffer);
  const count = length === undefined ? given.length : Math.max(Math.trunc(Number(length)), 0);
  if (count > given.length)
    throw new LuaRaise(
      `bad argument to '${name}' (${count} bytes of a buffer of ${given.length}: production would read memory beyond its end)`,
    );
  return given.slice(0, count);
}
