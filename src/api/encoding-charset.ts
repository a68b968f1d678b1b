/** Character sets for scripts: what cannot be converted raises in Lua. */
import { LuaRaise } from '../lua';
import * as charsets from '../mail/charset';

/** UTF-8 bytes as bytes of another character set. Raises when that set lacks a character. */
export const fromUtf8 = raising(charsets.fromUtf8);

/** The reverse. Raises for bytes that the character set does not have. */
export const toUtf8 = raising(charsets.toUtf8);

function raising(convert: (bytes: Buffer, charset: string) => Buffer) {
  return (bytes: Buffer, charset: string): Buffer => {
    try {
      return convert(bytes, charset);
    } catch (error) {
      if (error instanceof charsets.CharsetError) throw new LuaRaise(error.message);
      throw error;
    }
  };
}
