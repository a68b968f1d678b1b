import { LuaRaise, type LuaValue } from '../lua';
import type { ValidationContext } from '../server/reception/validation-context';
import type { ClassDeclaration } from './classes';
import { coreConstant } from './constants';
import { contextText, selectDictionary, store } from './context-dictionary';
import { ConnectionEvent, connectionEvent } from './httpsrv-objects';
import { bindObject } from './objects';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { sessionOf } from './session-ties';
import { text } from './values';

const bit = (value: LuaValue) => Number(value) !== 0;

/** 3/3-api/structs-validate-context. What `vctx.disconnect` reads is the method of that name. */
export const validateContext: ClassDeclaration<ValidationContext> = {
  name: 'msys.core:_validate_context',
  fields: {
    code: ({ code }) => code,
    note: ({ note }) => (note === '' ? undefined : note),
    body_has_changed: ({ bodyHasChanged }) => (bodyHasChanged ? 1 : 0),
    transparency: ({ isTransparent }) => (isTransparent ? 1 : 0),
    session: (vctx, runtime) => {
      const session = sessionOf(vctx);
      return (
        session && bindObject(runtime, connectionEvent, new ConnectionEvent(session.accept.connectionId))
      );
    },
  },
  assign: {
    code: (vctx, value) => {
      vctx.code = smtpCode(value, 'vctx.code');
    },
    note: (vctx, value) => {
      vctx.note = value === undefined ? '' : text(value);
    },
    disconnect: (vctx, value) => {
      vctx.disconnect = bit(value);
    },
    body_has_changed: (vctx, value) => {
      vctx.bodyHasChanged = bit(value);
    },
    transparency: (vctx, value) => {
      vctx.isTransparent = bit(value);
    },
  },
};

/** A code of SMTP, which scripts write as a number or as a string; 0 is none. */
function smtpCode(value: LuaValue, where: string): number {
  const code = Number(value);
  if (code === 0 || (Number.isInteger(code) && code >= 200 && code <= 599)) return code;
  throw new LuaRaise(`bad code for ${where} (an SMTP code from 200 to 599 expected, got ${String(value)})`);
}

type DictionaryFunction = (dictionary: Map<string, string>, key: string) => LuaValue | LuaValue[];

/** A function on one of the two dictionaries; the key is not nil. */
const onContext =
  (name: string, body: DictionaryFunction): ApiImplementation =>
  (runtime, [vctx, selector, key]) =>
    body(selectDictionary(runtime, vctx as ValidationContext, selector, name), text(key));

/** Without a key or a value nothing is stored, which the paniclog tells (3/3-api/apis-validate-context-set). */
const set: ApiImplementation = (runtime, [vctx, selector, key, value]) => {
  const context = vctx as ValidationContext;
  const dictionary = selectDictionary(runtime, context, selector, 'set');
  if (key !== undefined && value !== undefined) {
    store(dictionary, text(key), contextText(value, 'set', 3));
    return undefined;
  }
  const which = dictionary === context.connection ? 'connection' : 'message';
  runtime.server.logs.panic(
    'validate',
    `Attempt to set null key or value in validate context ${which} dictionary.`,
  );
  return undefined;
};

function setCode(vctx: ValidationContext, code: LuaValue, note: LuaValue, name: string): void {
  vctx.setCode(smtpCode(code, name), note === undefined ? '' : text(note));
}

const cSetCode: ApiImplementation = (_runtime, [vctx, code, note]) => {
  setCode(vctx as ValidationContext, code, note, 'vctx:set_code');
  return 1;
};

const disconnect: ApiImplementation = (_runtime, [given, code, note]) => {
  const vctx = given as ValidationContext;
  if (code !== undefined) setCode(vctx, code, note, 'vctx:disconnect');
  vctx.disconnect = true;
  return undefined;
};

/** Ends the phase with a reply, for the functions of the default policy (3/3-policy). */
const policyAction =
  (isLast: boolean): ApiImplementation =>
  (runtime: Runtime, [given, code, note]) => {
    const vctx = given as ValidationContext;
    setCode(vctx, code, note, isLast ? 'vctx:pbp_disconnect' : 'vctx:pbp_action');
    if (isLast) vctx.disconnect = true;
    return coreConstant(runtime, 'VALIDATE_DONE');
  };

function tarpit(vctx: ValidationContext, interval: LuaValue): void {
  const seconds = Number(interval);
  if (!(seconds >= 0 && Number.isFinite(seconds)))
    throw new LuaRaise("bad argument #1 to 'tarpit' (a number of seconds expected)");
  vctx.tarpit += seconds;
}

/** Each is a C function, too: `vctx:get(…)` is `msys.core.validate_context_get(vctx, …)`. */
const FUNCTIONS: ApiTable = {
  get: onContext('get', (dictionary, key) => dictionary.get(key) ?? ''),
  set,
  exists: onContext('exists', (dictionary, key) => (dictionary.has(key) ? 1 : 0)),
  exists_and_get: onContext('exists_and_get', (dictionary, key) => [
    dictionary.has(key) ? 1 : 0,
    dictionary.get(key),
  ]),
  delete: onContext('delete', (dictionary, key) => {
    dictionary.delete(key);
    return undefined;
  }),
  set_code: cSetCode,
};

/** 4/lua/ref-vctx-get and its neighbours, 3/3-api/apis-validate-context-get and its neighbours */
export const validateContexts: ApiTable = {
  ...Object.fromEntries(
    Object.entries(FUNCTIONS).flatMap(([name, implementation]) => [
      [`vctx:${name}`, implementation],
      [`msys.core.validate_context_${name}`, implementation],
    ]),
  ),
  'vctx:disconnect': disconnect,
  'vctx:pbp_disconnect': policyAction(true),
  'vctx:pbp_action': policyAction(false),
  'vctx:tarpit': (_runtime, [vctx, interval]) => {
    tarpit(vctx as ValidationContext, interval);
    return undefined;
  },
};
