import type { LuaValue } from '../lua';
import { Dictionary } from '../server/http/dictionary';
import type { ClassDeclaration } from './classes';
import { EcString } from './ec-string';
import { bindObject } from './objects';
import type { ApiTable, Runtime } from './runtime';
import { text } from './values';

/** What is an `ECDict` to scripts: a dictionary of their own, or the context of a message or session itself. */
export interface DictionaryLike extends Iterable<[string, string]> {
  get(key: string): string | undefined;
  has(key: string): boolean;
  set(key: string, value: string): unknown;
  delete(key: string): boolean;
}

type Position = Iterator<[string, string]>;

export const dictionary: ClassDeclaration<Dictionary> = { name: 'msys.core:_ECDict' };
const dictionaryIterator: ClassDeclaration<Position> = { name: 'msys.core:_ECDict_Iterator' };

export const bindDictionary = (runtime: Runtime, pairs: DictionaryLike): LuaValue =>
  bindObject(runtime, dictionary as ClassDeclaration<object>, pairs);

const dict = (value: LuaValue) => value as DictionaryLike;

function iterate(runtime: Runtime, [dictionary]: LuaValue[]): LuaValue {
  return bindObject(runtime, dictionaryIterator, dict(dictionary)[Symbol.iterator]());
}

/** `msys.core.dict_*` (3/3-api/apis-dict-*). */
export const dictionaries: ApiTable = {
  'msys.core.dict_blank': (runtime) => bindDictionary(runtime, new Dictionary()),
  'msys.core.dict_drop': () => undefined,
  'msys.core.dict_iter': iterate,
  'msys.core.dict_iter2': iterate,
  'msys.core.dict_iter2_free': () => undefined,
  'msys.core.dict_next': (_runtime, [, iterator]) => {
    const step = (iterator as unknown as Position).next();
    return step.done ? [0, undefined, undefined] : [1, ...step.value];
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
    const serialized = new Dictionary(dict(dictionary)).serialize();
    (to as EcString).text = serialized;
    return serialized.length;
  },
  'msys.core.dict_unserialize': (runtime, [from]) => {
    const read = Dictionary.unserialize((from as EcString).text);
    return read && bindDictionary(runtime, read);
  },
};
