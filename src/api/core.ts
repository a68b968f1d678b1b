import { toDisplay, type LuaValue } from '../lua';
import type { DomainRecord } from '../server/domain-record';
import { Dictionary, type DictionaryIterator } from '../server/http/dictionary';
import { bindObject, dictionary, dictionaryIterator, domainRecord } from './objects';
import type { ApiTable, Runtime } from './runtime';
import { text } from './values';

const dict = (value: LuaValue) => value as Dictionary;

function iterate(runtime: Runtime, [dictionary]: LuaValue[]): LuaValue {
  return bindObject(runtime, dictionaryIterator, dict(dictionary).iterator());
}

/** `msys.core`: domains (4/lua/ref-msys-core-*) and dictionaries (3/3-api/apis-dict-*). */
export const core: ApiTable = {
  'msys.core.dns_get_domain': (runtime, [name]) => {
    const record = runtime.server.domains.get(text(name));
    return record && bindObject(runtime, domainRecord, record);
  },

  'msys.core.mail_queue_delay_domain': ({ server }, [record, note]) => {
    server.domains.delayDomain(record as DomainRecord, toDisplay(text(note)));
    return undefined;
  },

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
};
