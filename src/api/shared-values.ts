import type { ApiTable } from './runtime';
import { text } from './values';

/** Values that all scripts share, of version 3 (3/3-reference/lua-ref-msys-share-get, -set, -unset). */
export const sharedValues: ApiTable = {
  'msys.shareGet': ({ server }, [key]) => server.facilities.sharedValues.get(text(key)),
  // False for a key that is none; nil takes the value away.
  'msys.shareSet': ({ server }, [given, value]) => {
    const key = text(given);
    if (key === '') return false;
    if (value === undefined) server.facilities.sharedValues.delete(key);
    else server.facilities.sharedValues.set(key, value as string | number | boolean);
    return true;
  },
  'msys.shareUnset': ({ server }, [key]) => {
    server.facilities.sharedValues.delete(text(key));
    return undefined;
  },
};
