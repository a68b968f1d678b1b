import type { LuaValue } from '../lua';
import { Dictionary, type DictionaryIterator } from '../server/http/dictionary';
import type { ClassDeclaration } from './classes';
import { EcString } from './ec-string';
import { bindObject } from './objects';
import type { ApiTable, Runtime } from './runtime';
import { text } from './values';

export const dictionary: ClassDeclaration<Dictionary> = { name: 'msys.core:_ECDict' };
const dictionaryIterator: ClassDeclaration<DictionaryIterator> = { name: 'msys.core:_ECDict_Iterator' };

const dict = (value: LuaValue) => value as Dictionary;

function iterate(runtime: Runtime, [dictionary]: LuaValue[]): LuaValue {
  return bindObject(runtime, dictionaryIterator, dict(dictionary).iterator());
}

/** `msys.core.dict_*` (3/3-api/apis-dict-*). */
export const dictionaries: ApiTable = {
  'msys.core.dict_blank': (runtime) => bindObject(runtime, dictionary, new Dictionary()),
  'msys.core.dict_drop': () => undefined,
  'msys.core.dict_iter': iterate,
  'msys.core.dict_iter2': iterate,
  'msys.core.dict_iter2_free': () => undefined,
  'msys.core.dict_next': (_runtime, [, iterator]) => {
    const pair = (iterator as DictionaryIterator).next();
    return pair ? [1, ...pair] : [0, undefined, undefined];
  },
  'msys.core.dict_key_exists': (_runtime, [dictionary, key]) => (dict(dictionary).has(text(key)) ? 1 : 0),
  'msys.core.dict_key_exists_and_fetch': (_runtime, [dictionary, key]) => {
    const value = dict(dictionary).get(text(key));
    return [value === undefined ? 0 : 1, value];
  },
  'msys.core.dict_add_key_value': (_runtime, [dictionary, key, value]) => {
    dict(dictionary).set(text(key), text(value));
    return undefined;
  },
  'msys.core.dict_key_delete': (_runtime, [dictionary, key]) => (dict(dictionary).delete(text(key)) ? 1 : 0),
  'msys.core.dict_serialize': (_runtime, [dictionary, to]) => {
    const serialized = dict(dictionary).serialize();
    (to as EcString).text = serialized;
    return serialized.length;
  },
  'msys.core.dict_unserialize': (runtime, [from]) => {
    const read = Dictionary.unserialize((from as EcString).text);
    return read && bindObject(runtime, dictionary, read);
  },
};
