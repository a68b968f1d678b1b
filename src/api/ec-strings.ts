import { LuaRaise, type LuaValue } from '../lua';
import { EcString } from './ec-string';
import { format } from './format';
import { bindObject, ecString } from './objects';
import type { ApiImplementation, ApiTable } from './runtime';
import { counted, text } from './values';

const OK = 1;

const append = (target: LuaValue, added: string): void => {
  (target as EcString).text += added;
};

/** `(str, buffer, length)`: appends, and answers what `result` makes of it. */
const writer =
  (
    name: string,
    result: (string: EcString, written: number) => LuaValue,
    convert = (bytes: string) => bytes,
  ): ApiImplementation =>
  (_runtime, [string, buffer, length]) => {
    const bytes = convert(counted(name, buffer, length));
    append(string, bytes);
    return result(string as EcString, bytes.length);
  };

/** Line ends as mail has them, whatever they were. */
const canonical = (bytes: string) => bytes.replace(/\r\n?|\n/g, '\r\n');

/** String buffers (3/3-api/structs-string, 4/lua/ref-msys-core-string-new, 4/modules/ac-auth). */
export const ecStrings: ApiTable = {
  'msys.core.string_new': (runtime) => bindObject(runtime, ecString, new EcString('')),

  'str:set': (_runtime, [string, value]) => {
    (string as EcString).text = text(value);
    return undefined;
  },
  'str:write': (_runtime, [string, value, length]) => {
    append(string, counted('write', value, length));
    return undefined;
  },

  'msys.core.string_init_type': (_runtime, [string, size]) => {
    if (Number(size) <= 0)
      throw new LuaRaise("bad argument #2 to 'string_init_type' (the size may not be 0)");
    (string as EcString).text = '';
    return OK;
  },
  'msys.core.string_destroy': (_runtime, [string]) => {
    (string as EcString).text = '';
    return OK;
  },
  'msys.core.stringwrite': writer('stringwrite', () => undefined),
  'msys.core.stringwrite2': writer('stringwrite2', (_string, written) => written),
  'msys.core.stringwrite_canonical_crlf': writer('stringwrite_canonical_crlf', (string) => string, canonical),
  'msys.core.stringprintf': ({ vm }, [string, ...formatted]) => {
    append(string, format(vm, formatted));
    return string;
  },
  'msys.core.stringwrite_strings': (_runtime, [string, count, ...given]) => {
    if (Number(count) > given.length)
      throw new LuaRaise(
        `bad argument #2 to 'stringwrite_strings' (${Number(count)} strings announced, ${given.length} given)`,
      );
    const written = given
      .slice(0, Math.max(Number(count), 0))
      .map((one) => (one === undefined ? '' : text(one)))
      .join('');
    append(string, written);
    return written.length;
  },
};
