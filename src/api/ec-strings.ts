import type { EcString } from './ec-string';
import type { ApiTable } from './runtime';
import { text } from './values';

/** Methods of string buffers (4/lua/ref-msys-register-module, 4/modules/ac-auth). */
export const ecStrings: ApiTable = {
  'str:set': (_runtime, [string, value]) => {
    (string as EcString).text = text(value);
    return undefined;
  },
  'str:write': (_runtime, [string, value, length]) => {
    (string as EcString).text += text(value).slice(0, length === undefined ? undefined : Number(length));
    return undefined;
  },
};
