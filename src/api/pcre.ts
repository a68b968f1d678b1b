import { pcreFunctions } from '../lua/packages/pcre';
import type { ApiTable } from './runtime';

/** `msys.pcre`, the same functions as the runtime's package `pcre` (4/lua/ref-msys-pcre-match and its neighbours). */
export const pcre: ApiTable = {
  'msys.pcre.match': (_runtime, args, call) => pcreFunctions.match(args, call),
  'msys.pcre.replace': (_runtime, args, call) => pcreFunctions.replace(args, call),
  'msys.pcre.split': (_runtime, args, call) => pcreFunctions.split(args, call),
};
