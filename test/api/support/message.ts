import type { Momentum } from '../../../src';

/** A text as a Lua string of its UTF-8 bytes; a Buffer as it is. */
export function luaString(text: string | Buffer): string {
  const bytes = Buffer.from(text).toString('latin1');
  const escaped = bytes.replace(
    /[^ !#-[\]-~]/g,
    (byte) => `\\${byte.charCodeAt(0).toString().padStart(3, '0')}`,
  );
  return `"${escaped}"`;
}

/** The bytes of a message whose lines are given. */
export const lines = (...texts: string[]): string => texts.map((line) => `${line}\r\n`).join('');

/** Runs Lua with a message of these bytes as `msg`. */
export const withMessage = (mta: Momentum, message: string | Buffer, lua: string): Promise<unknown[]> =>
  mta.eval(`local msg = msys.core.ec_message_new(nil) msg:raw(${luaString(message)}) ${lua}`);
