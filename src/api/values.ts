/** Lua values as a C function takes them. */
import { formatNumber, type LuaValue } from '../lua';
import { EcString } from './ec-string';

/** C's success and the errno values that the API answers with. */
export const OK = 0;
export const ENOENT = 2;

/** A string argument, as a byte string: numbers are written as Lua writes them. */
export function text(value: LuaValue): string {
  return typeof value === 'number' ? formatNumber(value) : String(value);
}

/** A string argument that may be a string buffer too. */
export function bytes(value: LuaValue): Buffer {
  return Buffer.from(value instanceof EcString ? value.text : text(value), 'latin1');
}
