import type { LuaValue } from '../lua';
import type { Message } from '../server/messages/message';
import { contextText, selectDictionary, store } from './context-dictionary';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { text } from './values';

type DictionaryFunction = (dictionary: Map<string, string>, args: LuaValue[]) => LuaValue | LuaValue[];

/** A function on one of the dictionaries that a message carries. */
const onContext =
  (name: string, body: DictionaryFunction): ApiImplementation =>
  (runtime: Runtime, [message, selector, ...args]) =>
    body(selectDictionary(runtime, (message as Message).context, selector, name), args);

/** The first key behind another one; a key that is gone has none behind it. */
function keyAfter(dictionary: Map<string, string>, key: string): string | undefined {
  const keys = [...dictionary.keys()];
  const index = keys.indexOf(key);
  return index === -1 ? undefined : keys[index + 1];
}

const METHODS: Readonly<Record<string, DictionaryFunction>> = {
  context_get: (dictionary, [key]) => dictionary.get(text(key)) ?? '',
  context_set: (dictionary, [key, value]) => {
    if (key === undefined || value === undefined) return 0;
    const stored = store(dictionary, text(key), contextText(value, 'context_set', 3));
    return stored ? 1 : 0;
  },
  context_exists: (dictionary, [key]) => (dictionary.has(text(key)) ? 1 : 0),
  context_exists_and_get: (dictionary, [key]) => {
    const value = dictionary.get(text(key));
    return [value === undefined ? 0 : 1, value];
  },
  context_delete: (dictionary, [key]) => (dictionary.delete(text(key)) ? 1 : 0),
  context_firstkey: (dictionary) => dictionary.keys().next().value,
  context_nextkey: (dictionary, [last]) => keyAfter(dictionary, text(last)),
  context_size: (dictionary) => dictionary.size,
  context_clean: (dictionary) => {
    dictionary.clear();
    return undefined;
  },
};

/** The key's values of both dictionaries; 0 when the source has it in neither (3/3-api/apis-ec-message-context-copy). */
const contextCopy: ApiImplementation = (_runtime, [source, target, given]) => {
  const key = text(given);
  const [from, to] = [(source as Message).context, (target as Message).context];
  const kinds = (['message', 'connection'] as const).filter((kind) => from[kind].has(key));
  for (const kind of kinds) to[kind].set(key, from[kind].get(key)!);
  return kinds.length > 0 ? 1 : 0;
};

/** `msg:context_*` (4/lua/ref-msg-context-get and its neighbours) and the C functions of 3/3-api/apis-ec-message-context-*. */
export const messageContext: ApiTable = {
  ...Object.fromEntries(
    Object.entries(METHODS).flatMap(([name, body]) => {
      const implementation = onContext(name, body);
      return [
        [`msg:${name}`, implementation],
        [`msys.core.ec_message_${name}`, implementation],
      ];
    }),
  ),
  'msg:context_copy': contextCopy,
  'msys.core.ec_message_context_copy': contextCopy,
};
