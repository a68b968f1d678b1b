import type { ApiTable } from './runtime';

/** The product's string buffer, which Lua sees as userdata: `tostring()` gives its contents. */
export class EcString {
  constructor(public text: string) {}
}

/** Methods of string buffers (4/lua/ref-msys-register-module, 4/modules/ac-auth). */
export const ecStrings: ApiTable = {
  'str:set': (_runtime, [string, text]) => {
    (string as EcString).text = String(text);
    return undefined;
  },
  'str:write': (_runtime, [string, text, length]) => {
    (string as EcString).text += String(text).slice(0, length === undefined ? undefined : Number(length));
    return undefined;
  },
};
